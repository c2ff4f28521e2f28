"""Merge: a record that became one with another, and by what it is still found."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from references.models.contact import Contact
from references.models.customer import Customer


class MergeQuerySet(models.QuerySet["Merge"]):
    """The words for asking what became of a record."""

    def of_customers(self) -> Self:
        return self.filter(customer__isnull=False)

    def of_people(self) -> Self:
        return self.filter(contact__isnull=False)

    def kept_customer(self, gone: int) -> int | None:
        """The customer that the one of the number became. One query."""
        return self.of_customers().filter(gone_id=gone).values_list("customer", flat=True).first()

    def kept_contact(self, gone: int) -> int | None:
        """The person that the record of the number became. One query."""
        return self.of_people().filter(gone_id=gone).values_list("contact", flat=True).first()


class Merge(models.Model):
    """
    `gone_id` is the number of the record that is no more, `customer` or `contact` the one it became; when that one is
    merged itself, this follows. `folded` is its name as searched for; `marks` are what erasing writes down of it.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="merges")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="merges")
    gone_id = models.BigIntegerField()
    folded = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    link_version = models.PositiveIntegerField(default=0)
    marks = ArrayField(models.CharField(max_length=64), default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(customer=None, contact__isnull=False)
                | models.Q(customer__isnull=False, contact=None),
                name="merge_of_one",
            ),
            models.UniqueConstraint(
                fields=["gone_id"], condition=models.Q(customer__isnull=False), name="merge_customer_once"
            ),
            models.UniqueConstraint(
                fields=["gone_id"], condition=models.Q(contact__isnull=False), name="merge_contact_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="merge_external_id"
            ),
            models.Index(fields=["folded"], condition=models.Q(customer__isnull=False), name="merge_customer_name"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id}: {self.customer_id or self.contact_id}"


def keep_alias(kept: Any, gone: Any, **more: Any) -> Merge:
    """Write down that `gone` became `kept`, of the same model."""
    place = {"customer": kept} if isinstance(kept, Customer) else {"contact": kept}
    return Merge.objects.create(gone_id=gone.pk, source=gone.source, external_id=gone.external_id, **place, **more)
