"""The shapes of the API: what is shown, and what each verb takes. Names of states and verbs are those of the domain."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crp.accounts.models import User
from materials.models import Material
from references.availability import told_to
from references.models import ActivityType, Contact, Customer, Industry, Product, Referral
from requests_app import criteria as wished
from requests_app.models import Assignment, MaterialUse, Opportunity, ReferenceRequest
from requests_app.models.states import Purpose

MATCHES_AT_MOST = 50


class Visible(serializers.PrimaryKeyRelatedField):
    """A foreign key by id, found only among what the caller may see."""

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        request = self.context.get("request")
        return rows.visible_to(request.user) if request else rows.none()


class OpportunitySerializer(serializers.ModelSerializer):
    class Meta:
        model = Opportunity
        fields = (
            "id", "external_id", "name", "prospect", "account", "amount", "currency", "stage", "state", "opened_on", "closed_on",
            "expected_close_on", "owner", "industry", "country", "product", "competitor", "referral", "version",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Opportunity) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        if not instance.amounts_visible_to(self.context["request"].user):
            shown["amount"] = None
        return shown


class OpportunityWriter(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    prospect = serializers.CharField(max_length=200, required=False, allow_blank=True)
    account = Visible(queryset=Customer.objects, required=False, allow_null=True)
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    stage = serializers.CharField(max_length=60, required=False, allow_blank=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    expected_close_on = serializers.DateField(required=False, allow_null=True)
    owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), required=False, allow_null=True)
    industry = serializers.PrimaryKeyRelatedField(queryset=Industry.objects.all(), required=False, allow_null=True)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, allow_blank=True)
    product = serializers.PrimaryKeyRelatedField(queryset=Product.objects.all(), required=False, allow_null=True)
    competitor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=120, required=False)
    version = serializers.IntegerField(required=False, help_text="Of the deal as read; only when changing one.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not self.partial:
            attrs.pop("version", None)
        return attrs


class ReferredBy(serializers.Serializer):
    referral = Visible(queryset=Referral.objects, help_text="Null: it came of none after all.", allow_null=True)


class CloseDeal(serializers.Serializer):
    state = serializers.ChoiceField(["won", "lost"])
    closed_on = serializers.DateField()
    amount = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True)


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            **{name: {"type": "array", "items": {"type": "string"}} for name in wished.LISTS},
            "company_size": {"oneOf": [{"type": "string"}, {"type": "object"}], "example": "1000-5000"},
            "notes": {"type": "string"},
            wished.ANY: {"type": "boolean", "description": "Nothing in particular, not even what the deal says."},
        },
    }
)
class CriteriaField(serializers.JSONField):
    """Names of industries, products and use cases; ISO countries or regions; a size such as 1000-5000."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        cleaned, errors = wished.check(super().to_internal_value(data))
        if errors:
            raise serializers.ValidationError(
                {name: [message] for name, message in errors.items()} if "" not in errors else errors[""]
            )
        return cleaned


class RequestSerializer(serializers.ModelSerializer):
    activity_type = serializers.CharField(source="activity_type.slug", read_only=True)
    criteria = CriteriaField(read_only=True)

    class Meta:
        model = ReferenceRequest
        fields = (
            "id", "number", "reference", "opportunity", "purpose", "activity_type", "need_by", "criteria", "topics", "state",
            "stage", "waiting_for", "requested_by", "assigned_to", "submitted_at", "first_accepted_at", "closed_at",
            "close_reason", "version",
        )  # fmt: skip
        read_only_fields = fields


class ActivitySlug(serializers.SlugRelatedField):
    default_error_messages = {"does_not_exist": _("There is no activity type “{value}”.")}


class Ask(serializers.Serializer):
    opportunity = Visible(queryset=Opportunity.objects, required=False, allow_null=True)
    purpose = serializers.ChoiceField(Purpose.choices, required=False)
    activity_type = ActivitySlug(slug_field="slug", queryset=ActivityType.objects.filter(in_use=True))
    need_by = serializers.DateField()
    criteria = CriteriaField(required=False)
    topics = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    draft = serializers.BooleanField(required=False)


class Revise(serializers.Serializer):
    criteria = CriteriaField(required=False)
    topics = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)


class Reason(serializers.Serializer):
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class MatchesQuery(serializers.Serializer):
    limit = serializers.IntegerField(min_value=1, max_value=MATCHES_AT_MOST, default=25)


class ReasonShape(serializers.Serializer):
    criterion = serializers.CharField()
    points = serializers.IntegerField()
    of = serializers.IntegerField()
    text = serializers.CharField()


class ProblemShape(serializers.Serializer):
    code = serializers.CharField()
    severity = serializers.CharField()
    text = serializers.CharField()
    until = serializers.DateField()


class MatchSerializer(serializers.Serializer):
    contact = serializers.IntegerField(source="contact.pk")
    contact_name = serializers.CharField(source="contact.name")
    customer = serializers.IntegerField(source="contact.customer_id")
    customer_name = serializers.CharField(source="contact.customer.name")
    score = serializers.IntegerField()
    reasons = ReasonShape(many=True)
    problems = serializers.SerializerMethodField()

    @extend_schema_field(ProblemShape(many=True))
    def get_problems(self, match: Any) -> list[dict[str, Any]]:
        told = told_to(match.problems, match.contact, self.context["request"].user)
        return [dict(ProblemShape(problem).data) for problem in told]


class Propose(serializers.Serializer):
    contact = Visible(queryset=Contact.objects.select_related("customer__owner"))
    override_reason = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class AssignmentSerializer(serializers.ModelSerializer):
    rating = serializers.IntegerField(source="rep_rating", read_only=True)

    class Meta:
        model = Assignment
        fields = (
            "id", "request", "contact", "state", "scheduled_at", "scheduled_minutes", "proposed_by", "approved_by",
            "override_reason", "override_by", "approval_asked_at", "approved_at", "invited_at", "answer_by", "answered_at",
            "occurred_on", "outcome", "rating", "prospect_rating", "feedback", "ended_at", "end_reason", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class Invite(serializers.Serializer):
    slots = serializers.ListField(child=serializers.DateTimeField(), max_length=10, required=False)
    message = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class Accept(serializers.Serializer):
    slot = serializers.IntegerField(required=False, allow_null=True, help_text="The id of one of the offered times.")


class Schedule(serializers.Serializer):
    scheduled_at = serializers.DateTimeField(required=False)
    at = serializers.DateTimeField(required=False, help_text="The same as scheduled_at.")
    minutes = serializers.IntegerField(min_value=5, max_value=600, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        at = attrs.pop("scheduled_at", None) or attrs.get("at")
        if at is None:
            raise serializers.ValidationError({"scheduled_at": [_("Say when.")]})
        return {**attrs, "at": at}


class Complete(serializers.Serializer):
    occurred_on = serializers.DateField()
    outcome = serializers.CharField(
        max_length=500,
        default="held",
        help_text="held, helped or no_effect; other words are kept as a note on what was held.",
    )
    rating = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    prospect_rating = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    feedback = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class MaterialUseSerializer(serializers.ModelSerializer):
    class Meta:
        model = MaterialUse
        fields = ("id", "opportunity", "material", "on", "by", "created_at")
        read_only_fields = fields


class UseMaterial(serializers.Serializer):
    opportunity = Visible(queryset=Opportunity.objects)
    material = Visible(queryset=Material.objects)
    on = serializers.DateField(required=False)
