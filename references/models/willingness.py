"""Willingness: what a contact, or a whole customer, agreed to do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.verbs import state_check
from references.models.activity_type import ActivityType
from references.models.contact import Contact
from references.models.customer import Customer


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    ASK_FIRST = "ask_first", _("Ask first")
    NO = "no", _("No")


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

    class Meta:
        ordering = ("activity_type", "pk")
        constraints = [
            state_check(Answer, "willingness_answer_known", "answer"),
            models.CheckConstraint(
                condition=models.Q(contact__isnull=False, customer=None) | models.Q(contact=None, customer__isnull=False),
                name="willingness_of_one",
            ),
            models.UniqueConstraint(fields=["contact", "activity_type"], name="willingness_contact_once"),
            models.UniqueConstraint(fields=["customer", "activity_type"], name="willingness_customer_once"),
        ]
        indexes = [models.Index(fields=["activity_type", "answer", "contact"], name="willingness_type")]

    def __str__(self) -> str:
        return f"{self.activity_type_id}: {self.answer}"
