"""Complaint: an open one bars every ask."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from references.models.contact import Contact
from references.models.customer import Customer


class Severity(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Complaint(models.Model):
    event_ref = "complaint"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="complaints")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="complaints")
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    severity = models.CharField(_("severity"), max_length=6, choices=Severity.choices, default=Severity.MEDIUM)
    summary = models.CharField(_("summary"), max_length=300)

    class Meta:
        ordering = ("-opened_on", "-pk")
        indexes = [models.Index(fields=["customer"], condition=models.Q(closed_on=None), name="complaint_open")]

    def __str__(self) -> str:
        return self.summary
