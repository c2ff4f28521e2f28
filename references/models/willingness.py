"""Willingness: what a contact, or a whole customer, agreed to do."""

from datetime import date
from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused, state_check
from references.models.access import allow, sees_all_customers
from references.models.activity_type import ActivityType
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus
from references.verbs import Verb
from references.waking import wake


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    ASK_FIRST = "ask_first", _("Ask first")
    NO = "no", _("No")


class WillingnessQuerySet(models.QuerySet["Willingness"]):
    def visible_to(self, user: Any) -> Self:
        """The answers of the people and customers the user may see."""
        found = self.filter(models.Q(contact=None) | models.Q(contact__erased_at=None))
        if sees_all_customers(user):
            return found
        seen = models.Q(contact__customer__owner=user) | models.Q(customer__owner=user)
        if user.is_sales:
            active = CustomerStatus.ACTIVE
            seen |= models.Q(contact__customer__status=active) | models.Q(customer__status=active)
        return found.filter(seen)

    def standing(self, on: date) -> Self:
        """Answers that have not run out."""
        return self.filter(models.Q(until=None) | models.Q(until__gte=on))

    def willing(self, on: date) -> Self:
        """Yes or ask first, and not run out."""
        return self.standing(on).exclude(answer=Answer.NO)

    @transaction.atomic
    def say(
        self, contact: Contact | None, activity_type: ActivityType, answer: str, *, by: Any, customer: Customer | None = None,
        **limits: Any,
    ) -> "Willingness":  # fmt: skip
        """
        Note the answer of a person (or, with `customer`, of the company). `by=None`: he said it himself, by his link.

        `limits`: limit_count, limit_days, conditions, until; what is not given is cleared. Raises Forbidden, Refused.
        """
        company = customer or (contact.customer if contact else None)
        if company is None or answer not in Answer.values:
            raise Refused(_("Choose yes, ask first or no."), code="unknown_answer", field="answer")
        allow(by is None or company.can_be_managed_by(by))
        if contact:
            contact.guard_remembered()
        values = {"limit_count": None, "limit_days": None, "conditions": "", "until": None, **limits, "answer": answer}
        key: dict[str, Any] = {
            "contact": contact,
            "customer": None if contact else company,
            "activity_type": activity_type,
        }
        if contact and answer != Answer.NO and not contact.consent_granted_at and not contact.consent_withdrawn_at:
            # Whoever agrees to do something agrees to be asked for it; a consent once withdrawn stays so.
            source = _("Answer noted by %(name)s") % {"name": by.name} if by else _("Own answer, by the link")
            contact.grant_consent(by=by, source=str(source))
        wake(company.pk)
        said, _new = self.update_or_create(**key, defaults=values)
        record(
            Verb.WILLINGNESS_SAID, company, contact, by=by, contact=contact, activity_type=activity_type.slug, answer=answer,
            activity_name=activity_type.name, limit=values["limit_count"],
        )  # fmt: skip
        return said


class Willingness(models.Model):
    """An answer per activity type, of a contact or (then `contact` is empty) of a customer, with an own limit."""

    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="willingness")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="willingness")
    activity_type = models.ForeignKey(ActivityType, models.PROTECT, related_name="willingness")
    answer = models.CharField(_("answer"), max_length=9, choices=Answer.choices)
    limit_count = models.PositiveSmallIntegerField(_("most uses"), null=True, blank=True)
    limit_days = models.PositiveSmallIntegerField(_("in days"), null=True, blank=True)
    conditions = models.CharField(_("conditions"), max_length=300, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = WillingnessQuerySet.as_manager()

    class Meta:
        ordering = ("activity_type", "pk")
        constraints = [
            state_check(Answer, "willingness_answer_known", "answer"),
            models.CheckConstraint(
                condition=models.Q(contact__isnull=False, customer=None)
                | models.Q(contact=None, customer__isnull=False),
                name="willingness_of_one",
            ),
            models.UniqueConstraint(fields=["contact", "activity_type"], name="willingness_contact_once"),
            models.UniqueConstraint(fields=["customer", "activity_type"], name="willingness_customer_once"),
        ]
        indexes = [models.Index(fields=["activity_type", "answer", "contact"], name="willingness_type")]

    def __str__(self) -> str:
        return f"{self.activity_type_id}: {self.answer}"
