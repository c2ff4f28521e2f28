"""The API of this app."""

from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from crp.rest.views import Viewset
from crp.verbs import Forbidden, today
from materials.filters import MaterialFilter
from materials.models import Material
from materials.models.wording import FACTS, MANY, WORDING
from references.models import Contact, Customer


class MaterialSerializer(serializers.ModelSerializer):
    """`customer` and `contacts` are told only to those who may know who is behind it."""

    class Meta:
        model = Material
        fields = (
            "id", *WORDING, *FACTS, *MANY, "state", "published_at", "created_at", "version",
        )  # fmt: skip
        read_only_fields = ("id", "state", "published_at", "created_at")
        extra_kwargs = {"version": {"required": False}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None and request.user.is_authenticated:
            self.fields["customer"].queryset = Customer.objects.visible_to(request.user)  # type: ignore[attr-defined]
            self.fields["contacts"].child_relation.queryset = Contact.objects.visible_to(request.user)  # type: ignore[attr-defined]

    def to_representation(self, instance: Material) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if not instance.customer_visible_to(self.context["request"].user):
            shown |= {"customer": None, "contacts": []}
        return shown


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=1000)


class RenewSerializer(serializers.Serializer):
    review_on = serializers.DateField(required=False)
    expires_on = serializers.DateField(required=False)


class AskSerializer(serializers.Serializer):
    contact = serializers.PrimaryKeyRelatedField(queryset=Contact.objects.all())
    until = serializers.DateField()
    message = serializers.CharField(required=False, default="", max_length=2000)


class MaterialViewset(Viewset):
    """Material; `POST materials/7/publish/` and the like move it."""

    queryset = Material.objects.select_related("customer").prefetch_related(*MANY)
    serializer_class = MaterialSerializer
    filterset_class = MaterialFilter

    def create(self, request: Request) -> Response:
        fields = self._fields(request)
        return self.show(Material.create(by=request.user, **fields), created=True)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Changes what is sent; with `version`, refused (409) when somebody changed it since."""
        material = self.get_object()
        if not material.can_be_edited_by(request.user):
            raise Forbidden
        fields = self._fields(request, partial=True, instance=material)
        seen = fields.pop("version", material.version)
        return self.show(material.edit(by=request.user, seen=seen, **fields))

    def _fields(self, request: Request, **kwargs: Any) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data, **kwargs)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    @action(detail=True, methods=["post"])
    def draft(self, request: Request, pk: str) -> Response:
        return self.act(request, "draft")

    @action(detail=True, methods=["post"])
    def submit_for_review(self, request: Request, pk: str) -> Response:
        return self.act(request, "submit_for_review")

    @action(detail=True, methods=["post"])
    def return_to_draft(self, request: Request, pk: str) -> Response:
        return self.act(request, "return_to_draft", **self.checked(ReasonSerializer, request))

    @action(detail=True, methods=["post"])
    def send_to_customer(self, request: Request, pk: str) -> Response:
        return self.act(request, "send_to_customer", **self.checked(AskSerializer, request))

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        return self.act(request, "approve")

    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        return self.act(request, "publish")

    @action(detail=True, methods=["post"])
    def mark_review_due(self, request: Request, pk: str) -> Response:
        return self.act(request, "mark_review_due")

    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        return self.act(request, "renew", **self.checked(RenewSerializer, request))

    @action(detail=True, methods=["post"])
    def expire(self, request: Request, pk: str) -> Response:
        return self.act(request, "expire")

    @action(detail=True, methods=["post"])
    def revise(self, request: Request, pk: str) -> Response:
        return self.act(request, "revise")

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        return self.act(request, "withdraw", **self.checked(ReasonSerializer, request))

    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def problems(self, request: Request, pk: str) -> Response:
        """What stands in the way of publishing: [{code, severity, text, until}]."""
        material = self.get_object()
        if not material.making_visible_to(request.user):
            raise Forbidden
        found = material.problems(today(request.user))
        return Response(
            [{"code": one.code, "severity": str(one.severity), "text": one.text, "until": one.until} for one in found]
        )


def register(router: SimpleRouter) -> None:
    """Add this app's endpoints."""
    router.register("materials", MaterialViewset, basename="material")
