"""The time agreed, and what came of it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.links.models import SignedLink
from crp.verbs import Forbidden, Refused, today
from references import capacity
from references.models import Activity, Hold
from references.models.activity import ActivityOrigin, Outcome
from requests_app import letters
from requests_app.models.releasing import KEPT
from requests_app.models.touch import Touch
from requests_app.notices import Kind
from requests_app.verbs import Verb

# How long before it was asked for a use may lie that is written down late.
LONGEST_BEFORE = timedelta(days=730)


class Meeting(models.Model):
    """The verbs of Assignment after the yes."""

    class Meta:
        abstract = True

    @transaction.atomic
    def schedule(self: Any, *, by: Any, at: datetime, minutes: int = 30) -> Any:
        """Agree on a time, or move it: invitations for the calendar go out. Raises Forbidden, WrongState, Refused."""
        self.lock().guard("schedule")
        if by is not None and not self.can_be_scheduled_by(by):
            raise Forbidden
        if at <= timezone.now():
            raise Refused(_("This time is over. Choose another."), code="time_over", field="at")
        if at > timezone.now() + timedelta(days=730):
            raise Refused(_("This day is more than two years away."), code="bad_day", field="at")
        if not 5 <= minutes <= 600:
            raise Refused(_("Between 5 and 600 minutes."), code="bad_minutes", field="minutes")
        return self.book(by=by, at=at, minutes=minutes)

    def book(self: Any, *, by: Any, at: datetime, minutes: int) -> Any:
        """The part of `schedule` that accepting a slot shares. Needs an open transaction."""
        moved = self.scheduled_at is not None
        self.step("schedule", scheduled_at=at, scheduled_minutes=minutes, calendar_sequence=self.calendar_sequence + 1)
        on = at.date()
        Hold.objects.filter(reason=self.ref, released_at=None).update(expires_at=at + timedelta(days=7), on=on)
        self._keep_released(at + KEPT)
        event = self._record(Verb.ASSIGNMENT_SCHEDULED, by=by, at=at.isoformat(), minutes=minutes, moved=moved)
        letters.schedule(self)
        self._tell_both(Kind.SCHEDULED, event, at=at.isoformat())
        return self._kept()

    @transaction.atomic
    def complete(
        self: Any, *, by: Any, occurred_on: date, outcome: str, rating: int | None = None, feedback: str = "",
        prospect_rating: int | None = None,
    ) -> Any:  # fmt: skip
        """
        It took place: the ledger, the deal's touch and the request follow. `rating` is 1 to 5, as is the prospect's own.

        `outcome` is one of Outcome's words; other words are kept as a note. Raises Forbidden, WrongState, Refused.
        """
        self.lock().guard("complete")
        if not self.can_be_completed_by(by):
            raise Forbidden
        self._guard_occurred(occurred_on, today(by))
        guard_ratings(rating=rating, prospect_rating=prospect_rating)
        word, note = read_outcome(outcome)
        self.step(
            "complete", occurred_on=occurred_on, outcome=word, rep_rating=rating, prospect_rating=prospect_rating,
            feedback=feedback.strip() or note, ended_at=timezone.now(), answer_by=None,
        )  # fmt: skip
        self._enter_ledger(by, occurred_on, word, rating, note)
        SignedLink.objects.about(self).revoke(timezone.now())
        self._keep_released(timezone.now() + KEPT)
        event = self._record(Verb.ASSIGNMENT_COMPLETED, by=by, on=occurred_on.isoformat(), outcome=word)
        self._tell_both(Kind.COMPLETED, event)
        if self.request.can("fulfil"):
            self.request.fulfil(by=by)
        return self._kept()

    @transaction.atomic
    def miss(self: Any, *, by: Any, reason: str = "") -> Any:
        """It did not take place; what was held is free. Raises Forbidden, WrongState."""
        self.lock().guard("miss")
        if not self.can_be_completed_by(by):
            raise Forbidden
        self._ended("miss", reason)
        self._record(Verb.ASSIGNMENT_MISSED, by=by, reason=reason.strip())
        return self._kept()

    def _enter_ledger(self: Any, by: Any, on: date, outcome: str, rating: int | None, note: str) -> None:
        """The hold becomes a use, and the use touches the deal."""
        request = self.request
        activity = Activity.objects.log(
            contact=self.contact, activity_type=request.activity_type, on=on, by=by, origin=ActivityOrigin.ASSIGNMENT,
            origin_ref=self.ref, outcome=outcome, rating=rating, prospect=request.deal_name, note=note,
        )  # fmt: skip
        capacity.release(self.ref)
        if request.opportunity:
            Touch.objects.add(request.opportunity, on=on, activity=activity)

    def _guard_occurred(self: Any, on: date, now: date) -> None:
        """Not to come, not before the deal was opened (or, without one, long before it was asked for)."""
        if on > now:
            raise Refused(_("This day is still to come."), code="in_the_future", field="occurred_on")
        deal = self.request.opportunity
        opened = deal.opened_on if deal else None
        if opened and on < opened:
            raise Refused(_("The deal was opened after this day."), code="before_opening", field="occurred_on")
        if on < self.request.created_at.date() - LONGEST_BEFORE:
            raise Refused(_("This day is long before it was asked for."), code="long_ago", field="occurred_on")


def guard_ratings(**ratings: int | None) -> None:
    """Each is nothing or 1 to 5. Raises Refused naming the field."""
    for field, rating in ratings.items():
        if rating is not None and not 1 <= rating <= 5:
            raise Refused(_("A rating is from 1 to 5."), code="bad_rating", field=field)


def read_outcome(said: str) -> tuple[str, str]:
    """(one of Outcome's words, note): other words are a note on something that took place. Raises Refused for nothing."""
    words = said.strip()
    if not words:
        raise Refused(_("Say what came of it."), code="outcome_missing", field="outcome")
    word = words.lower().replace(" ", "_").replace("-", "_")
    return (word, "") if word in Outcome.values else (Outcome.HELD, words[:500])
