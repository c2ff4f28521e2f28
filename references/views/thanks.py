"""The thank-you mails: which leave, what they say, how they look."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.ui.forms import refuse
from crp.verbs import Refused
from references import thanking
from references.models.access import allow, may_set_up
from references.models.thanks import PLACEHOLDERS, Thanks, ThanksKind, ThanksText, checked
from references.views.filling import data


class TextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 9, "dir": "auto"}), max_length=5000
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """The three kinds, and the languages of each."""
    allow(may_set_up(request.user))
    sending = Thanks.sending()
    own = {(text.kind, text.language): text for text in ThanksText.objects.all()}
    kinds = [
        (kind, label, kind in sending, [(code, name, own.get((kind, code))) for code, name in settings.LANGUAGES])
        for kind, label in ThanksKind.choices
    ]
    broken = [(ThanksKind(text.kind).label, text) for text in own.values() if text.fault]
    return render(request, "references/thanks.html", {"kinds": kinds, "yearly": Thanks.is_yearly(), "broken": broken})


@require_POST
def thanks_switch(request: HttpRequest, kind: str) -> HttpResponse:
    """Let a kind leave, or not; the anniversary's every year, or in the first alone."""
    known(kind)
    if "yearly" in request.POST:
        yearly = request.POST["yearly"] == "1"
        Thanks.switch(kind, by=request.user, yearly=yearly)
        messages.success(request, _("Every year is thanked for") if yearly else _("The first year is thanked for"))
        return redirect("references:thanks")
    sends = request.POST.get("sends") == "1"
    Thanks.switch(kind, by=request.user, sends=sends)
    messages.success(request, _("These mails leave by themselves") if sends else _("These mails stay here"))
    return redirect("references:thanks")


@require_http_methods(["GET", "POST"])
def thanks_text(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The words of a kind in a language, how the mail looks with them, and a test to oneself."""
    allow(may_set_up(request.user))
    known(kind, language)
    found = ThanksText.objects.filter(kind=kind, language=language).first()
    words = ThanksText.words(kind, language)
    shown = (found.subject, found.text) if found else words
    before = {"subject": shown[0], "text": shown[1], "version": found.version if found else 0}
    form = TextForm(data(request), initial=before)
    if request.method == "POST" and "reset" in request.POST:
        ThanksText.reset(kind, language, by=request.user)
        messages.success(request, _("The standard words are back"))
        return redirect(request.path)
    if request.method == "POST" and form.is_valid():
        try:
            words = checked(kind, form.cleaned_data["subject"], form.cleaned_data["text"])
            if said := act(request, kind, language, form.cleaned_data):
                messages.success(request, said)
                if "test" not in request.POST:
                    return redirect(request.path)
        except Refused as refusal:
            refuse(form, refusal)
    context = {
        "form": form, "kind": kind, "label": ThanksKind(kind).label, "language": language, "own": found is not None,
        "fault": found.fault if found and request.method == "GET" else "",
        "places": PLACEHOLDERS[kind], "preview": preview(kind, language, words),
        "direction": "rtl" if language in settings.LANGUAGES_BIDI else "ltr",
    }  # fmt: skip
    return render(request, "references/thanks_text.html", context, status=422 if form.errors else 200)


def act(request: HttpRequest, kind: str, language: str, cleaned: dict[str, Any]) -> str:
    """What the pressed button does, and what to say; nothing for the preview, which changes nothing."""
    if "preview" in request.POST:
        return ""
    if "test" in request.POST:
        thanking.send_test(kind, language, (cleaned["subject"], cleaned["text"]), to=request.user)
        return _("A test is on its way to you; nothing is saved")
    ThanksText.write(
        kind, language, by=request.user, subject=cleaned["subject"], text=cleaned["text"], version=cleaned["version"]
    )
    return _("The words are saved")


def preview(kind: str, language: str, words: tuple[str, str]) -> dict[str, Any]:
    """The mail to somebody made up."""
    with translation.override(language):
        return thanking.drawn(kind, language, thanking.sample(), words)


def known(kind: str, language: str = settings.LANGUAGE_CODE) -> None:
    """404 for what there is not."""
    if kind not in ThanksKind.values or language not in dict(settings.LANGUAGES):
        raise Http404
