"""One person asked for one request: the record, and its verbs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crp.events.timeline import Timeline
from crp.ui import formats
from crp.ui.pages import page_or_partial
from crp.verbs import today
from references.availability import LIMITS, Problem, problems, told_to
from requests_app.forms import AnswerForm, CompleteForm, InviteForm, ReasonForm, ScheduleForm
from requests_app.models import Assignment, AssignmentState
from requests_app.views import actions
from requests_app.views.acting import ask, attempt, done, guard, sent
from requests_app.views.criteria import criteria_words
from requests_app.views.effort import effort_of


def visible(request: HttpRequest, pk: int) -> Assignment:
    """The assignment, if the reader may see it; else 404."""
    rows = Assignment.objects.visible_to(request.user).select_related(
        "request__activity_type", "request__opportunity", "request__requested_by", "request__assigned_to",
        "contact__customer__owner", "proposed_by", "approved_by", "override_by",
    )  # fmt: skip
    found: Assignment = get_object_or_404(rows, pk=pk)
    return found


def _page(found: Assignment) -> str:
    return reverse("requests_app:assignment", args=[found.pk])


@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Who would be asked what, why, and what it costs them; the owner decides here."""
    found = visible(request, pk)
    waiting = found.state in (AssignmentState.PROPOSED, AssignmentState.OWNER_APPROVAL)
    wanted = found.request
    slots = list(found.slots.all())
    for slot in slots:
        slot.typed = timezone.localtime(slot.starts_at).strftime("%Y-%m-%dT%H:%M")  # type: ignore[attr-defined]
    can = actions.on_assignment(found, request.user)
    if "release" in can and found.is_released:
        can.remove("release")
    context = {
        "found": found, "wanted": wanted, "can": can, "waiting": waiting,
        "details": found.contact.details_visible_to(request.user), "criteria": criteria_words(wanted.criteria),
        "slots": slots,
        "timeline": Timeline.about(found, user=request.user, limit=20), "sentence": _sentence(found, request.user),
    }  # fmt: skip
    return render(request, "requests_app/assignment.html", context)


@require_GET
def weigh(request: HttpRequest, pk: int) -> HttpResponse:
    """What to think of before agreeing, as a part of the page."""
    found = visible(request, pk)
    customer, on = found.contact.customer_id, found.request.need_by
    context = {
        "found": found, "problems": told_to(_to_weigh(found), found.contact, request.user),
        "effort": effort_of([customer], on)[customer],
    }  # fmt: skip
    return page_or_partial(request, "requests_app/weigh.html", "requests_app/_weigh.html", context)


def _to_weigh(found: Assignment) -> list[Problem]:
    """What to think of before agreeing; not the limits, which this ask's own hold fills, nor that somebody must agree."""
    known = problems(
        found.contact, found.request.activity_type, found.request.need_by, prospect=found.request.deal_name
    )
    return [problem for problem in known if problem.code not in LIMITS and problem.code != "owner_agrees"]


def _sentence(found: Assignment, user: Any) -> str:
    """How it stands with this person."""
    facts = {
        "person": found.contact.name, "owner": found.contact.customer.owner.name if found.contact.customer.owner else "",
        "day": formats.day(found.occurred_on or found.scheduled_at), "time": formats.clock(found.scheduled_at),
        "when": formats.ago(
            found.ended_at or found.answered_at or found.invited_at or found.approval_asked_at or found.created_at
        ),
    }  # fmt: skip
    if found.state == AssignmentState.OWNER_APPROVAL:
        return _owner_sentence(found, user) % facts
    return {
        AssignmentState.PROPOSED: _("%(person)s is chosen and was not asked yet."),
        AssignmentState.INVITED: _("%(person)s was asked %(when)s. An answer is still to come."),
        AssignmentState.ACCEPTED: _("%(person)s said yes %(when)s. Now a date is being found."),
        AssignmentState.SCHEDULED: _("%(person)s said yes: %(day)s at %(time)s."),
        AssignmentState.COMPLETED: _("%(person)s helped on %(day)s."),
        AssignmentState.MISSED: _("It did not take place."),
        AssignmentState.DECLINED: _("The answer was no, %(when)s."),
        AssignmentState.LAPSED: _("No answer came in time."),
        AssignmentState.WITHDRAWN: _("Taken back %(when)s."),
    }[AssignmentState(found.state)] % facts


def _owner_sentence(found: Assignment, user: Any) -> str:
    if found.may("approve", user):
        return _("May we ask %(person)s? It is yours to say.")
    if found.contact.customer.owner:
        return _("%(owner)s was asked %(when)s whether we may ask %(person)s.")
    return _("A program manager must agree before %(person)s is asked.")


@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner agrees. Mail leads here by GET, which only asks."""
    found = visible(request, pk)
    guard(found, "approve", request.user)
    return ask(
        request, None, lambda said: found.approve(by=request.user),
        said=_("Agreed. %(name)s will be asked next.") % {"name": found.contact.name}, back=_page(found),
        title=_("May we ask %(name)s?") % {"name": found.contact.name}, text=_what(found),
        yes=_("Yes, ask"), no=_("Not yet"), danger=False,
    )  # fmt: skip


def _what(found: Assignment) -> str:
    wanted = found.request
    facts = {
        "what": wanted.activity_type.label, "who": wanted.requested_by.name, "day": formats.day(wanted.need_by),
        "deal": wanted.opportunity.name if wanted.opportunity else wanted.get_purpose_display(),
    }  # fmt: skip
    return _("%(who)s needs this by %(day)s: %(what)s, for %(deal)s.") % facts


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner, or the contact through a colleague, says no."""
    found = visible(request, pk)
    guard(found, "decline", request.user)
    return ask(
        request, ReasonForm(sent(request), required=False),
        lambda said: found.decline(by=request.user, reason=said["reason"]),
        said=_("Noted. %(name)s is not asked.") % {"name": found.contact.name}, back=_page(found),
        title=_("Say no to this one?"),
        text=_("We look for somebody else. %(name)s stays free for other requests.") % {"name": found.contact.name},
        yes=_("Say no"), no=_("Go back"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ask back."""
    found = visible(request, pk)
    guard(found, "withdraw", request.user)
    return ask(
        request, ReasonForm(sent(request), required=False),
        lambda said: found.withdraw(by=request.user, reason=said["reason"]),
        said=_("Taken back."), back=_page(found),
        title=_("Take this ask back?"),
        text=_("If %(name)s was asked already, we tell them kindly that it is no longer needed.") % {"name": found.contact.name},
        yes=_("Take it back"), no=_("Keep it"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the contact: a few words and some times, sent with a link."""
    found = visible(request, pk)
    guard(found, "invite", request.user)
    form = InviteForm(sent(request), initial={"message": found.message})
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["message"]
        if attempt(form, lambda: found.invite(by=request.user, slots=form.slots(), message=words)):
            return done(request, _("Sent to %(name)s.") % {"name": found.contact.name}, _page(found))
    return _form(request, found, form, "invite")


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down the contact's yes, told by phone or mail."""
    found = visible(request, pk)
    guard(found, "accept", request.user)
    slots = [(slot.pk, formats.moment(slot.starts_at)) for slot in found.slots.all()]
    form = AnswerForm(sent(request), slots=slots)
    if request.method == "POST" and form.is_valid():
        slot = found.slots.filter(pk=form.cleaned_data.get("slot") or 0).first()
        if attempt(form, lambda: found.accept(by=request.user, slot=slot)):
            return done(request, _("Noted: %(name)s said yes.") % {"name": found.contact.name}, _page(found))
    return _form(request, found, form, "accept")


@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle the time, or another one."""
    found = visible(request, pk)
    guard(found, "schedule", request.user)
    form = ScheduleForm(sent(request), initial={"at": found.scheduled_at, "minutes": found.scheduled_minutes})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: found.schedule(by=request.user, at=said["at"], minutes=said["minutes"])):
            return done(request, _("Booked: %(when)s.") % {"when": formats.moment(said["at"])}, _page(found))
    return _form(request, found, form, "schedule")


@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let who asked write to the contact himself."""
    found = visible(request, pk)
    guard(found, "release", request.user)
    facts = {"name": found.contact.name, "asker": found.request.requested_by.name}
    return ask(
        request, None, lambda said: found.release(by=request.user),
        said=_("%(asker)s can reach %(name)s now.") % facts, back=_page(found),
        title=_("Release the details of %(name)s?") % facts,
        text=_("%(asker)s will read the email address and phone number until 30 days after it took place.") % facts,
        yes=_("Release the details"), no=_("Keep them with the program"), danger=False,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """It took place: when, what came of it, how good it was."""
    found = visible(request, pk)
    guard(found, "complete", request.user)
    on = found.scheduled_at.date() if found.scheduled_at else today(request.user)
    form = CompleteForm(sent(request), initial={"occurred_on": min(on, today(request.user))})
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        if attempt(form, lambda: found.complete(by=request.user, **said)):
            return done(request, _("Thank you. It counts for the deal now."), _page(found))
    return _form(request, found, form, "complete")


@require_http_methods(["GET", "POST"])
def miss(request: HttpRequest, pk: int) -> HttpResponse:
    """It did not take place."""
    found = visible(request, pk)
    guard(found, "miss", request.user)
    return ask(
        request, ReasonForm(sent(request), required=False, label=_("What went wrong?")),
        lambda said: found.miss(by=request.user, reason=said["reason"]),
        said=_("Noted as missed."), back=_page(found),
        title=_("Did it not take place?"),
        text=_("%(name)s becomes free again, and the request stays open.") % {"name": found.contact.name},
        yes=_("It was missed"), no=_("Go back"),
    )  # fmt: skip


def _form(request: HttpRequest, found: Assignment, form: Any, verb: str) -> HttpResponse:
    titles = {
        "invite": _("Ask %(name)s"), "accept": _("What did %(name)s say?"), "schedule": _("A time with %(name)s"),
        "complete": _("How was it with %(name)s?"),
    }  # fmt: skip
    buttons = {
        "invite": _("Send the question"),
        "accept": _("It was a yes"),
        "schedule": _("Book it"),
        "complete": _("Save"),
    }
    context = {
        "found": found,
        "form": form,
        "title": titles[verb] % {"name": found.contact.name},
        "button": buttons[verb],
        "verb": verb,
    }
    return render(request, "requests_app/assignment_form.html", context, status=422 if form.errors else 200)
