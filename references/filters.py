"""The filters of pages and API alike, so that both show the same rows for the same address."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import User
from crp.verbs import today
from references import countries
from references.models import (
    ActivityType,
    Contact,
    Customer,
    CustomerStatus,
    Deployment,
    Industry,
    Nomination,
    NominationState,
    Product,
    Referral,
    ReferralState,
    Reward,
    RewardKind,
    SurveyResponse,
    Task,
    Watch,
)  # fmt: skip
from references.models.nomination import NominationOrigin
from references.models.survey import SurveyKind
from references.models.watch import Alarm, Availability

HEALTH = [
    ("good", _("75 and more")),
    ("fair", _("50 to 74")),
    ("poor", _("Below 50")),
    ("unknown", _("Not judged yet")),
]
BANDS_OF_HEALTH = {"good": (75, 100), "fair": (50, 74), "poor": (0, 49), "unknown": (-1, -1)}
TIERS = [("A", "A"), ("B", "B"), ("C", "C")]


def industry_ids(value: str) -> list[int]:
    """The industry of that id or name, and all below it. One query; empty when there is none."""
    rows = list(Industry.objects.values_list("pk", "name", "parent_id"))
    wanted = {pk for pk, name, _parent in rows if str(pk) == value or name.casefold() == value.casefold()}
    while more := {pk for pk, _name, parent in rows if parent in wanted and pk not in wanted}:
        wanted |= more
    return sorted(wanted)


def of_industry(queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
    """Rows of the industry or one below it."""
    return queryset.filter(**{f"{name}__in": industry_ids(value.strip())})


def with_words(queryset: Any, name: str, value: str) -> Any:
    return queryset.matching_words(value)


class CustomerFilters(filters.FilterSet):
    search = filters.CharFilter(method=with_words, label=_("Words in the name"))
    status = filters.MultipleChoiceFilter(choices=CustomerStatus.choices, label=_("Status"))
    industry = filters.CharFilter(method="of_industry", label=_("Industry"))
    country = filters.MultipleChoiceFilter(choices=lazy(countries.choices, list)(), label=_("Country"))
    tier = filters.MultipleChoiceFilter(choices=TIERS, label=_("Tier"))
    owner = filters.ModelChoiceFilter(queryset=User.objects.active(), label=_("Account owner"))
    product = filters.ModelChoiceFilter(queryset=Product.objects.all(), method="of_product", label=_("Product"))
    parent = filters.NumberFilter(field_name="parent_id", widget=forms.HiddenInput, label=_("Part of"))
    availability = filters.MultipleChoiceFilter(choices=Availability.choices, method="who_is", label=_("Availability"))
    will = filters.ModelChoiceFilter(
        queryset=ActivityType.objects.filter(in_use=True), to_field_name="slug", method="who_will", label=_("Will do")
    )

    health = filters.MultipleChoiceFilter(choices=HEALTH, method="how_well", label=_("Health"))

    class Meta:
        model = Customer
        fields = (
            "search",
            "status",
            "industry",
            "country",
            "tier",
            "owner",
            "product",
            "parent",
            "availability",
            "will",
            "health",
        )

    def how_well(self, queryset: Any, name: str, value: list[str]) -> Any:
        """By kept score, of customers whose health the reader may know; for others there is nothing to be found."""
        bands = Q()
        for band in value:
            bands |= Q(health__range=BANDS_OF_HEALTH[band])
        return queryset.with_health_for(self.request.user).filter(bands) if value else queryset

    def who_is(self, queryset: QuerySet[Customer], name: str, value: list[str]) -> QuerySet[Customer]:
        """By how the best of its people stands; beside `will` that is asked of the very person who would do it."""
        if not value or self.form.cleaned_data.get("will"):
            return queryset
        rows = Watch.objects.of_customers().filter(customer=OuterRef("pk"), availability__in=value)
        return queryset.filter(Exists(rows))

    def who_will(self, queryset: QuerySet[Customer], name: str, value: ActivityType) -> QuerySet[Customer]:
        """Customers with somebody there who may be asked for it, and who stands as asked for."""
        people = Contact.objects.present().filter(customer=OuterRef("pk")).willing_to(value, today(self.request.user))
        if stands := self.form.cleaned_data.get("availability"):
            people = people.filter(Exists(Watch.objects.filter(contact=OuterRef("pk"), availability__in=stands)))
        return queryset.filter(Exists(people))

    def of_industry(self, queryset: QuerySet[Customer], name: str, value: str) -> QuerySet[Customer]:
        return of_industry(queryset, "industry", value)

    def of_product(self, queryset: QuerySet[Customer], name: str, value: Product) -> QuerySet[Customer]:
        return queryset.filter(Exists(Deployment.objects.filter(customer=OuterRef("pk"), product=value)))


class ContactFilters(filters.FilterSet):
    search = filters.CharFilter(method=with_words, label=_("Words in name or job title"))
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    activity_type = filters.CharFilter(method="who_will", label=_("Will do"))
    language = filters.CharFilter(field_name="language", label=_("Language"))
    industry = filters.CharFilter(method="of_industry", label=_("Industry"))
    country = filters.CharFilter(field_name="customer__country", lookup_expr="iexact", label=_("Country"))
    availability = filters.MultipleChoiceFilter(choices=Availability.choices, method="who_is", label=_("Availability"))

    class Meta:
        model = Contact
        fields = ("search", "customer", "activity_type", "language", "industry", "country", "availability")

    def of_industry(self, queryset: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return of_industry(queryset, "customer__industry", value)

    def who_will(self, queryset: Any, name: str, value: str) -> Any:
        """Those there who may be asked for the type of that slug; nobody for one there is not."""
        kind = ActivityType.objects.filter(slug=value).first()
        return queryset.present().willing_to(kind, today(self.request.user)) if kind else queryset.none()

    def who_is(self, queryset: Any, name: str, value: list[str]) -> Any:
        return queryset.filter(watch__availability__in=value) if value else queryset


class NominationFilters(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=NominationState.choices, label=_("State"))
    origin = filters.MultipleChoiceFilter(choices=NominationOrigin.choices, label=_("From"))
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))

    class Meta:
        model = Nomination
        fields = ("state", "origin", "customer")


class LedgerFilters(filters.FilterSet):
    """For activities and holds."""

    customer = filters.NumberFilter(field_name="customer_id")
    contact = filters.NumberFilter(field_name="contact_id")
    activity_type = filters.ModelChoiceFilter(queryset=ActivityType.objects.all(), to_field_name="slug")
    since = filters.DateFilter(field_name="on", lookup_expr="gte", widget=forms.DateInput)
    until = filters.DateFilter(field_name="on", lookup_expr="lte", widget=forms.DateInput)


class WillingnessFilters(filters.FilterSet):
    contact = filters.NumberFilter(field_name="contact_id")
    customer = filters.NumberFilter(field_name="customer_id")
    activity_type = filters.ModelChoiceFilter(queryset=ActivityType.objects.all(), to_field_name="slug")
    answer = filters.CharFilter(field_name="answer")


class PauseFilters(filters.FilterSet):
    customer = filters.NumberFilter(field_name="customer_id")
    contact = filters.NumberFilter(field_name="contact_id")
    open = filters.BooleanFilter(field_name="lifted_at", lookup_expr="isnull")


class WatchFilters(filters.FilterSet):
    alarm = filters.MultipleChoiceFilter(choices=Alarm.choices, label=_("Stands"))
    availability = filters.MultipleChoiceFilter(choices=Availability.choices, label=_("Availability"))
    owner = filters.ModelChoiceFilter(
        field_name="customer__owner", queryset=User.objects.active(), label=_("Account owner")
    )
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    industry = filters.CharFilter(method="of_industry", label=_("Industry"))

    class Meta:
        model = Watch
        fields = ("alarm", "availability", "owner", "customer", "industry")

    def of_industry(self, queryset: QuerySet[Watch], name: str, value: str) -> QuerySet[Watch]:
        return of_industry(queryset, "customer__industry", value)


BANDS = [("promoter", _("9 and 10")), ("passive", _("7 and 8")), ("detractor", _("0 to 6"))]


class SurveyFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=SurveyKind.choices, label=_("Question"))
    band = filters.ChoiceFilter(choices=BANDS, method="of_band", label=_("Score"))
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    contact = filters.NumberFilter(field_name="contact_id", label=_("Person"))
    since = filters.DateFilter(field_name="on", lookup_expr="gte", widget=forms.DateInput, label=_("Since"))
    until = filters.DateFilter(field_name="on", lookup_expr="lte", widget=forms.DateInput, label=_("Until"))

    class Meta:
        model = SurveyResponse
        fields = ("kind", "band", "customer", "contact", "since", "until")

    def of_band(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.in_band(value)


class TaskFilters(filters.FilterSet):
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    assignee = filters.NumberFilter(field_name="assignee_id", label=_("Who does it"))
    open = filters.BooleanFilter(field_name="done_at", lookup_expr="isnull", label=_("Open"))
    due_by = filters.DateFilter(field_name="due_on", lookup_expr="lte", label=_("By"))

    class Meta:
        model = Task
        fields = ("customer", "assignee", "open", "due_by")


class ReferralFilters(filters.FilterSet):
    # The tabs of the page; the same word in the API.
    view = filters.ChoiceFilter(field_name="state", choices=ReferralState.choices, label=_("State"))
    state = filters.MultipleChoiceFilter(choices=ReferralState.choices, label=_("State"))
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    contact = filters.NumberFilter(field_name="contact_id", label=_("Who sent them"))

    class Meta:
        model = Referral
        fields = ("view", "state", "customer", "contact")


class RewardFilters(filters.FilterSet):
    kind = filters.MultipleChoiceFilter(choices=RewardKind.choices, label=_("What"))
    customer = filters.NumberFilter(field_name="customer_id", label=_("Customer"))
    contact = filters.NumberFilter(field_name="contact_id", label=_("Who"))
    year = filters.NumberFilter(field_name="year", label=_("Year"))

    class Meta:
        model = Reward
        fields = ("kind", "customer", "contact", "year")
