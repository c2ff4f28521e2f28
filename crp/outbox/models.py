"""Message: one mail or webhook to be sent, kept until it is."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.verbs import state_check


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


class Message(models.Model):
    """Written in the transaction of the verb; claimed, leased and delivered by the worker (docs/decisions.md)."""

    event_ref = "message"

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
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

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
