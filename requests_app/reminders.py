"""
Who is reminded of what: each at most once on his own day, within his working hours, whoever runs the sweep and how often.

The key `reminder:{request}:{rule}:{local date}` is unique in the inbox and in the outbox.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from crp.accounts.models import Role, User
from crp.inbox import notify
from crp.inbox.models import Notification
from crp.links.models import SignedLink
from crp.outbox.models import Message
from requests_app import letters
from requests_app.models import Assignment, AssignmentState, ReferenceRequest, RequestRules
from requests_app.models.asking import PURPOSE
from requests_app.models.states import AGREED_STATES
from requests_app.notices import Kind

S = AssignmentState
SOON = timedelta(days=2)
FIRST_HOUR, LAST_HOUR = 8, 18
# Monday is 0. Elsewhere people rest on Saturday and Sunday.
FRIDAY_SATURDAY, FRIDAY = frozenset({4, 5}), frozenset({4})
WEEKENDS = {
    "Asia/Tehran": FRIDAY,
    **dict.fromkeys(
        (
            "Asia/Riyadh",
            "Asia/Kuwait",
            "Asia/Qatar",
            "Asia/Bahrain",
            "Asia/Muscat",
            "Asia/Amman",
            "Asia/Baghdad",
            "Africa/Cairo",
        ),
        FRIDAY_SATURDAY,
    ),
}
USUAL_WEEKEND = frozenset({5, 6})


@dataclass(frozen=True)
class Reminder:
    """One colleague to be reminded of one thing."""

    user: Any
    kind: Kind
    rule: str
    about: Any
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def request_id(self) -> int:
        return int(getattr(self.about, "request_id", self.about.pk))

    def key(self, now: datetime) -> str:
        return f"reminder:{self.request_id}:{self.rule}:{local(now, self.user.timezone).date()}"


def local(now: datetime, zone: str) -> datetime:
    return now.astimezone(ZoneInfo(zone))


def at_work(now: datetime, zone: str) -> bool:
    """Is it a working hour of a working day there?"""
    there = local(now, zone)
    return FIRST_HOUR <= there.hour < LAST_HOUR and there.weekday() not in WEEKENDS.get(zone, USUAL_WEEKEND)


def send(now: datetime) -> int:
    """Remind everybody who is due to be and at work; how many were, contacts included."""
    due = [one for rule in RULES for one in rule(now) if at_work(now, one.user.timezone)]
    told = set(
        Notification.objects.filter(dedupe_key__in={one.key(now) for one in due}).values_list("user_id", "dedupe_key")
    )
    fresh = [one for one in due if (one.user.pk, one.key(now)) not in told]
    for one in fresh:
        context = {**one.about.facts, **one.facts}
        notify([one.user], one.kind, url=one.about.get_absolute_url(), context=context, dedupe_key=one.key(now))
    return len(fresh) + sum(remind_contact(assignment, now) for assignment in silent_contacts(now))


def due_soon(now: datetime) -> Iterator[Reminder]:
    """Nobody agreed yet and the day is near: the manager, or all of them while nobody has taken it."""
    near = ReferenceRequest.objects.due_by((now + SOON).date()).exclude(stage__in=AGREED_STATES)
    rows = list(near.select_related("assigned_to", "activity_type", "opportunity"))
    everybody = list(User.objects.with_role(Role.MANAGER)) if any(row.assigned_to is None for row in rows) else []
    for row in rows:
        for manager in [row.assigned_to] if row.assigned_to else everybody:
            yield Reminder(manager, Kind.REQUEST_DUE, "due", row, {"need_by": row.need_by.isoformat()})


def silent_owners(now: datetime) -> Iterator[Reminder]:
    """Half the owner's time is over: he is asked again. All of it is over: his manager in the program is told as well."""
    half = timedelta(hours=RequestRules.current().owner_hours) / 2
    for found in waiting(S.OWNER_APPROVAL).filter(answer_by__lte=now + half):
        decider = found.decider()
        owners = (
            [decider.owner] if decider.owner else User.objects.with_role(Role.MANAGER).exclude(pk=found.requester_id)
        )
        for owner in owners:
            yield Reminder(owner, Kind.OWNER_ASKED, f"owner-{found.pk}", found, {"instead": decider.instead})
        if decider.owner and found.answer_by and found.answer_by <= now:
            facts = {"owner": decider.owner.name}
            yield Reminder(manager_of(found), Kind.OWNER_SILENT, f"owner-silent-{found.pk}", found, facts)


def missing_debriefs(now: datetime) -> Iterator[Reminder]:
    """The day after the agreed time nobody said what came of it: who asked; after three days the manager too."""
    for found in waiting(S.SCHEDULED).filter(scheduled_at__lte=now):
        for reader, days in ((found.requester, 1), (manager_of(found), 3)):
            at = found.scheduled_at
            if at and local(at, reader.timezone).date() + timedelta(days=days) <= local(now, reader.timezone).date():
                yield Reminder(reader, Kind.DEBRIEF_MISSING, f"debrief-{found.pk}", found)


RULES: tuple[Callable[[datetime], Iterable[Reminder]], ...] = (due_soon, silent_owners, missing_debriefs)


def waiting(state: str) -> Any:
    """Assignments in the state, with everything a reminder reads."""
    return Assignment.objects.filter(state=state).select_related(
        "contact__customer__owner", "request__activity_type", "request__opportunity", "request__assigned_to", "requester",
        "proposed_by",
    )  # fmt: skip


def manager_of(assignment: Assignment) -> Any:
    return assignment.request.assigned_to or assignment.proposed_by


def silent_contacts(now: datetime) -> Iterator[Assignment]:
    """Half the time to answer is over, and it is a working hour where the person lives."""
    half = timedelta(hours=RequestRules.current().answer_hours) / 2
    for found in waiting(S.INVITED).filter(answer_by__lte=now + half, answer_by__gt=now):
        if found.contact.email and at_work(now, found.contact.timezone):
            yield found


@transaction.atomic
def remind_contact(assignment: Assignment, now: datetime) -> bool:
    """One kind mail with a link of its own, ever; False when it went out before or he answered meanwhile."""
    key = f"reminder:{assignment.request_id}:contact:{assignment.pk}"
    assignment.lock()
    if not assignment.can("accept") or assignment.answer_by is None or Message.objects.filter(dedupe_key=key).exists():
        return False
    _link, token = SignedLink.objects.issue(PURPOSE, assignment, expires_at=assignment.answer_by)
    letters.remind(assignment, token, dedupe_key=key)
    return True
