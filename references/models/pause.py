"""Pause: a time in which a customer or a person is left in peace."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from references.models.contact import Contact
from references.models.customer import Customer


class PauseReason(models.TextChoices):
    RENEWAL = "renewal", _("Renewal")
    ESCALATION = "escalation", _("Escalation")
    LEAVE = "leave", _("Leave")
    ASKED = "asked", _("Asked for a break")
    OTHER = "other", _("Other reason")


class Pause(models.Model):
    """`contact` empty: the whole customer. `until` empty: until lifted."""

    event_ref = "pause"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="pauses")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="pauses")
    starts_on = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=10, choices=PauseReason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-starts_on", "-pk")
        indexes = [models.Index(fields=["customer"], condition=models.Q(lifted_at=None), name="pause_open")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("starts_on")), name="pause_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reason} from {self.starts_on}"
