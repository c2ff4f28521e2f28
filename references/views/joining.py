"""The person's own page behind the signed link: GET shows, POST acts."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crp.links.models import LinkGone, SignedLink
from crp.links.pages import by_link, language_for
from references import joining
from references.models import ActivityType, Answer, Contact


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
    """What would you do for us? One choice a kind, an easy no, in the person's language."""
    person, link, reason = _find(token)
    language = language_for(request, person.language if person else "")
    zone = zoneinfo.ZoneInfo(person.timezone if person else settings.PROGRAM_TIME_ZONE)
    with translation.override(language), timezone.override(zone):
        if person is None or link is None:
            return render(request, "references/join_gone.html", {"reason": reason}, status=410)
        if request.method == "POST":
            return _answered(request, person, link)
        link.opened(timezone.now())
        return _asked(request, person, link)


def _find(token: str) -> tuple[Contact | None, SignedLink | None, str]:
    """The person and the link, or why there is none."""
    try:
        link = SignedLink.objects.resolve(joining.PURPOSE, token)
    except LinkGone as gone:
        return None, None, gone.reason
    found = Contact.objects.present().select_related("customer").filter(pk=link.subject_id).first()
    return found, link, "unknown"


def _asked(request: HttpRequest, person: Contact, link: SignedLink) -> HttpResponse:
    said = {answer.activity_type_id: answer.answer for answer in person.willingness.all()}
    types = [(kind, said.get(kind.pk, "")) for kind in ActivityType.objects.in_use()]
    context = {
        "person": person,
        "types": types,
        "answers": Answer.choices,
        "until": link.expires_at,
        "done": "done" in request.GET,
    }
    return render(request, "references/join.html", context)


def _answered(request: HttpRequest, person: Contact, link: SignedLink) -> HttpResponse:
    """“None of this” takes part in nothing; else every kind answered is noted. The link stays good to change one's mind."""
    if request.POST.get("answer") == "none":
        person.withdraw_consent(by=None)
    else:
        chosen: dict[ActivityType, Any] = {
            kind: request.POST[kind.slug]
            for kind in ActivityType.objects.in_use()
            if request.POST.get(kind.slug) in Answer.values
        }
        joining.answer(person, chosen)
    SignedLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    language = request.GET.get("lang", "")
    return redirect(f"{request.path}?done=1" + (f"&lang={language}" if language in dict(settings.LANGUAGES) else ""))
