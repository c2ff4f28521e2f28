"""Complaint: an open one bars every ask."""

from datetime import date
from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused, WrongState
from references.models.access import allow, sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus
from references.models.health_rules import HealthRules
from references.models.pause import Pause, PauseReason
from references.verbs import Verb
from references.waking import wake


class Severity(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: Any) -> Self:
        """For those who see a customer's health: sales reps only where they own the account."""
        return self if sees_all_customers(user) else self.filter(customer__owner=user)

    def open(self) -> Self:
        return self.filter(closed_on=None)

    @transaction.atomic
    def file(
        self, *, by: Any, customer: Customer, summary: str, opened_on: date, severity: str = Severity.MEDIUM,
        contact: Contact | None = None,
    ) -> "Complaint":  # fmt: skip
        """Note a complaint; while open it bars every ask. Raises Forbidden, Refused without words."""
        allow(by is None or customer.can_be_managed_by(by))
        if not summary.strip():
            raise Refused(_("Say what it is about."), code="summary_missing", field="summary")
        complaint = self.create(
            customer=customer, contact=contact, summary=summary, opened_on=opened_on, severity=severity
        )
        wake(customer.pk)
        complaint.pause()
        record(Verb.COMPLAINT_OPENED, complaint, customer, by=by, contact=contact, customer=customer.name)
        return complaint


class Complaint(models.Model):
    event_ref = "complaint"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="complaints")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="complaints")
    opened_on = models.DateField(_("opened"))
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    severity = models.CharField(_("severity"), max_length=6, choices=Severity.choices, default=Severity.MEDIUM)
    summary = models.CharField(_("summary"), max_length=300)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_on", "-pk")
        indexes = [models.Index(fields=["customer"], condition=models.Q(closed_on=None), name="complaint_open")]

    def __str__(self) -> str:
        return self.summary

    @property
    def cause(self) -> str:
        return f"complaint:{self.pk}"

    def pause(self) -> None:
        """A bad one pauses a reference, where the rules say so, also one in another pause. Needs an open transaction."""
        asked = self.customer.status in (CustomerStatus.ACTIVE, CustomerStatus.PAUSED)
        if self.severity == Severity.HIGH and asked and HealthRules.current().pauses_on_complaint:
            Pause.objects.start(
                by=None, customer=self.customer, starts_on=self.opened_on, until=None, reason=PauseReason.ESCALATION,
                cause=self.cause,
            )  # fmt: skip

    @transaction.atomic
    def close(self, *, by: Any, on: date) -> Self:
        """Settled. Raises Forbidden, WrongState, Refused for a day before it was opened."""
        allow(by is None or self.customer.can_be_managed_by(by))
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        if self.closed_on:
            raise WrongState("closed", "close", ["open"])
        if on < self.opened_on:
            raise Refused(_("It was opened later than that."), code="closed_before_opened", field="closed_on")
        self.closed_on = on
        self.save(update_fields=["closed_on"])
        wake(self.customer_id)
        for found in self.customer.pauses.open().filter(cause=self.cause):
            found.lift(by=None)
        record(Verb.COMPLAINT_CLOSED, self, self.customer, by=by, contact=self.contact, customer=self.customer.name)
        return self
