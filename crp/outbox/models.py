"""Message: one mail or webhook to be sent, kept until it is."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.outbox.verbs import Verb
from crp.outbox.waking import wake_after_commit
from crp.verbs import Stateful, state_check

# Longer than a task may live, so that nobody sends while somebody else believes him dead.
LEASE = timedelta(minutes=3)


class MessageKind(models.TextChoices):
    MAIL = "mail", _("Mail")
    WEBHOOK = "webhook", _("Webhook")


class MessageState(models.TextChoices):
    """`uncertain`: it may have gone out, and repeating it to a customer needs a person's decision."""

    PENDING = "pending", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    UNCERTAIN = "uncertain", _("Uncertain")
    PARKED = "parked", _("Parked")
    SUPPRESSED = "suppressed", _("Not sent")


HELD = frozenset({MessageState.PARKED, MessageState.UNCERTAIN})
UNSENT = frozenset({MessageState.PENDING, *HELD})
MAX_CRASHES = 3
ABANDONED = "The worker that was sending this was killed. It may have gone out."


class MessageQuerySet(models.QuerySet["Message"]):
    """The words for asking what is to be sent."""

    def visible_to(self, user: Any) -> Self:
        return self if user.is_admin else self.none()

    def due(self, now: datetime) -> Self:
        return self.filter(state=MessageState.PENDING, due_at__lte=now)

    def abandoned(self, now: datetime) -> Self:
        """Claimed by somebody who never came back."""
        return self.filter(state=MessageState.SENDING, lease_until__lt=now)

    def held(self) -> Self:
        """Those that wait for a person's decision."""
        return self.filter(state__in=HELD)

    def claim(self, now: datetime) -> "Message | None":
        """Take the message that is due the longest, and commit that before it is sent."""
        with transaction.atomic(durable=True):
            found = self.due(now).select_for_update(skip_locked=True).order_by("due_at", "pk").first()
            if found:
                found.state, found.attempts = MessageState.SENDING, found.attempts + 1
                found.lease_until, found.lease_token = now + LEASE, uuid.uuid4()
                found.save(update_fields=["state", "attempts", "lease_until", "lease_token"])
        return found

    def settle_abandoned(self, now: datetime) -> None:
        """
        Try again what a killed worker held, with the same Message-ID; mail to customers is held for a person.

        What has taken three workers with it is parked.
        """
        lost = {"lease_token": None, "lease_until": None, "crashes": F("crashes") + 1, "last_error": ABANDONED}
        left = self.abandoned(now)
        left.filter(crashes__gte=MAX_CRASHES - 1).update(state=MessageState.PARKED, **lost)
        left.filter(outside=True).update(state=MessageState.UNCERTAIN, **lost)
        left.update(state=MessageState.PENDING, **lost)

    def forget(self, contact_id: int) -> None:
        """Take an erased contact's address and words out of what was sent, and send him nothing more."""
        mine = self.filter(contact_id=contact_id)
        mine.filter(state__in=UNSENT).update(state=MessageState.SUPPRESSED)
        mine.update(to="", context={}, last_error="")


class Message(Stateful):
    """Written in the transaction of the verb; claimed, leased and delivered by the worker (docs/decisions.md)."""

    event_ref = "message"
    TRANSITIONS: ClassVar[Any] = {
        "retry": (HELD, MessageState.PENDING),
        "drop": ({MessageState.PENDING, *HELD}, MessageState.SUPPRESSED),
    }

    kind = models.CharField(max_length=7, choices=MessageKind.choices, default=MessageKind.MAIL)
    template = models.CharField(_("template"), max_length=100)
    to = models.CharField(_("to"), max_length=320)
    language = models.CharField(max_length=5, default="en")
    timezone = models.CharField(max_length=50, default="UTC")
    context = models.JSONField(default=dict)
    contact_id = models.BigIntegerField(null=True)
    outside = models.BooleanField(default=False)
    dedupe_key = models.CharField(max_length=200, unique=True, null=True)
    message_id = models.UUIDField(default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=MessageState.choices, default=MessageState.PENDING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [state_check(MessageState, "message_state_known")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="message_due"),
            models.Index(fields=["lease_until"], condition=models.Q(state="sending"), name="message_leased"),
            models.Index(fields=["state", "-id"], name="message_state"),
        ]

    def __str__(self) -> str:
        return f"{self.template} → {self.to}"

    @property
    def header_id(self) -> str:
        """The Message-ID, the same in every attempt."""
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
        return f"<{self.message_id}@{domain}>"

    def can_be_settled_by(self, user: Any) -> bool:
        """Who may retry and drop."""
        return bool(user.is_admin)

    def settle(self, state: str, **changes: Any) -> bool:
        """Leave `sending` for `state` if the lease is still ours; say whether it was."""
        mine = Message.objects.filter(pk=self.pk, state=MessageState.SENDING, lease_token=self.lease_token)
        return bool(mine.update(state=state, lease_token=None, lease_until=None, **changes))

    @transaction.atomic
    def retry(self, *, by: Any) -> None:
        """Send what was held after all, as if it were new."""
        self.step("retry", due_at=timezone.now(), attempts=0, crashes=0, last_error="")
        record(Verb.RETRIED, self, by=by, template=self.template)
        wake_after_commit()

    @transaction.atomic
    def drop(self, *, by: Any) -> None:
        """Never send it; its words are forgotten."""
        self.step("drop", context={})
        record(Verb.DROPPED, self, by=by, template=self.template)
