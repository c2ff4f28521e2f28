"""What the person asked, and those who wait for him, get by mail. Names are looked up when it leaves, never stored with it."""

from typing import Any

from django.utils.translation import gettext as _

from crp.outbox import enqueue_mail
from crp.outbox.rendering import filled_by
from requests_app import calendar

INVITE, REMINDER, SCHEDULED, CALLED_OFF = (
    "assignment_invite", "assignment_reminder", "assignment_scheduled", "assignment_called_off",
)  # fmt: skip


def invite(assignment: Any, token: str) -> None:
    """Ask the person. Without an address, a colleague asks him some other way."""
    _to_contact(assignment, INVITE, path=f"/o/answer/{token}/")


def remind(assignment: Any, token: str, *, dedupe_key: str) -> None:
    """Ask once more, kindly."""
    _to_contact(assignment, REMINDER, dedupe_key=dedupe_key, path=f"/o/answer/{token}/")


def schedule(assignment: Any) -> None:
    """An entry for the calendar of the person, of who asked, and of the program manager."""
    _to_everyone(assignment, SCHEDULED, calendar.REQUEST)


def call_off(assignment: Any) -> None:
    """Tell the person that he is not needed; what stands in calendars is cancelled."""
    if not assignment.scheduled_at:
        _to_contact(assignment, CALLED_OFF)
        return
    assignment.calendar_sequence += 1
    assignment.save(update_fields=["calendar_sequence"])
    _to_everyone(assignment, CALLED_OFF, calendar.CANCEL)


def _to_everyone(assignment: Any, template: str, method: str) -> None:
    sequence = assignment.calendar_sequence
    facts = {"method": method, "sequence": sequence}
    key = f"assignment:{assignment.pk}:{method}:{sequence}"
    _to_contact(assignment, template, dedupe_key=f"{key}:contact", **facts)
    people = {assignment.requester_id: assignment.requester}
    manager = assignment.request.assigned_to
    if manager:
        people[manager.pk] = manager
    for user in people.values():
        if user.email and user.is_active:
            enqueue_mail(
                template, to=user.email, language=user.language, timezone=user.timezone, dedupe_key=f"{key}:user:{user.pk}",
                context={"assignment": assignment.pk, "colleague": user.name, "to": user.email, **facts},
            )  # fmt: skip


def _to_contact(assignment: Any, template: str, *, dedupe_key: str | None = None, **facts: Any) -> None:
    person = assignment.contact
    if not person.email:
        return
    enqueue_mail(
        template, to=person.email, language=person.language, timezone=person.timezone, contact_id=person.pk, outside=True,
        dedupe_key=dedupe_key, context={"assignment": assignment.pk, "to": person.email, **facts},
    )  # fmt: skip


@filled_by(INVITE)
@filled_by(REMINDER)
@filled_by(SCHEDULED)
@filled_by(CALLED_OFF)
def fill(context: dict[str, Any]) -> dict[str, Any]:
    """The assignment with everything a letter names, and the calendar's entry when there is a time."""
    from requests_app.models import Assignment

    found = Assignment.objects.select_related(
        "contact__customer",
        "request__activity_type",
        "request__opportunity",
        "request__assigned_to",
        "proposed_by",
        "requester",
    ).get(pk=context["assignment"])
    facts = {
        **context,
        "found": found,
        "person": found.contact.name,
        "activity": found.request.activity_type.label,
        "prospect": found.request.deal_name,
        "asker": (found.request.assigned_to or found.proposed_by).name,
        "slots": [slot.starts_at for slot in found.slots.all()],
    }
    if context.get("method") and found.scheduled_at:
        facts["calendar"] = {"method": context["method"], "text": _entry(found, context)}
    return facts


def _entry(found: Any, context: dict[str, Any]) -> str:
    """The contact reads whom he speaks with, a colleague who speaks."""
    colleague = context.get("colleague")
    facts = {
        "activity": found.request.activity_type.label,
        "prospect": found.request.deal_name,
        "person": found.contact.name,
    }
    if colleague:
        title = _("%(activity)s: %(person)s") % facts
    elif found.request.deal_name:
        title = _("%(activity)s with %(prospect)s") % facts
    else:
        title = str(facts["activity"])
    return calendar.entry(
        found, method=context["method"], sequence=context["sequence"], title=title, about=found.request.topics,
        reader=(colleague or found.contact.name, context["to"]),
    )  # fmt: skip
