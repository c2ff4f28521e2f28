"""The API of what is done along the way: tasks, referrals, rewards and the rules of what may be given."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from crp.accounts.models import User
from crp.rest.views import Viewset
from references import countries, filters
from references.models import Contact, Customer, GiftPolicy, Referral, Reward, Task
from references.serializers import IndustryField, ReasonInput, Seen, SomebodyInput

WAYS = ("gift", "points", "spend")


def colleague(**kwargs: Any) -> Any:
    return serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), **kwargs)


class TaskShape(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = ("id", "customer", "contact", "text", "due_on", "assignee", "by", "done_at", "done_by", "version")


class TaskInput(serializers.Serializer):
    """Without an `assignee` it is the caller's own."""

    customer = Seen(Customer)
    text = serializers.CharField(max_length=300)
    due_on = serializers.DateField()
    assignee = colleague(required=False)
    contact = Seen(Contact, required=False, allow_null=True)


class TaskEdit(serializers.Serializer):
    text = serializers.CharField(max_length=300)
    due_on = serializers.DateField()
    assignee = colleague(required=False)
    contact = Seen(Contact, required=False, allow_null=True)
    version = serializers.IntegerField(required=False)


class Tasks(Viewset):
    """What colleagues mean to do about customers, the nearest day first."""

    queryset = Task.objects.select_related("customer__owner", "assignee", "contact")
    serializer_class = TaskShape
    filterset_class = filters.TaskFilters
    ordering = ("due_on", "id")

    @extend_schema(request=TaskInput, responses={201: TaskShape})
    def create(self, request: Request) -> Response:
        return self.show(Task.objects.add(by=request.user, **self.checked(TaskInput, request)), created=True)

    @extend_schema(request=TaskEdit)
    def partial_update(self, request: Request, pk: Any = None) -> Response:
        found = self.get_object()
        facts = self.checked(TaskEdit, request, partial=True)
        found.edit(by=request.user, version=facts.pop("version", None), **facts)
        return self.show(found)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "finish")

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "reopen")


class ReferralShape(serializers.ModelSerializer):
    class Meta:
        model = Referral
        fields = ("id", "customer", "contact", "company", "person", "note", "on", "owner", "by", "state", "end_reason")


class ReferralInput(SomebodyInput):
    """Name the person who sent them, or at least his company."""

    company = serializers.CharField(max_length=200)
    person = serializers.CharField(max_length=200, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    owner = colleague(required=False)


class HandOverInput(serializers.Serializer):
    owner = colleague()


class Referrals(Viewset):
    """Whom customers sent to us. A deal is linked by PATCHing its `referral`."""

    queryset = Referral.objects.select_related("customer__owner", "contact", "owner")
    serializer_class = ReferralShape
    filterset_class = filters.ReferralFilters
    ordering = ("-on", "-id")

    @extend_schema(request=ReferralInput, responses={201: ReferralShape})
    def create(self, request: Request) -> Response:
        return self.show(Referral.objects.make(by=request.user, **self.checked(ReferralInput, request)), created=True)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reach(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "reach")

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def revive(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "revive")

    @extend_schema(request=ReasonInput)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "drop", **self.checked(ReasonInput, request))

    @extend_schema(request=HandOverInput)
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, pk: Any = None) -> Response:
        found = self.get_object()
        found.hand_over(by=request.user, **self.checked(HandOverInput, request))
        return Response(self.get_serializer(found).data)


class RewardShape(serializers.ModelSerializer):
    class Meta:
        model = Reward
        fields = ("id", "customer", "contact", "kind", "points", "value", "why", "on", "year", "corrects", "by")


class RewardInput(serializers.Serializer):
    """`value` is in the program's currency; `points` are counted up from one, also when spent."""

    way = serializers.ChoiceField(WAYS)
    contact = Seen(Contact)
    value = serializers.DecimalField(max_digits=10, decimal_places=2, min_value=Decimal(0), required=False)
    points = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False)
    why = serializers.CharField(max_length=200)
    on = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needs = {"gift": ("value",), "points": ("points",), "spend": ("value", "points")}[attrs["way"]]
        missing = [name for name in needs if name not in attrs]
        if missing:
            raise serializers.ValidationError({name: _("This is needed here.") for name in missing})
        return attrs


class WhyInput(serializers.Serializer):
    why = serializers.CharField(max_length=200)


class Rewards(Viewset):
    """The ledger of gifts and points. Lines are never changed; `correct` takes one back by a line of its own."""

    queryset = Reward.objects.select_related("customer", "contact")
    serializer_class = RewardShape
    filterset_class = filters.RewardFilters
    ordering = ("-on", "-id")

    @extend_schema(request=RewardInput, responses={201: RewardShape})
    def create(self, request: Request) -> Response:
        wanted = self.checked(RewardInput, request)
        return self.show(Reward.objects.give(wanted.pop("way"), by=request.user, **wanted), created=True)

    @extend_schema(request=WhyInput, responses={201: RewardShape})
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, pk: Any = None) -> Response:
        made = self.get_object().correct(by=request.user, **self.checked(WhyInput, request))
        return self.show(made, created=True)


class GiftPolicyShape(serializers.ModelSerializer):
    industry = IndustryField(allow_null=True)

    class Meta:
        model = GiftPolicy
        fields = ("id", "country", "industry", "forbidden", "per_gift", "per_year", "note", "version")


class GiftPolicyInput(serializers.Serializer):
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    industry = IndustryField(required=False, allow_null=True)
    forbidden = serializers.BooleanField(required=False)
    per_gift = serializers.DecimalField(max_digits=10, decimal_places=2, required=False, allow_null=True)
    per_year = serializers.DecimalField(max_digits=10, decimal_places=2, required=False, allow_null=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    version = serializers.IntegerField(required=False)

    def validate_country(self, value: str) -> str:
        if value and not countries.known(value):
            raise serializers.ValidationError(_("Two letters of a country, such as NL."))
        return value.upper()


class GiftPolicies(Viewset):
    """What may be given to people of a country and a sector."""

    queryset = GiftPolicy.objects.select_related("industry")
    serializer_class = GiftPolicyShape
    ordering = ("id",)

    @extend_schema(request=GiftPolicyInput, responses={201: GiftPolicyShape})
    def create(self, request: Request) -> Response:
        values = self.checked(GiftPolicyInput, request)
        values.pop("version", None)
        return self.show(GiftPolicy.objects.add(by=request.user, **values), created=True)

    @extend_schema(request=GiftPolicyInput)
    def partial_update(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "edit", **self.checked(GiftPolicyInput, request, partial=True))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: Any = None) -> Response:
        self.get_object().remove(by=request.user)
        return Response(status=204)


def register(router: SimpleRouter) -> None:
    """Add these endpoints."""
    router.register("tasks", Tasks, "task")
    router.register("referrals", Referrals, "referral")
    router.register("rewards", Rewards, "reward")
    router.register("gift-policies", GiftPolicies, "gift-policy")
