"""The filters of lists and of the API: the same sets for both."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import User
from references.models import ActivityType, Customer
from requests_app.models import Assignment, MaterialUse, Opportunity, OpportunityState, ReferenceRequest
from requests_app.models.states import AssignmentState, RequestState


def colleagues(request: Any) -> QuerySet[User]:
    """People to filter by: active ones."""
    return User.objects.active()


def customers(request: Any) -> QuerySet[Customer]:
    """Companies the reader may see, so that a filter tells nothing more."""
    return Customer.objects.visible_to(request.user) if request else Customer.objects.none()


def deals(request: Any) -> QuerySet[Opportunity]:
    return Opportunity.objects.visible_to(request.user) if request else Opportunity.objects.none()


class OpportunityFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="by_words", label=_("Words"))
    state = django_filters.MultipleChoiceFilter(choices=OpportunityState.choices, label=_("State"))
    owner = django_filters.ModelChoiceFilter(queryset=colleagues, label=_("Owner"))
    account = django_filters.ModelChoiceFilter(queryset=customers, label=_("Account"))
    stage = django_filters.CharFilter(lookup_expr="iexact", label=_("Stage"))
    external_id = django_filters.CharFilter(label=_("External id"))

    class Meta:
        model = Opportunity
        fields: tuple[str, ...] = ()

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.matching_words(value)


class RequestFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="by_words", label=_("Words"))
    state = django_filters.MultipleChoiceFilter(choices=RequestState.choices, label=_("State"))
    activity_type = django_filters.ModelChoiceFilter(
        queryset=ActivityType.objects.filter(in_use=True), to_field_name="slug", label=_("What")
    )
    opportunity = django_filters.ModelChoiceFilter(queryset=deals, label=_("Deal"))
    assigned_to = django_filters.ModelChoiceFilter(queryset=colleagues, label=_("With"))
    requested_by = django_filters.ModelChoiceFilter(queryset=colleagues, label=_("Asked by"))
    need_by_before = django_filters.DateFilter(field_name="need_by", lookup_expr="lte", label=_("Needed by"))

    class Meta:
        model = ReferenceRequest
        fields: tuple[str, ...] = ()

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return rows.matching_words(value)


class AssignmentFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=AssignmentState.choices)
    request = django_filters.NumberFilter(field_name="request_id")
    contact = django_filters.NumberFilter(field_name="contact_id")

    class Meta:
        model = Assignment
        fields: tuple[str, ...] = ()


class MaterialUseFilter(django_filters.FilterSet):
    opportunity = django_filters.NumberFilter(field_name="opportunity_id")
    material = django_filters.NumberFilter(field_name="material_id")

    class Meta:
        model = MaterialUse
        fields: tuple[str, ...] = ()
