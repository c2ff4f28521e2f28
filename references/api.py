"""The API of this app: the pages' own filters and verbs, with explicit fields to write."""

from typing import Any

from django.http import Http404, HttpResponsePermanentRedirect
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from crp.rest.views import Viewset
from references import api_along, api_surveys, api_watch, filters, merging
from references import serializers as shapes
from references.forms.nominations import asked_of
from references.models import Activity, ActivityType, Contact, Customer, Hold, Nomination, Pause, Willingness


class Merged(Viewset):
    """A record that was merged into another leads to that; `merge` makes another one part of this."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().retrieve(request, *args, **kwargs)
        except Http404:
            kept = merging.forwarded(request.path, request.user)
            if kept is None:
                raise
            return HttpResponsePermanentRedirect(kept)


class Customers(Merged):
    """Customers the caller may see. `industry` is a name; writing takes a name or an id."""

    queryset = Customer.objects.select_related("industry")
    serializer_class = shapes.CustomerShape
    filterset_class = filters.CustomerFilters
    ordering = ("name", "id")

    @extend_schema(request=shapes.CustomerInput, responses={201: shapes.CustomerShape})
    def create(self, request: Request) -> Response:
        made = Customer.objects.add(by=request.user, **self.checked(shapes.CustomerInput, request))
        return self.show(made, created=True)

    @extend_schema(request=shapes.CustomerInput)
    def partial_update(self, request: Request, pk: Any = None) -> Response:
        found = self.get_object()
        facts = self.checked(shapes.CustomerInput, request, partial=True)
        found.edit(by=request.user, version=facts.pop("version", None), **facts)
        return self.show(found)

    @extend_schema(request=shapes.OtherCustomer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: Any = None) -> Response:
        """The `other` one becomes part of this."""
        kept, other = self.get_object(), self.checked(shapes.OtherCustomer, request)["other"]
        return self.show(merging.merge_customers(kept, other, by=request.user))

    @extend_schema(request=shapes.ReasonInput)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "retire", **self.checked(shapes.ReasonInput, request))


class Contacts(Merged):
    """People of the customers the caller may see; `email` is null until released to him."""

    queryset = Contact.objects.select_related("customer")
    serializer_class = shapes.ContactShape
    filterset_class = filters.ContactFilters
    ordering = ("name", "id")

    def get_queryset(self) -> Any:
        return super().get_queryset().with_released_to(self.request.user)

    @extend_schema(request=shapes.ContactInput, responses={201: shapes.ContactShape})
    def create(self, request: Request) -> Response:
        made = Contact.objects.add(by=request.user, **self.checked(shapes.ContactInput, request))
        return self.show(made, created=True)

    @extend_schema(request=shapes.ContactEdit)
    def partial_update(self, request: Request, pk: Any = None) -> Response:
        found = self.get_object()
        facts = self.checked(shapes.ContactEdit, request, partial=True)
        found.edit(by=request.user, version=facts.pop("version", None), **facts)
        return self.show(found)

    @extend_schema(request=shapes.OtherContact)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: Any = None) -> Response:
        """The `other` record becomes part of this."""
        kept, other = self.get_object(), self.checked(shapes.OtherContact, request)["other"]
        merging.merge_contacts(kept, other, by=request.user)
        return Response(self.get_serializer(self.get_queryset().get(pk=kept.pk)).data)

    @extend_schema(request=shapes.ConsentInput)
    @action(detail=True, methods=["post"])
    def consent(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "grant_consent", **self.checked(shapes.ConsentInput, request))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="withdraw-consent")
    def withdraw_consent(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "withdraw_consent")

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: Any = None) -> Response:
        self.get_object().erase(by=request.user)
        return Response(status=204)


class ActivityTypes(Viewset):
    """What a reference can do; managers and admins change limits and add their own."""

    queryset = ActivityType.objects.all()
    serializer_class = shapes.ActivityTypeShape
    lookup_field = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    ordering = ("position", "id")

    @extend_schema(request=shapes.ActivityTypeInput, responses={201: shapes.ActivityTypeShape})
    def create(self, request: Request) -> Response:
        made = ActivityType.objects.add(by=request.user, **self.checked(shapes.ActivityTypeInput, request))
        return self.show(made, created=True)

    @extend_schema(request=shapes.ActivityTypeInput)
    def partial_update(self, request: Request, slug: Any = None) -> Response:
        return self.act(request, "edit", **self.checked(shapes.ActivityTypeInput, request, partial=True))


class Answers(Viewset):
    """What people agreed to. POST says an answer anew: one per person (or customer) and type."""

    queryset = Willingness.objects.select_related("activity_type")
    serializer_class = shapes.WillingnessShape
    filterset_class = filters.WillingnessFilters

    @extend_schema(request=shapes.WillingnessInput, responses={201: shapes.WillingnessShape})
    def create(self, request: Request) -> Response:
        said = self.checked(shapes.WillingnessInput, request)
        made = Willingness.objects.say(
            said.pop("contact", None), said.pop("activity_type"), said.pop("answer"), by=request.user, **said
        )
        return self.show(made, created=True)

    @extend_schema(request=shapes.WillingnessEdit)
    def partial_update(self, request: Request, pk: Any = None) -> Response:
        found = self.get_object()
        kept = {name: getattr(found, name) for name in ("answer", "limit_count", "limit_days", "conditions", "until")}
        said = kept | self.checked(shapes.WillingnessEdit, request, partial=True)
        answer = said.pop("answer")
        made = Willingness.objects.say(
            found.contact, found.activity_type, answer, by=request.user, customer=found.customer, **said
        )
        return self.show(made)


class Nominations(Viewset):
    """Nominations the caller may see. POST with a `customer` id or a `company` name; ask `alike` for doubles first."""

    queryset = Nomination.objects.all()
    serializer_class = shapes.NominationShape
    filterset_class = filters.NominationFilters

    @extend_schema(request=shapes.NominationInput, responses={201: shapes.NominationShape})
    def create(self, request: Request) -> Response:
        made = Nomination.submit(by=request.user, **self.checked(shapes.NominationInput, request))
        return self.show(made, created=True)

    @extend_schema(
        parameters=[OpenApiParameter(name, str) for name in ("company", "website", "email")],
        responses={200: shapes.AlikeShape(many=True)}, filters=False,
    )  # fmt: skip
    @action(detail=False, methods=["get"], pagination_class=None)
    def alike(self, request: Request) -> Response:
        """Customers that may be the company meant, the likeliest first."""
        params = request.query_params
        asked = {"company": params.get("company", ""), "website": params.get("website", "")}
        found = asked_of({**asked, "contact_email": params.get("email", "")}, request.user)
        return Response(shapes.AlikeShape(found, many=True).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "review")

    @extend_schema(request=shapes.OptionalReason)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "approve", **self.checked(shapes.OptionalReason, request))

    @extend_schema(request=shapes.ReasonInput)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "decline", **self.checked(shapes.ReasonInput, request))


class Activities(Viewset):
    """The ledger. POST owns up to a use off the books."""

    queryset = Activity.objects.select_related("activity_type", "customer")
    serializer_class = shapes.ActivityShape
    filterset_class = filters.LedgerFilters

    @extend_schema(request=shapes.ActivityInput, responses={201: shapes.ActivityShape})
    def create(self, request: Request) -> Response:
        made = Activity.objects.log(by=request.user, **self.checked(shapes.ActivityInput, request))
        return self.show(made, created=True)


class Holds(Viewset):
    """Capacity held for asks under way."""

    queryset = Hold.objects.select_related("activity_type", "customer")
    serializer_class = shapes.HoldShape
    filterset_class = filters.LedgerFilters


class Pauses(Viewset):
    """Times in which a customer or a person is left in peace."""

    queryset = Pause.objects.select_related("customer", "contact")
    serializer_class = shapes.PauseShape
    filterset_class = filters.PauseFilters

    @extend_schema(request=shapes.PauseInput, responses={201: shapes.PauseShape})
    def create(self, request: Request) -> Response:
        made = Pause.objects.start(by=request.user, **self.checked(shapes.PauseInput, request))
        return self.show(made, created=True)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: Any = None) -> Response:
        return self.act(request, "lift")


def register(router: SimpleRouter) -> None:
    """Add this app's endpoints."""
    router.register("customers", Customers, "customer")
    router.register("contacts", Contacts, "contact")
    router.register("activity-types", ActivityTypes, "activity-type")
    router.register("willingness", Answers, "willingness")
    router.register("nominations", Nominations, "nomination")
    router.register("surveys", api_surveys.Surveys, "survey")
    router.register("watch", api_watch.Watches, "watch")
    api_along.register(router)
    router.register("activities", Activities, "activity")
    router.register("holds", Holds, "hold")
    router.register("pauses", Pauses, "pause")
