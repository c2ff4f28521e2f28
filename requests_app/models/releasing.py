"""Letting who asked write to the person himself; until a manager says so, the program stands between them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.inbox import notify
from crp.verbs import Forbidden, Refused
from references.models.contact import Channel, Release
from requests_app.notices import Kind
from requests_app.verbs import Verb

# How long after the time agreed, and after it took place, the details stay readable.
KEPT = timedelta(days=30)


class Releasing(models.Model):
    """The verb of Assignment that opens mail and phone to who asked, and when they close again."""

    class Meta:
        abstract = True

    @transaction.atomic
    def release(self: Any, *, by: Any) -> Any:
        """
        Let who asked read the person's mail and phone, once the person agreed. Repeating it changes nothing.

        Raises Forbidden, WrongState, Refused.
        """
        if not self.can_be_released_by(by):
            raise Forbidden
        self.lock().guard("complete")
        self._guard_releasable()
        if self.is_released:
            return self
        now = timezone.now()
        until = max(now, self.scheduled_at or now) + KEPT
        self.contact.release_details(to=self.requester, reason=self.ref, until=until, by=by)
        # The contact's own event tells his and his customer's timeline; this one the request's.
        event = record(
            Verb.ASSIGNMENT_RELEASED, self, self.request, self.request.opportunity, by=by, **self.facts,
            to=self.requester.name,
        )  # fmt: skip
        notify([self.requester], Kind.RELEASED, event=event, url=self.get_absolute_url(), context=self.facts)
        return self

    @property
    def is_released(self: Any) -> bool:
        """Are the details open to who asked? One query."""
        return bool(self._released().exists())

    def _guard_releasable(self: Any) -> None:
        self._guard_reachable()
        person = self.contact
        if person.channel == Channel.OWNER:
            raise Refused(_("This person wants to be reached through the account owner."), code="through_owner")
        if not person.email and not person.phone:
            raise Refused(_("We know neither an address nor a number."), code="no_details")

    def _released(self: Any) -> Any:
        rows = Release.objects.filter(contact=self.contact_id, user=self.requester_id, reason=self.ref)
        return rows.live(timezone.now())

    def _keep_released(self: Any, until: datetime) -> None:
        """What is open stays open until then; what was never opened stays closed."""
        self._released().update(until=until)
