"""Notes about a customer."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused
from references.models.access import allow
from references.models.contact import Contact
from references.models.customer import Customer
from references.verbs import Verb


class NoteQuerySet(models.QuerySet["Note"]):
    @transaction.atomic
    def write(self, *, by: Any, customer: Customer, text: str, on: date, contact: Contact | None = None) -> "Note":
        """An inside note; those who may not read notes may not write them. Raises Forbidden, Refused when empty."""
        allow(by is None or customer.shows_health_to(by))
        if not text.strip():
            raise Refused(_("Write something first."), code="empty", field="text")
        note = self.create(customer=customer, contact=contact, text=text.strip(), on=on, by=by)
        record(Verb.NOTE_WRITTEN, note, customer, by=by, contact=contact, customer=customer.name)
        return note


class Note(models.Model):
    """A dated note of a colleague."""

    event_ref = "note"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="notes")
    text = models.TextField(_("note"))
    on = models.DateField(_("on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        indexes = [models.Index(fields=["customer", "-on"], name="note_customer")]

    def __str__(self) -> str:
        return self.text[:60]
