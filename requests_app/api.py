"""The API of this app: deals, requests, the people asked, material used."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from crp.rest.views import Viewset
from crp.verbs import Forbidden, today
from requests_app import matching
from requests_app import serializers as shapes
from requests_app.filters import AssignmentFilter, MaterialUseFilter, OpportunityFilter, RequestFilter
from requests_app.models import Assignment, MaterialUse, Opportunity, ReferenceRequest
from requests_app.serializers import MATCHES_AT_MOST


class OpportunityViewset(Viewset):
    """Deals. Amounts are null for those who may not read them."""

    queryset = Opportunity.objects.all()
    serializer_class = shapes.OpportunitySerializer
    filterset_class = OpportunityFilter

    @extend_schema(request=shapes.OpportunityWriter, responses={201: shapes.OpportunitySerializer})
    def create(self, request: Request) -> Response:
        given = self.checked(shapes.OpportunityWriter, request)
        return self.show(Opportunity.objects.add(by=request.user, **given), created=True)

    @extend_schema(request=shapes.OpportunityWriter, responses=shapes.OpportunitySerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """The owner by an admin; `version`, if sent, must be the one that was read."""
        given = self.checked(shapes.OpportunityWriter, request, partial=True)
        return self.act(request, "edit", **given)

    @extend_schema(request=shapes.CloseDeal, responses=shapes.OpportunitySerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Won or lost, on a day."""
        return self.act(request, "close", **self.checked(shapes.CloseDeal, request))

    @extend_schema(request=None, responses=shapes.OpportunitySerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        return self.act(request, "reopen")

    @extend_schema(request=shapes.ReferredBy, responses=shapes.OpportunitySerializer)
    @action(detail=True, methods=["post"])
    def referral(self, request: Request, pk: str) -> Response:
        """The referral that created it, or none."""
        wanted = self.checked(shapes.ReferredBy, request)["referral"]
        if wanted is None:
            return self.act(request, "part_from_referral")
        found = self.get_object()
        found.come_from(wanted, by=request.user)
        return self.show(found)


class RequestViewset(Viewset):
    """Requests for references."""

    queryset = ReferenceRequest.objects.select_related("activity_type")
    serializer_class = shapes.RequestSerializer
    filterset_class = RequestFilter

    @extend_schema(request=shapes.Ask, responses={201: shapes.RequestSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a reference; it is submitted unless `draft`."""
        found = ReferenceRequest.ask(by=request.user, **self.checked(shapes.Ask, request))
        return Response(self.get_serializer(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.Revise, responses=shapes.RequestSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change criteria or topics."""
        return self.act(request, "revise", **self.checked(shapes.Revise, request, partial=True))

    @extend_schema(request=None, responses=shapes.RequestSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        return self.act(request, "submit")

    @extend_schema(request=None, responses=shapes.RequestSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, pk: str) -> Response:
        return self.act(request, "take")

    @extend_schema(request=shapes.Reason, responses=shapes.RequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        return self.act(request, "withdraw", **self.checked(shapes.Reason, request))

    @extend_schema(request=shapes.Reason, responses=shapes.RequestSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Nobody could be found; a reason is needed."""
        return self.act(request, "close", **{"reason": "", **self.checked(shapes.Reason, request)})

    @extend_schema(
        responses=shapes.MatchSerializer(many=True),
        parameters=[OpenApiParameter("limit", int, description=f"1 to {MATCHES_AT_MOST}; 25 unless told.")],
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def matches(self, request: Request, pk: str) -> Response:
        """Who fits, the best first, with reasons and problems."""
        found: Any = self.get_object()
        if not found.may_see_matches(request.user):
            raise Forbidden
        limit = self.matches_limit(request)
        ranked = matching.rank(found, limit=limit, on=today(request.user))
        return Response(shapes.MatchSerializer(ranked, many=True, context=self.get_serializer_context()).data)

    def matches_limit(self, request: Request) -> int:
        shape = shapes.MatchesQuery(data=request.query_params)
        shape.is_valid(raise_exception=True)
        return int(shape.validated_data["limit"])

    @extend_schema(
        methods=["POST"], request=shapes.Propose, responses={201: shapes.AssignmentSerializer}, filters=False
    )
    @extend_schema(methods=["GET"], responses=shapes.AssignmentSerializer(many=True), filters=False)
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def assignments(self, request: Request, pk: str) -> Response:
        """Propose a person; or read who was asked."""
        found: Any = self.get_object()
        context = self.get_serializer_context()
        if request.method == "POST":
            made = found.propose(by=request.user, **self.checked(shapes.Propose, request))
            return Response(shapes.AssignmentSerializer(made, context=context).data, status=status.HTTP_201_CREATED)
        rows = Assignment.objects.visible_to(request.user).filter(request=found).order_by("pk")
        return Response(shapes.AssignmentSerializer(rows, many=True, context=context).data)


class AssignmentViewset(Viewset):
    """People asked for requests."""

    queryset = Assignment.objects.all()
    serializer_class = shapes.AssignmentSerializer
    filterset_class = AssignmentFilter

    @extend_schema(request=None, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """The account owner agrees, or the manager where nobody else can."""
        return self.act(request, "approve")

    @extend_schema(request=shapes.Invite, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: str) -> Response:
        return self.act(request, "invite", **self.checked(shapes.Invite, request))

    @extend_schema(request=shapes.Accept, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Record the contact's yes; the event says it was recorded for him."""
        return self.act(request, "accept", **self.checked(shapes.Accept, request))

    @extend_schema(request=shapes.Reason, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """The owner's no, or the contact's, recorded for him."""
        return self.act(request, "decline", **self.checked(shapes.Reason, request))

    @extend_schema(request=shapes.Schedule, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, pk: str) -> Response:
        return self.act(request, "schedule", **self.checked(shapes.Schedule, request))

    @extend_schema(request=shapes.Complete, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, pk: str) -> Response:
        """It took place."""
        return self.act(request, "complete", **self.checked(shapes.Complete, request))

    @extend_schema(request=shapes.Reason, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def miss(self, request: Request, pk: str) -> Response:
        """It did not take place."""
        return self.act(request, "miss", **self.checked(shapes.Reason, request))

    @extend_schema(request=shapes.Reason, responses=shapes.AssignmentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        return self.act(request, "withdraw", **self.checked(shapes.Reason, request))


class MaterialUseViewset(Viewset):
    """Material used on deals."""

    queryset = MaterialUse.objects.all()
    serializer_class = shapes.MaterialUseSerializer
    filterset_class = MaterialUseFilter

    @extend_schema(request=shapes.UseMaterial, responses={201: shapes.MaterialUseSerializer})
    def create(self, request: Request) -> Response:
        given = {"on": today(request.user), **self.checked(shapes.UseMaterial, request)}
        return self.show(MaterialUse.record(by=request.user, **given), created=True)


def register(router: SimpleRouter) -> None:
    """Add this app's endpoints."""
    router.register("opportunities", OpportunityViewset, basename="opportunity")
    router.register("requests", RequestViewset, basename="request")
    router.register("assignments", AssignmentViewset, basename="assignment")
    router.register("material-uses", MaterialUseViewset, basename="material-use")
