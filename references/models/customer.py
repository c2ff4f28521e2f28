"""Customer: a company that may speak for us, and what it deployed."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.search import normalise
from crp.verbs import Forbidden, Refused, WrongState, state_check
from references.models.access import CustomerAccess, allow, sees_all_customers
from references.models.editing import Editable
from references.verbs import Verb
from references.waking import wake

if TYPE_CHECKING:
    from references.models.pause import Pause


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
        if sees_all_customers(user):
            return self
        own = models.Q(owner=user)
        return self.filter(own | models.Q(status=CustomerStatus.ACTIVE) if user.is_sales else own)

    def with_health_for(self, user: Any) -> Self:
        """Those whose health the user may know."""
        return self if sees_all_customers(user) else self.filter(owner=user)

    def active(self) -> Self:
        return self.filter(status=CustomerStatus.ACTIVE)

    def matching_words(self, text: str) -> Self:
        """Customers whose folded name or website contains every word."""
        found = self
        for word in normalise(text).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found

    def named(self, name: str) -> Self:
        """Customers of exactly that name, whatever its case and accents; else what a merged record of that name became."""
        wanted = normalise(name)
        near = self.filter(search_text__startswith=wanted).values_list("pk", "name")[:200]
        found = [pk for pk, found in near if normalise(found) == wanted]
        if not found and wanted:
            merges: Any = self.model._meta.get_field("merges").related_model
            found = list(
                merges._base_manager.filter(folded=wanted, customer__isnull=False).values_list("customer", flat=True)
            )
        return self.filter(pk__in=found)

    @transaction.atomic
    def add(self, *, by: Any, **facts: Any) -> "Customer":
        """A new candidate. Raises Forbidden for those who may not edit customers."""
        if by is not None:
            allow(Customer(owner=facts.get("owner")).can_be_edited_by(by))
        customer = self.create(**facts)
        wake(customer.pk)
        record(Verb.CUSTOMER_ADDED, customer, by=by, customer=customer.name)
        return customer


class Customer(CustomerAccess, Editable):
    """A company. `status` runs candidate → nominated → active → paused → retired; events keep who and why."""

    event_ref = "customer"
    face_kind = "company"
    RETIRABLE = (CustomerStatus.ACTIVE, CustomerStatus.PAUSED, CustomerStatus.CANDIDATE, CustomerStatus.NOMINATED)

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
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="owned_customers",
        verbose_name=_("account owner"),
    )
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subsidiaries", verbose_name=_("parent company")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=CustomerStatus.choices, default=CustomerStatus.CANDIDATE
    )
    publicity = models.CharField(_("publicity"), max_length=4, choices=Publicity.choices, default=Publicity.ASK)
    publicity_clause = models.TextField(_("clause"), blank=True)
    publicity_until = models.DateField(_("until"), null=True, blank=True)
    # Names of companies it competes with: its people are not asked to speak to these.
    competitors = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name=_("competitors"))
    thanks = models.BooleanField(_("its people get cards and thank-yous"), default=True)
    # Kept by the watch, never empty, so that the list goes by it; the year 1 for whoever was never asked.
    rested_since = models.DateField(default=date.min, editable=False)
    effort_left = models.PositiveIntegerField(default=0, editable=False)
    # Kept by the vitals: 0 to 100, -1 until it was judged; low from a fall below the rules' line until a recovery above it.
    health = models.SmallIntegerField(default=-1, editable=False)
    health_on = models.DateField(null=True, editable=False)
    health_low = models.BooleanField(default=False, editable=False)
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
            models.Index(fields=["rested_since", "name", "id"], name="customer_rested"),
            models.Index(fields=["-effort_left", "name", "id"], name="customer_room"),
            models.Index(fields=["health", "name", "id"], name="customer_health"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="customer_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = normalise(self.name, self.website)
        if kwargs.get("update_fields") is not None and {"name", "website"} & set(kwargs["update_fields"]):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:
        return self.status == CustomerStatus.ACTIVE

    def competes_with(self, prospect: str) -> bool:
        """Is the prospect one of the customer's competitors, by folded name?"""
        wanted = normalise(prospect)
        return bool(wanted) and any(normalise(name) == wanted for name in self.competitors)

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **facts: Any) -> Self:
        """Change facts. Raises Forbidden (owner: managers and admins only), Stale."""
        if by is not None:
            allow(self.can_be_edited_by(by))
            if "owner" in facts and facts["owner"] != self.owner and not self.can_change_owner(by):
                raise Forbidden(_("Only a program manager changes the account owner."), field="owner")
        changed = self.change(version, **facts)
        if changed:
            record(Verb.CUSTOMER_EDITED, self, by=by, customer=self.name, fields=",".join(changed))
        return self

    def move(self, verb: str, allowed: tuple[str, ...], status: str) -> Self:
        """Lock the row, guard its status and save the new one. Needs an open transaction; raises WrongState."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        if self.status not in allowed:
            raise WrongState(self.status, verb, allowed)
        self.status = status
        self.save(update_fields=["status"])
        return self

    @transaction.atomic
    def retire(self, *, by: Any, reason: str) -> Self:
        """No longer a reference; nobody of it is asked. Raises Forbidden, WrongState, Refused without a reason."""
        allow(by is None or self.can_be_managed_by(by))
        if not reason.strip():
            raise Refused(_("Say why, for those who look back."), code="reason_missing", field="reason")
        self.move("retire", self.RETIRABLE, CustomerStatus.RETIRED)
        wake(self.pk)
        record(Verb.CUSTOMER_RETIRED, self, by=by, customer=self.name, reason=reason)
        return self

    def pause(self, *, by: Any, starts_on: date, until: date | None, reason: str, note: str = "") -> "Pause":
        """Leave the whole customer in peace. See Pause.start."""
        return self.pauses.start(by=by, customer=self, starts_on=starts_on, until=until, reason=reason, note=note)


class Deployment(models.Model):
    """A product the customer runs."""

    event_ref = "deployment"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="deployments")
    product = models.ForeignKey("Product", models.PROTECT, related_name="deployments", verbose_name=_("product"))
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

    @transaction.atomic
    def edit(self, *, by: Any, **values: Any) -> Self:
        """Change what is known of it, or add it when new. Raises Forbidden, Refused."""
        allow(by is None or self.customer.can_be_edited_by(by))
        new = self.pk is None
        for name, value in values.items():
            setattr(self, name, value)
        if self.since and self.until and self.until < self.since:
            raise Refused(_("It ended before it began."), code="ends_before_start", field="until")
        if self.customer.deployments.filter(product=self.product).exclude(pk=self.pk).exists():
            raise Refused(_("This product is listed already."), code="listed_already", field="product")
        self.save()
        verb = Verb.DEPLOYMENT_ADDED if new else Verb.DEPLOYMENT_EDITED
        record(verb, self, self.customer, by=by, customer=self.customer.name, product=self.product.name)
        return self
