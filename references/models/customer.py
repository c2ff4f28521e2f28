"""Customer: a company that may speak for us, and what it deployed."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.search import normalise
from crp.verbs import state_check


class CustomerStatus(models.TextChoices):
    CANDIDATE = "candidate", _("Candidate")
    NOMINATED = "nominated", _("Nominated")
    ACTIVE = "active", _("Active reference")
    PAUSED = "paused", _("Paused")
    RETIRED = "retired", _("Retired")


class Publicity(models.TextChoices):
    """What the contract lets us say."""

    NONE = "none", _("Nothing")
    ASK = "ask", _("Ask")
    NAME = "name", _("Name")
    LOGO = "logo", _("Logo")
    FULL = "full", _("Full")


class CustomerQuerySet(models.QuerySet["Customer"]):
    """The words for asking about customers."""

    def visible_to(self, user: Any) -> Self:
        """All for managers, marketing, executives and admins; active ones for sales; his own for an account owner."""
        if user.is_manager or user.is_marketing or user.is_executive or user.is_admin:
            return self
        own = models.Q(owner=user)
        return self.filter(own | models.Q(status=CustomerStatus.ACTIVE) if user.is_sales else own)

    def active(self) -> Self:
        return self.filter(status=CustomerStatus.ACTIVE)

    def matching_words(self, text: str) -> Self:
        """Customers whose folded name or website contains every word."""
        found = self
        for word in normalise(text).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found


class Customer(models.Model):
    """A company. `status` runs candidate → nominated → active → paused → retired; events keep who and why."""

    event_ref = "customer"

    name = models.CharField(_("name"), max_length=200)
    source = models.CharField(_("source"), max_length=60, blank=True)
    external_id = models.CharField(_("external id"), max_length=120, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    industry = models.ForeignKey("Industry", models.PROTECT, null=True, blank=True, verbose_name=_("industry"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    founded = models.PositiveSmallIntegerField(_("founded"), null=True, blank=True)
    customer_since = models.DateField(_("customer since"), null=True, blank=True)
    renewal_on = models.DateField(_("renewal"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="owned_customers", verbose_name=_("account owner")
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries", verbose_name=_("parent company")
    )
    status = models.CharField(_("status"), max_length=10, choices=CustomerStatus.choices, default=CustomerStatus.CANDIDATE)
    publicity = models.CharField(_("publicity"), max_length=4, choices=Publicity.choices, default=Publicity.ASK)
    publicity_clause = models.TextField(_("clause"), blank=True)
    publicity_until = models.DateField(_("until"), null=True, blank=True)
    tier = models.CharField(_("tier"), max_length=1, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)
    products: models.ManyToManyField = models.ManyToManyField("Product", through="Deployment", related_name="customers")

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            state_check(CustomerStatus, "customer_status_known", "status"),
            state_check(Publicity, "customer_publicity_known", "publicity"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="customer_external_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="customer_name"),
            models.Index(fields=["status", "name", "id"], name="customer_status_name"),
            models.Index(fields=["industry", "name", "id"], name="customer_industry_name"),
            models.Index(fields=["country", "name", "id"], name="customer_country_name"),
            models.Index(fields=["owner", "name", "id"], name="customer_owner_name"),
            models.Index(fields=["tier", "name", "id"], name="customer_tier_name"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="customer_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = normalise(self.name, self.website)
        if kwargs.get("update_fields") is not None and {"name", "website"} & set(kwargs["update_fields"]):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)


class Deployment(models.Model):
    """A product the customer runs."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="deployments")
    product = models.ForeignKey("Product", models.PROTECT, related_name="deployments")
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    use_case = models.ForeignKey("UseCase", models.SET_NULL, null=True, blank=True, verbose_name=_("use case"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    referable = models.BooleanField(_("can be referred to"), default=True)

    class Meta:
        ordering = ("customer", "product")
        constraints = [models.UniqueConstraint(fields=["customer", "product"], name="deployment_once")]
        indexes = [models.Index(fields=["product", "customer"], name="deployment_product")]

    def __str__(self) -> str:
        return f"{self.product}"
