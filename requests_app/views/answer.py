"""The page behind the signed link for the person we would like to ask: GET shows, POST acts."""

import zoneinfo
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crp.links.models import LinkGone, SignedLink
from crp.links.pages import View, by_link, language_for
from crp.ui import formats
from crp.verbs import Refused, WrongState
from requests_app.models import Assignment, AssignmentState

PURPOSE = "assignment.answer"
OPEN = (AssignmentState.INVITED,)
SAID_YES = (AssignmentState.ACCEPTED, AssignmentState.SCHEDULED, AssignmentState.COMPLETED)


def outside(view: Callable[..., HttpResponse]) -> View:
    """In the contact's language (or the one he switched to) and time zone."""

    @by_link
    @wraps(view)
    def wrapper(request: HttpRequest, token: str) -> HttpResponse:
        found, gone = _find(token)
        shows = found is not None and (not gone or found.state not in OPEN)
        language = language_for(request, found.contact.language if found else "")
        zone = found.contact.timezone if found else settings.PROGRAM_TIME_ZONE
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            return view(request, token, found) if shows else _gone(request, gone)

    return wrapper


def _find(token: str) -> tuple[Assignment | None, str]:
    """The assignment behind a link, and why the link has ended, if it has."""
    reason = ""
    try:
        link = SignedLink.objects.resolve(PURPOSE, token)
    except LinkGone as gone:
        if gone.link is None:
            return None, gone.reason
        link, reason = gone.link, gone.reason
    rows = Assignment.objects.select_related(
        "contact__customer",
        "request__activity_type",
        "request__opportunity__industry",
        "proposed_by",
        "request__assigned_to",
    )
    found = rows.filter(pk=link.subject_id, contact__erased_at=None).first()
    if found:
        found.link = link  # type: ignore[attr-defined]
    return found, reason if found else "unknown"


def _gone(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "requests_app/answer_gone.html", {"reason": reason}, status=410)


@outside
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str, found: Assignment) -> HttpResponse:
    """The question with its times; one button for yes, an easy no, and room for other times."""
    if found.state not in OPEN:
        return _answered(request, found)
    said: dict[str, Any] = {"error": "", "suggest": "suggest" in request.GET}
    if request.method == "POST":
        try:
            _act(request, found)
        except WrongState:
            found.refresh_from_db()
            return _answered(request, found)
        except Refused as refusal:
            said |= {"error": refusal.message, "suggest": request.POST.get("answer") == "other"}
        else:
            return redirect(request.get_full_path().replace("suggest=1", "").rstrip("?&"))
    else:
        found.link.opened(timezone.now())  # type: ignore[attr-defined]
    context = {
        "found": found, "wanted": found.request, "slots": list(found.slots.filter(starts_at__gt=timezone.now())),
        "asker": found.request.assigned_to or found.proposed_by, "zone": _place(found.contact.timezone),
        "until": found.link.expires_at, "question": _question(found), "lang": request.GET.get("lang", ""),  # type: ignore[attr-defined]
        "live": found.request.activity_type.live, **said,
    }  # fmt: skip
    for slot in context["slots"]:
        slot.ends_at = slot.starts_at + timedelta(minutes=slot.minutes)
        slot.yes = _("Yes, on %(day)s at %(time)s") % {
            "day": formats.day(slot.starts_at),
            "time": formats.clock(slot.starts_at),
        }
    return render(request, "requests_app/answer.html", context, status=422 if said["error"] else 200)


def _question(found: Assignment) -> str:
    """The one question, as the title."""
    facts = {"what": found.request.activity_type.label, "company": found.request.deal_name}
    slug = found.request.activity_type.slug
    if slug == "sales-call" and facts["company"]:
        return _("Would you speak with %(company)s for half an hour?") % facts
    if slug == "sales-call":
        return _("Would you speak with somebody who thinks of working with us, for half an hour?")
    if slug == "site-visit" and facts["company"]:
        return _("Could %(company)s come and see you at work?") % facts
    if facts["company"]:
        return _("Would you help %(company)s decide? %(what)s") % facts
    return _("Would you do this for us? %(what)s") % facts


def _place(zone: str) -> str:
    """`Europe/Amsterdam` → `Amsterdam`."""
    return zone.rpartition("/")[2].replace("_", " ")


def _act(request: HttpRequest, found: Assignment) -> None:
    """Yes, no, or other times. Raises Refused, WrongState."""
    match request.POST.get("answer"):
        case "no":
            found.decline(by=None, reason=request.POST.get("reason", "").strip()[:500])
        case "other":
            found.suggest(slots=_times(request), note=request.POST.get("note", "").strip()[:500])
        case "yes":
            _say_yes(request, found)
        case _:
            raise Refused(_("Choose yes or no."), code="answer_missing")


def _say_yes(request: HttpRequest, found: Assignment) -> None:
    chosen = request.POST.get("slot", "")
    slots = found.slots.filter(starts_at__gt=timezone.now())
    slot = slots.filter(pk=int(chosen)).first() if chosen.isdecimal() else None
    if slot is None and slots.exists():
        raise Refused(_("Pick a time that suits, or suggest another."), code="slot_missing", field="slot")
    found.accept(by=None, slot=slot)


def _times(request: HttpRequest) -> list[Any]:
    """The times typed in, read in the contact's time zone. Raises Refused."""
    found = []
    for text in request.POST.getlist("time")[:3]:
        if not text:
            continue
        try:
            at = parse_datetime(text)
        except ValueError:
            at = None
        if at is None:
            raise Refused(_("One of the times is not a day and a time."), code="time_unclear", field="time")
        found.append(timezone.make_aware(at) if timezone.is_naive(at) else at)
    if not found:
        raise Refused(_("Give at least one time."), code="time_missing", field="time")
    if min(found) < timezone.now():
        raise Refused(_("One of the times has passed already."), code="time_past", field="time")
    return found


def _answered(request: HttpRequest, found: Assignment) -> HttpResponse:
    """What was answered. A link that was taken back or ran out is gone."""
    if found.state in (AssignmentState.WITHDRAWN, AssignmentState.LAPSED):
        return _gone(request, "revoked" if found.state == AssignmentState.WITHDRAWN else "expired")
    if found.state in SAID_YES:
        sentence = _("You said yes. We will settle a time with you.")
        if found.scheduled_at:
            facts = {"day": formats.day(found.scheduled_at), "time": formats.clock(found.scheduled_at)}
            sentence = _("You said yes: %(day)s at %(time)s.") % facts
    elif found.state == AssignmentState.DECLINED:
        sentence = _("You said no, and that is fine. Nobody outside our team will know.")
    else:
        sentence = _("There is nothing to answer here at present.")
    context = {
        "found": found,
        "sentence": sentence,
        "zone": _place(found.contact.timezone),
        "yes": found.state in SAID_YES,
    }
    # A second answer changes nothing, and a link that was used up is gone.
    ended = request.method == "POST" or found.state not in (AssignmentState.ACCEPTED, AssignmentState.SCHEDULED)
    return render(request, "requests_app/answered.html", context, status=410 if ended else 200)
