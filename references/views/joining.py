"""The person's own page behind the signed link: GET shows, POST acts."""

import zoneinfo
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crp.links.models import LinkGone, SignedLink
from crp.links.pages import by_link, language_for
from crp.ui.forms import refuse
from crp.verbs import Refused
from references import choosing, joining
from references.forms.contacts import ChoicesForm
from references.models import ActivityType, Contact


@require_POST
def contact_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the person a link to say what he will do."""
    person = get_object_or_404(Contact.objects.visible_to(request.user).select_related("customer"), pk=pk)
    joining.invite(person, by=request.user)
    messages.success(request, _("%(name)s gets a link by mail") % {"name": person.name})
    return redirect("references:contact", pk)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """What would you do for us? By the link of an invitation, which ends by itself."""
    try:
        link = SignedLink.objects.resolve(joining.PURPOSE, token)
        person = Contact.objects.present().select_related("customer").filter(pk=link.subject_id).first()
    except LinkGone as gone:
        return _gone(request, gone.reason)
    if person is None:
        return _gone(request, "unknown")
    if request.method == "POST":
        SignedLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    else:
        link.opened(timezone.now())
    return _choosing(request, person, link.expires_at)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, token: str) -> HttpResponse:
    """The same page by the link below every mail to the person."""
    try:
        return _choosing(request, choosing.resolve(token), None)
    except LinkGone as gone:
        return _gone(request, gone.reason)


@by_link
@require_http_methods(["GET", "HEAD", "POST"])
def choices_stop(request: HttpRequest, token: str) -> HttpResponse:
    """One press in the mail program (RFC 8058): a post ends all asks; a look leads to the page."""
    try:
        person = choosing.resolve(token)
    except LinkGone as gone:
        return _gone(request, gone.reason)
    if request.method == "POST":
        if not person.consent_withdrawn_at:
            person.withdraw_consent(by=None)
        return HttpResponse(status=204)
    return redirect("references:choices", token)


def _gone(request: HttpRequest, reason: str) -> HttpResponse:
    with translation.override(language_for(request)):
        return render(request, "references/join_gone.html", {"reason": reason}, status=410)


def _choosing(request: HttpRequest, person: Contact, until: datetime | None) -> HttpResponse:
    """GET shows, POST acts: answers are kept, or “none of this” takes part in nothing. In the person's language and zone."""
    with (
        translation.override(language_for(request, person.language)),
        timezone.override(zoneinfo.ZoneInfo(person.timezone)),
    ):
        types = list(ActivityType.objects.in_use())
        said = {answer.activity_type_id: answer for answer in person.willingness.all()}
        posted = request.POST if request.method == "POST" and request.POST.get("answer") != "none" else None
        form = ChoicesForm(posted, types=types, said=said, person=person)
        if request.method == "POST" and posted is None:
            person.withdraw_consent(by=None)
            return _done(request)
        if posted is not None and form.is_valid():
            try:
                choosing.choose(person, form.changes(), **form.own())
                return _done(request)
            except Refused as refusal:
                refuse(form, refusal)
        context = {
            "person": person, "form": form, "until": until, "done": "done" in request.GET,
            "withdrawn": person.consent_withdrawn_at is not None,
        }  # fmt: skip
        return render(request, "references/join.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest) -> HttpResponse:
    language = request.GET.get("lang", "")
    return redirect(f"{request.path}?done=1" + (f"&lang={language}" if language in dict(settings.LANGUAGES) else ""))
