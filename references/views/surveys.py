"""What customers say of us: the answers, whom to ask, and the person's own page behind the signed link."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.links.models import LinkGone, SignedLink
from crp.links.pages import by_link, language_for
from crp.rest.idempotency import once
from crp.ui import formats, lists
from crp.ui.forms import refuse
from crp.ui.pages import page_or_partial
from crp.verbs import Refused
from references import surveying
from references.filters import BANDS, SurveyFilters
from references.forms.surveys import OwnAnswerForm, SurveyRoundForm
from references.models import Contact, SurveyAsk, SurveyResponse
from references.models.access import allow, may_set_up
from references.models.survey import SurveyKind
from references.models.survey_ask import askable
from references.views.filling import data

WAITING = "waiting"


@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """The latest answers first, or those who have not answered yet."""
    view = request.GET.get("view", "")
    errors: list[str] = []
    page: lists.Page[Any]
    if view == WAITING:
        asked = SurveyAsk.objects.visible_to(request.user).unanswered().filter(contact__erased_at=None)
        page = lists.paginate(request, asked.select_related("contact__customer", "by"), ["-sent_at"])
    else:
        seen = SurveyResponse.objects.visible_to(request.user).select_related("customer", "contact")
        found, errors = lists.narrowed(SurveyFilters, request, seen)
        page = lists.paginate(request, found, ["-on"])
    context = {
        "page": page, "view": view, "errors": errors, "kinds": SurveyKind.choices, "bands": BANDS,
        "tabs": [lists.Tab("", _("Answers")), lists.Tab(WAITING, _("Not answered yet"))],
        "can_ask": may_set_up(request.user),
    }  # fmt: skip
    return page_or_partial(request, "references/surveys.html", "references/_surveys.html", context)


@once
@require_http_methods(["GET", "POST"])
def survey_round(request: HttpRequest) -> HttpResponse:
    """Ask many people at once: first how many they are, then send."""
    allow(may_set_up(request.user))
    form = SurveyRoundForm(data(request))
    count = None
    if request.method == "POST" and form.is_valid():
        kind, narrowed = form.cleaned_data["kind"], form.narrowed()
        count = askable(kind, timezone.now()).filter(**narrowed)[: surveying.MOST + 1].count()
        if "send" in request.POST:
            try:
                sent = surveying.ask_all(kind, by=request.user, **narrowed)
            except Refused as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, translation.ngettext(
                    "%(n)s person gets the question by mail", "%(n)s people get the question by mail", sent
                ) % {"n": formats.number(sent)})  # fmt: skip
                return redirect(f"{reverse('references:surveys')}?view={WAITING}")
    context = {"form": form, "count": count, "most": surveying.MOST}
    return render(request, "references/survey_round.html", context, status=422 if form.errors else 200)


@require_POST
def survey_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one person the question."""
    person = get_object_or_404(Contact.objects.visible_to(request.user).select_related("customer"), pk=pk)
    try:
        surveying.ask(person, request.POST.get("kind", SurveyKind.NPS), by=request.user)
        messages.success(request, _("%(name)s gets the question by mail") % {"name": person.name})
    except Refused as refusal:
        if refusal.status != 422:
            raise
        messages.error(request, str(refusal.message))
    return redirect("references:contact", pk)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The person's own page: one question, in his language. GET shows, POST answers."""
    asked, link, reason = _find(token)
    person = asked.contact if asked else None
    zone = zoneinfo.ZoneInfo(person.timezone if person else settings.PROGRAM_TIME_ZONE)
    with translation.override(language_for(request, person.language if person else "")), timezone.override(zone):
        if asked is None or link is None:
            return render(request, "references/join_gone.html", {"reason": reason}, status=410)
        if request.method == "POST":
            return _answered(request, asked, link)
        link.opened(timezone.now())
        return _shown(request, asked, link, _form(asked))


def _find(token: str) -> tuple[SurveyAsk | None, SignedLink | None, str]:
    """What was asked and the link, or why there is none."""
    try:
        link = SignedLink.objects.resolve(surveying.PURPOSE, token)
    except LinkGone as gone:
        return None, None, gone.reason
    here = Contact.objects.present()
    found = SurveyAsk.objects.select_related("contact__customer", "response", "by").filter(contact__in=here)
    return found.filter(pk=link.subject_id).first(), link, "unknown"


def _form(asked: SurveyAsk, posted: Any = None) -> OwnAnswerForm:
    said = asked.response
    before = {"score": said.score, "comment": said.comment, "offers": said.offers} if said else {}
    return OwnAnswerForm(posted, kind=asked.kind, initial=before)


def _shown(request: HttpRequest, asked: SurveyAsk, link: SignedLink, form: OwnAnswerForm) -> HttpResponse:
    context = {
        "asked": asked, "person": asked.contact, "form": form, "until": link.expires_at, "done": "done" in request.GET,
    }  # fmt: skip
    return render(request, "references/survey.html", context, status=422 if form.errors else 200)


def _answered(request: HttpRequest, asked: SurveyAsk, link: SignedLink) -> HttpResponse:
    """Take the answer down; the link stays good to think again."""
    form = _form(asked, request.POST)
    if not form.is_valid():
        return _shown(request, asked, link, form)
    surveying.answer(asked, **form.cleaned_data)
    SignedLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    language = request.GET.get("lang", "")
    return redirect(f"{request.path}?done=1" + (f"&lang={language}" if language in dict(settings.LANGUAGES) else ""))
