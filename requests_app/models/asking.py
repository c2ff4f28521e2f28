"""Asking a person: the owner's agreement, the invitation, the answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role, User
from crp.inbox import notify
from crp.links.models import SignedLink
from crp.verbs import Forbidden, Refused
from references import capacity
from references.models import Hold
from requests_app import letters
from requests_app.models.rules import RequestRules
from requests_app.models.states import TOLD_STATES, AssignmentState
from requests_app.notices import Kind
from requests_app.verbs import Verb

S = AssignmentState
PURPOSE = "assignment.answer"
MOST_SLOTS = 10


class Asking(models.Model):
    """The verbs of Assignment up to the answer, and those that end it early."""

    class Meta:
        abstract = True

    @transaction.atomic
    def approve(self: Any, *, by: Any) -> Any:
        """Agree that the person is asked. Raises Forbidden, WrongState."""
        if not self.can_be_approved_by(by):
            raise Forbidden(_("Nobody agrees to what he asked for himself.") if by.pk == self.requester_id else None)
        instead = self.decider().instead
        self.step("approve", approved_by=by, approved_at=timezone.now(), answer_by=None)
        event = self._record(Verb.ASSIGNMENT_APPROVED, by=by, instead=instead)
        self._tell_manager(Kind.APPROVED, event)
        return self._kept()

    @transaction.atomic
    def invite(self: Any, *, by: Any, slots: Iterable[datetime] = (), message: str = "") -> Any:
        """
        Ask the person by a signed link, offering up to ten times. Without an address, only note that he is asked otherwise.

        Inviting somebody no owner had to approve approves him. Raises Forbidden, WrongState, Refused.
        """
        self.lock().guard("invite")
        if not self.can_be_invited_by(by):
            raise Forbidden(_("Nobody agrees to what he asked for himself.") if by.pk == self.requester_id else None)
        times = clean_slots(slots)
        self._guard_reachable()
        now = timezone.now()
        answer_by = now + timedelta(hours=RequestRules.current().answer_hours)
        approval = {} if self.approved_by_id else {"approved_by": by, "approved_at": now}
        self.step("invite", invited_at=now, answer_by=answer_by, message=message.strip(), **approval)
        self.slots.all().delete()
        self.slots.bulk_create([self.slots.model(assignment=self, starts_at=at) for at in times])
        self._keep_hold(until=answer_by + timedelta(days=2))
        _link, token = SignedLink.objects.issue(PURPOSE, self, expires_at=answer_by)
        letters.invite(self, token)
        self._record(Verb.ASSIGNMENT_INVITED, by=by, slots=len(times), mailed=bool(self.contact.email))
        return self._kept()

    @transaction.atomic
    def suggest(self: Any, *, slots: Iterable[datetime], note: str = "") -> Any:
        """The contact would rather have other times; he has not said yes yet. Raises WrongState, Refused."""
        self.lock().guard("accept")
        times = clean_slots(slots)
        if not times:
            raise Refused(_("Give at least one time."), code="time_missing", field="time")
        known = set(self.slots.values_list("starts_at", flat=True))
        self.slots.bulk_create(
            [
                self.slots.model(assignment=self, starts_at=at, suggested_by_contact=True)
                for at in times
                if at not in known
            ]
        )
        self.answer_note = note.strip()
        self.save(update_fields=["answer_note"])
        event = self._record(Verb.ASSIGNMENT_SUGGESTED, by=None, slots=len(times), note=self.answer_note)
        self._tell_manager(Kind.SUGGESTED, event)
        return self

    @transaction.atomic
    def accept(self: Any, *, by: Any = None, slot: Any = None) -> Any:
        """
        The person said yes; with a slot the time is agreed as well. `by=None`: he answered himself, else a manager records it.

        `slot` is a Slot or its key. Raises Forbidden, WrongState, Refused.
        """
        self._guard_recorder(by, "accept")
        chosen = self._slot(slot)
        now = timezone.now()
        self.step("accept", answered_at=now, accepted_at=now, answer_by=None)
        self._keep_hold(until=now + timedelta(days=30))
        event = self._record(Verb.ASSIGNMENT_ACCEPTED, by=by, **recorded(by))
        self._tell_both(Kind.ACCEPTED, event)
        if chosen:
            return self.book(by=by, at=chosen.starts_at, minutes=chosen.minutes)
        return self._kept()

    @transaction.atomic
    def decline(self: Any, *, by: Any = None, reason: str = "") -> Any:
        """
        The owner says no before the person is asked (`by` is he), or the person does (`by` None, or who records it).

        Raises Forbidden, WrongState.
        """
        owners_no = self.lock().guard("decline").state == S.OWNER_APPROVAL
        told = self.state in TOLD_STATES
        if (by is None and owners_no) or (by is not None and not self.can_be_declined_by(by)):
            raise Forbidden
        instead = self.decider().instead if owners_no else ""
        self._ended("decline", reason, answered_at=timezone.now())
        facts = {"owner": True, "instead": instead} if owners_no else recorded(by)
        event = self._record(Verb.ASSIGNMENT_DECLINED, by=by, reason=reason.strip(), **facts)
        if told and self.scheduled_at:
            letters.call_off(self)
        self._tell_manager(Kind.DECLINED, event, owner=owners_no)
        return self._kept()

    @transaction.atomic
    def withdraw(self: Any, *, by: Any, reason: str = "") -> Any:
        """Take the ask back; who was asked hears of it. Raises Forbidden, WrongState."""
        if by is not None and not self.can_be_withdrawn_by(by):
            raise Forbidden
        self.call_off(by=by, reason=reason)
        return self._kept()

    def call_off(self: Any, *, by: Any, reason: str = "") -> None:
        """The part of `withdraw` that the request's end shares. Needs an open transaction. Raises WrongState."""
        told = self.lock().guard("withdraw").state in TOLD_STATES
        self._ended("withdraw", reason)
        event = self._record(Verb.ASSIGNMENT_WITHDRAWN, by=by, reason=reason.strip())
        if told:
            letters.call_off(self)
            notify(
                [self.contact.customer.owner],
                Kind.CALLED_OFF,
                event=event,
                url=self.get_absolute_url(),
                context=self.facts,
            )

    @transaction.atomic
    def lapse(self: Any) -> Any:
        """Nobody answered in time. Raises WrongState."""
        self._ended("lapse", "")
        event = self._record(Verb.ASSIGNMENT_LAPSED, by=None)
        self._tell_manager(Kind.CONTACT_SILENT, event)
        return self._kept()

    # What they share

    def ask_owner(self: Any, *, by: Any) -> None:
        """Send it to who must agree. Called by `propose`, in its transaction."""
        now = timezone.now()
        answer_by = now + timedelta(hours=RequestRules.current().owner_hours)
        self.step("ask_owner", approval_asked_at=now, answer_by=answer_by)
        decider = self.decider()
        people = [decider.owner] if decider.owner else User.objects.with_role(Role.MANAGER)
        wanted = [one for one in people if one.pk != self.requester_id]
        event = self._record(Verb.ASSIGNMENT_OWNER_ASKED, by=by, instead=decider.instead)
        notify(
            wanted,
            Kind.OWNER_ASKED,
            event=event,
            url=self.get_absolute_url(),
            context={**self.facts, "instead": decider.instead},
        )

    def _guard_recorder(self: Any, by: Any, verb: str) -> None:
        self.lock().guard(verb)
        if by is not None and not self.can_be_accepted_by(by):
            raise Forbidden

    def _guard_reachable(self: Any) -> None:
        """Consent is asked again here: days may have passed since the proposal."""
        person = self.contact
        if not person.has_consent or person.left_on:
            raise Refused(_("This person may not be asked any more."), code="consent", field="contact")

    def _slot(self: Any, slot: Any) -> Any:
        """The chosen slot. Raises Refused when it is not one of the offered ones, or over."""
        if slot is None:
            return None
        found = self.slots.filter(pk=getattr(slot, "pk", slot)).first()
        if found is None:
            raise Refused(_("This time was not offered."), code="unknown_slot", field="slot")
        if found.starts_at <= timezone.now():
            raise Refused(_("This time is over. Choose another."), code="slot_over", field="slot")
        return found

    def _ended(self: Any, verb: str, reason: str, **changes: Any) -> None:
        """Step out of the live states: links stop, what was held is free, details close."""
        now = timezone.now()
        self.step(verb, ended_at=now, end_reason=reason.strip(), answer_by=None, **changes)
        capacity.release(self.ref)
        SignedLink.objects.about(self).revoke(now)
        self._keep_released(now)

    def _keep_hold(self: Any, *, until: datetime) -> None:
        """Hold the capacity at least until then; if the hold ran out meanwhile, take it again, for the person was asked."""
        held = Hold.objects.live(timezone.now()).filter(reason=self.ref)
        if held.update(expires_at=models.functions.Greatest("expires_at", models.Value(until, models.DateTimeField()))):
            return
        request, over = self.request, self.override_by_id is not None
        reason = self.override_reason if over else str(_("The person had been asked when the place ran out."))
        capacity.hold(
            self.contact, request.activity_type, on=request.need_by, reason=self.ref, label=request.reference, by=None,
            override_reason=reason, override_by=self.override_by if over else request.assigned_to or self.proposed_by,
        )  # fmt: skip


def recorded(by: Any) -> dict[str, str]:
    """What the event says when a manager records the contact's answer."""
    return {} if by is None else {"recorded_for": "contact"}


def clean_slots(slots: Iterable[datetime]) -> list[datetime]:
    """Different times to come, at most ten, earliest first. Raises Refused."""
    times = sorted(set(slots))
    if len(times) > MOST_SLOTS:
        raise Refused(_("Offer at most ten times."), code="too_many", field="slots")
    if times and times[0] <= timezone.now():
        raise Refused(_("One of the times has passed already."), code="slot_over", field="slots")
    return times
