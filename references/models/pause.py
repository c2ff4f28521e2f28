"""Pause: a time in which a customer or a person is left in peace."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused, WrongState, today
from references.models.access import allow, sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus
from references.verbs import Verb
from references.waking import wake


class PauseReason(models.TextChoices):
    RENEWAL = "renewal", _("Renewal")
    ESCALATION = "escalation", _("Escalation")
    LEAVE = "leave", _("Leave")
    ASKED = "asked", _("Asked for a break")
    OTHER = "other", _("Other reason")


class PauseQuerySet(models.QuerySet["Pause"]):
    def visible_to(self, user: Any) -> Self:
        """All for those who see every customer; else the pauses of one's customers and, for sales, of active ones."""
        if sees_all_customers(user):
            return self
        own = models.Q(customer__owner=user)
        return self.filter(own | models.Q(customer__status=CustomerStatus.ACTIVE) if user.is_sales else own)

    def open(self) -> Self:
        return self.filter(lifted_at=None)

    def covering(self, on: date) -> Self:
        """In force on the day."""
        return self.open().filter(models.Q(until=None) | models.Q(until__gte=on), starts_on__lte=on)

    def whole_customer(self) -> Self:
        return self.filter(contact=None)

    def over(self, on: date) -> Self:
        """Not lifted, though the last day is past."""
        return self.open().filter(until__lt=on)

    def of_active_customers(self) -> Self:
        """Of a whole customer that is not marked paused yet."""
        return self.whole_customer().filter(customer__status=CustomerStatus.ACTIVE)

    @transaction.atomic
    def start(
        self, *, by: Any, customer: Customer, contact: Contact | None = None, starts_on: date, until: date | None, reason: str,
        note: str = "", cause: str = "",
    ) -> "Pause":  # fmt: skip
        """Pause a customer or one person from `starts_on` up to and with `until`. Raises Forbidden, Refused, WrongState."""
        allow(by is None or customer.can_be_managed_by(by))
        if until and until < starts_on:
            raise Refused(_("The pause ends before it starts."), code="ends_before_start", field="until")
        if reason not in PauseReason.values:
            raise Refused(_("Choose one of the reasons."), code="unknown_reason", field="reason")
        pause = self.create(
            customer=customer,
            contact=contact,
            starts_on=starts_on,
            until=until,
            reason=reason,
            note=note,
            by=by,
            cause=cause,
        )
        pause.take_effect(today(by))
        wake(customer.pk)
        data = {"customer": customer.name, "reason": reason, "until": until.isoformat() if until else ""}
        record(Verb.PAUSE_STARTED, pause, customer, by=by, contact=contact, starts_on=starts_on.isoformat(), **data)
        return pause


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
    # What a rule paused for (`complaint:7`); a cause pauses a customer once, so that a lift by hand stays.
    cause = models.CharField(max_length=60, blank=True)
    lifted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-pk")
        indexes = [models.Index(fields=["customer"], condition=models.Q(lifted_at=None), name="pause_open")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("starts_on")),
                name="pause_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["customer", "cause"], condition=~models.Q(cause=""), name="pause_cause_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} from {self.starts_on}"

    def take_effect(self, on: date) -> None:
        """An active customer becomes paused once a pause of the whole customer has begun. Needs an open transaction."""
        if self.contact_id or self.starts_on > on or (self.until and self.until < on):
            return
        Customer.objects.filter(pk=self.customer_id, status=CustomerStatus.ACTIVE).update(status=CustomerStatus.PAUSED)
        self.customer.refresh_from_db(fields=["status"])

    @transaction.atomic
    def lift(self, *, by: Any) -> Self:
        """End it now. `by=None`: it ran out. Raises Forbidden, WrongState when it ended already."""
        allow(by is None or self.customer.can_be_managed_by(by))
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        if self.lifted_at:
            raise WrongState("lifted", "lift", ["open"])
        self.lifted_at = timezone.now()
        self.save(update_fields=["lifted_at"])
        self.wake_customer(today(by))
        wake(self.customer_id)
        verb = Verb.PAUSE_LIFTED if by else Verb.PAUSE_ENDED
        record(verb, self, self.customer, by=by, contact=self.contact, customer=self.customer.name, reason=self.reason)
        return self

    def wake_customer(self, on: date) -> None:
        """A paused customer is active again when no other pause covers the day."""
        if self.contact_id or self.customer.pauses.whole_customer().covering(on).exists():
            return
        Customer.objects.filter(pk=self.customer_id, status=CustomerStatus.PAUSED).update(status=CustomerStatus.ACTIVE)
        self.customer.refresh_from_db(fields=["status"])
