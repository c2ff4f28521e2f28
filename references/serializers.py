"""The shapes of the API: what is read, and, apart from it, what may be written."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crp.accounts.models import User
from crp.verbs import today
from references import countries
from references.models import (
    Activity,
    ActivityType,
    Answer,
    Contact,
    Customer,
    Hold,
    Industry,
    Nomination,
    Pause,
    Publicity,
    Willingness,
)  # fmt: skip
from references.models.activity import Outcome
from references.models.contact import JobFunction, Seniority
from references.models.pause import PauseReason


class Seen(serializers.PrimaryKeyRelatedField):
    """An id of something the caller may see; another's is as unknown as one that does not exist."""

    def __init__(self, model: Any = None, **kwargs: Any) -> None:
        self.model = model
        super().__init__(queryset=model.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        return self.model.objects.visible_to(self.context["request"].user)


@extend_schema_field(OpenApiTypes.STR)
class IndustryField(serializers.Field):
    """An industry's name; an id is understood too."""

    def to_representation(self, value: Industry) -> str:
        return value.name

    def to_internal_value(self, data: Any) -> Industry:
        text = str(data).strip()
        wanted = {"pk": int(text)} if text.isdecimal() and len(text) < 18 else {"name__iexact": text}
        found = Industry.objects.filter(**wanted).first()
        if not found:
            raise serializers.ValidationError(_("We know no such industry."))
        return found


def type_field(**kwargs: Any) -> serializers.SlugRelatedField:
    return serializers.SlugRelatedField(slug_field="slug", queryset=ActivityType.objects.all(), **kwargs)


class CustomerShape(serializers.ModelSerializer):
    industry = IndustryField(allow_null=True)
    health = serializers.SerializerMethodField()

    class Meta:
        model = Customer
        fields = (
            "id", "external_id", "name", "status", "industry", "country", "employees", "annual_revenue", "currency", "owner",
            "tier", "website", "customer_since", "publicity", "health", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_health(self, customer: Customer) -> int | None:
        """0 to 100 as last kept; null until judged and for those who may not know."""
        shown = customer.health >= 0 and customer.shows_health_to(self.context["request"].user)
        return customer.health if shown else None


class CustomerInput(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    external_id = serializers.CharField(max_length=120, required=False, allow_blank=True)
    website = serializers.URLField(max_length=300, required=False, allow_blank=True)
    industry = IndustryField(required=False, allow_null=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    employees = serializers.IntegerField(min_value=0, max_value=2_147_483_647, required=False, allow_null=True)
    annual_revenue = serializers.DecimalField(
        max_digits=18, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    customer_since = serializers.DateField(required=False, allow_null=True)
    renewal_on = serializers.DateField(required=False, allow_null=True)
    publicity = serializers.ChoiceField(Publicity.choices, required=False)
    competitors = serializers.ListField(child=serializers.CharField(max_length=200), required=False, max_length=100)
    owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), required=False, allow_null=True)
    version = serializers.IntegerField(required=False)

    def validate_country(self, value: str) -> str:
        if value and not countries.known(value):
            raise serializers.ValidationError(_("Two letters of a country, such as NL."))
        return value.upper()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not self.partial:
            attrs.pop("version", None)
        wanted = attrs.get("external_id")
        if wanted and not self.partial and Customer.objects.filter(source="", external_id=wanted).exists():
            raise serializers.ValidationError({"external_id": _("Another customer has this id.")})
        return attrs


class ContactShape(serializers.ModelSerializer):
    email = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = (
            "id", "customer", "name", "job_title", "email", "phone", "language", "timezone", "seniority", "job_function",
            "has_consent", "version",
        )  # fmt: skip

    def get_email(self, contact: Contact) -> str | None:
        return contact.email if self.shown(contact) else None

    def get_phone(self, contact: Contact) -> str | None:
        return contact.phone if self.shown(contact) else None

    def shown(self, contact: Contact) -> bool:
        return contact.details_visible_to(self.context["request"].user)


class ContactEdit(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    job_title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.RegexField(r"^[a-z]{2}$", required=False)
    timezone = serializers.CharField(max_length=50, required=False)
    seniority = serializers.ChoiceField(Seniority.choices, required=False, allow_blank=True)
    job_function = serializers.ChoiceField(JobFunction.choices, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)

    def validate_timezone(self, value: str) -> str:
        if value not in available_timezones():
            raise serializers.ValidationError(_("A zone such as Europe/Amsterdam."))
        return value


class ContactInput(ContactEdit):
    customer = Seen(Customer)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("version", None)
        return {"timezone": settings.PROGRAM_TIME_ZONE, **attrs}


class ActivityTypeShape(serializers.ModelSerializer):
    class Meta:
        model = ActivityType
        fields = (
            "slug",
            "name",
            "live",
            "effort",
            "limit_count",
            "limit_days",
            "cooldown_days",
            "naming",
            "points",
            "in_use",
        )


class ActivityTypeInput(serializers.ModelSerializer):
    limit_days = serializers.IntegerField(min_value=1, max_value=3650, required=False)

    class Meta:
        model = ActivityType
        fields = ("name", "live", "effort", "limit_count", "limit_days", "cooldown_days", "naming", "points", "in_use")


class WillingnessShape(serializers.ModelSerializer):
    activity_type: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Willingness
        fields = (
            "id",
            "contact",
            "customer",
            "activity_type",
            "answer",
            "limit_count",
            "limit_days",
            "conditions",
            "until",
        )


class WillingnessEdit(serializers.Serializer):
    answer = serializers.ChoiceField(Answer.choices)
    limit_count = serializers.IntegerField(min_value=0, max_value=366, required=False, allow_null=True)
    limit_days = serializers.IntegerField(min_value=1, max_value=3650, required=False, allow_null=True)
    conditions = serializers.CharField(max_length=300, required=False, allow_blank=True)
    until = serializers.DateField(required=False, allow_null=True)


class WillingnessInput(WillingnessEdit):
    contact = Seen(Contact, required=False, allow_null=True)
    customer = Seen(Customer, required=False, allow_null=True)
    activity_type = type_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("contact")) == bool(attrs.get("customer")):
            raise serializers.ValidationError({"contact": _("Name either a person or a customer.")})
        return attrs


class NominationShape(serializers.ModelSerializer):
    class Meta:
        model = Nomination
        fields = (
            "id",
            "customer",
            "contact",
            "reason",
            "state",
            "origin",
            "by",
            "decided_by",
            "decision_reason",
            "created_at",
        )


class NominationInput(serializers.Serializer):
    """Any customer may be nominated, also one the caller does not see: naming a company is no way to learn of it."""

    customer = serializers.PrimaryKeyRelatedField(queryset=Customer.objects.all(), required=False)
    company = serializers.CharField(max_length=200, required=False)
    website = serializers.URLField(max_length=300, required=False, allow_blank=True)
    contact = Seen(Contact, required=False, allow_null=True)
    reason = serializers.CharField(max_length=5000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("customer") and not attrs.get("company"):
            raise serializers.ValidationError({"customer": _("Name a customer, or a company we do not know yet.")})
        return attrs


class AlikeShape(serializers.Serializer):
    """`why`: same_name, same_domain or near_name."""

    customer = serializers.IntegerField(source="customer.pk")
    name = serializers.CharField(source="customer.name")
    status = serializers.CharField(source="customer.status")
    why = serializers.CharField()


class ReasonInput(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class OptionalReason(serializers.Serializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ConsentInput(serializers.Serializer):
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]


class InsideWords:
    """Mixin: `inside` fields are null for those who may not read inside words of the row's customer."""

    inside: tuple[str, ...] = ()

    def to_representation(self, row: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(row)  # type: ignore[misc]
        user = self.context["request"].user  # type: ignore[attr-defined]
        if row.customer.shows_health_to(user) or getattr(row, "by_id", None) == user.pk:
            return shown
        return shown | dict.fromkeys(self.inside)


class ActivityShape(InsideWords, serializers.ModelSerializer):
    inside = ("prospect", "note", "hours")
    activity_type: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Activity
        fields = (
            "id", "customer", "contact", "activity_type", "on", "effort", "live", "outcome", "hours", "origin", "prospect",
            "note", "by",
        )  # fmt: skip


class SomebodyInput(serializers.Serializer):
    """What a person or a customer said or did, today unless `on` tells another day."""

    customer = Seen(Customer, required=False)
    contact = Seen(Contact, required=False, allow_null=True)
    on = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        contact, customer = attrs.get("contact"), attrs.get("customer")
        company = customer or (contact.customer if contact else None)
        if company is None:
            raise serializers.ValidationError({"contact": _("Name the person or the customer.")})
        return {**attrs, "customer": company, "on": attrs.get("on") or today(self.context["request"].user)}


class ActivityInput(serializers.Serializer):
    customer = Seen(Customer, required=False)
    contact = Seen(Contact, required=False, allow_null=True)
    activity_type = type_field()
    on = serializers.DateField()
    outcome = serializers.ChoiceField(Outcome.choices, required=False)
    hours = serializers.DecimalField(max_digits=6, decimal_places=2, min_value=0, required=False, allow_null=True)
    prospect = serializers.CharField(max_length=200, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        contact, customer = attrs.get("contact"), attrs.get("customer")
        if not contact and not customer:
            raise serializers.ValidationError({"contact": _("Name the person or the customer.")})
        if contact and customer and contact.customer_id != customer.pk:
            raise serializers.ValidationError({"contact": _("This person works somewhere else.")})
        return attrs


class HoldShape(InsideWords, serializers.ModelSerializer):
    # They name the request it is held for, perhaps another team's.
    inside = ("reason", "label")
    activity_type: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)

    class Meta:
        model = Hold
        fields = (
            "id",
            "customer",
            "contact",
            "activity_type",
            "effort",
            "on",
            "reason",
            "label",
            "expires_at",
            "released_at",
        )


class PauseShape(InsideWords, serializers.ModelSerializer):
    inside = ("note",)

    class Meta:
        model = Pause
        fields = ("id", "customer", "contact", "starts_on", "until", "reason", "note", "lifted_at")


class PauseInput(serializers.Serializer):
    customer = Seen(Customer, required=False)
    contact = Seen(Contact, required=False, allow_null=True)
    starts_on = serializers.DateField(required=False)
    until = serializers.DateField(required=False, allow_null=True)
    reason = serializers.ChoiceField(PauseReason.choices)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        contact, customer = attrs.get("contact"), attrs.get("customer")
        if not contact and not customer:
            raise serializers.ValidationError({"customer": _("Name the customer or the person.")})
        if contact and customer and contact.customer_id != customer.pk:
            raise serializers.ValidationError({"contact": _("This person works somewhere else.")})
        first = attrs.get("starts_on") or today(self.context["request"].user)
        company = customer or (contact.customer if contact else None)
        return {**attrs, "customer": company, "starts_on": first, "until": attrs.get("until")}


class OtherCustomer(serializers.Serializer):
    other = Seen(Customer, help_text="The record that becomes part of this one.")


class OtherContact(serializers.Serializer):
    other = Seen(Contact, help_text="The record that becomes part of this one.")
