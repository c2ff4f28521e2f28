"""Contact: a person at a customer, his consent, and to whom his details were released."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.search import normalise
from references.models.customer import Customer, CustomerStatus


class Seniority(models.TextChoices):
    EXECUTIVE = "executive", _("Executive")
    DIRECTOR = "director", _("Director or head")
    MANAGER = "manager", _("Manager")
    SPECIALIST = "specialist", _("Specialist")


class JobFunction(models.TextChoices):
    FINANCE = "finance", _("Finance")
    IT = "it", _("IT")
    OPERATIONS = "operations", _("Operations")
    SALES = "sales", _("Sales")
    MARKETING = "marketing", _("Marketing")
    HR = "hr", _("People")
    LEGAL = "legal", _("Legal and procurement")
    GENERAL = "general", _("General management")


class Channel(models.TextChoices):
    EMAIL = "email", _("Email")
    PHONE = "phone", _("Phone")
    OWNER = "owner", _("Through the account owner")


class ContactQuerySet(models.QuerySet["Contact"]):
    """The words for asking about contacts."""

    def visible_to(self, user: Any) -> Self:
        """Contacts of the customers the user may see; erased people never."""
        found = self.filter(erased_at=None)
        if user.is_manager or user.is_marketing or user.is_executive or user.is_admin:
            return found
        own = models.Q(customer__owner=user)
        return found.filter(own | models.Q(customer__status=CustomerStatus.ACTIVE) if user.is_sales else own)

    def consenting(self) -> Self:
        """Those who granted consent and have not withdrawn it."""
        return self.filter(consent_granted_at__isnull=False, consent_withdrawn_at=None, erased_at=None)


class Contact(models.Model):
    """A person. Erasing keeps the row's key for the ledger and forgets everything else."""

    event_ref = "contact"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    source = models.CharField(_("source"), max_length=60, blank=True)
    external_id = models.CharField(_("external id"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=200)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    seniority = models.CharField(_("seniority"), max_length=10, choices=Seniority.choices, blank=True)
    job_function = models.CharField(_("field of work"), max_length=10, choices=JobFunction.choices, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=50, default="UTC")
    birthday_day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True)
    birthday_month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices, default=Channel.EMAIL)
    consent_granted_at = models.DateTimeField(_("consent granted"), null=True, blank=True)
    consent_source = models.CharField(_("consent source"), max_length=200, blank=True)
    consent_withdrawn_at = models.DateTimeField(_("consent withdrawn"), null=True, blank=True)
    left_on = models.DateField(_("left the company"), null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    # Kept by the ledger's verbs so that ranking ten thousand people is one indexed query.
    last_live_on = models.DateField(null=True, blank=True)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="contact_external_id_once"
            )
        ]
        indexes = [
            models.Index(fields=["customer", "name", "id"], name="contact_customer_name"),
            models.Index(fields=["name", "id"], name="contact_name"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="contact_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = normalise(self.name, self.job_title)
        if kwargs.get("update_fields") is not None and {"name", "job_title"} & set(kwargs["update_fields"]):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)

    @property
    def has_consent(self) -> bool:
        return bool(self.consent_granted_at and not self.consent_withdrawn_at and not self.erased_at)


class Release(models.Model):
    """The contact's mail and phone were released to a colleague for one request."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="releases")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=60)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "user", "reason"], name="release_once")]

    def __str__(self) -> str:
        return self.reason
