"""Forms for the program's own rules: limits, activity types, taxonomies."""

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from references import countries
from references.models import ActivityType, HealthRules, Industry, Product, Region, UsagePolicy, UseCase
from references.models.health_rules import WEIGHTS

LIMITS = (
    "live_count", "live_days", "contact_effort", "contact_days", "customer_effort", "customer_days", "program_live",
    "program_effort", "program_days", "cooldown_days", "cooldown_hard", "unused_days", "hold_days", "renewal_days",
)  # fmt: skip
DAYS = ("live_days", "contact_days", "customer_days", "program_days", "hold_days")


class PolicyForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = UsagePolicy
        fields = LIMITS
        help_texts = {
            **dict.fromkeys(("contact_effort", "program_live", "program_effort"), _("Left open, there is no limit.")),
            "cooldown_hard": _("Rest is a limit then, here and in each kind of activity; otherwise it is a warning."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["instance"] = copy.copy(kwargs["instance"])
        super().__init__(*args, **kwargs)
        self.initial["version"] = kwargs["instance"].version
        for name in DAYS:
            self.fields[name].min_value = 1  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for name in DAYS:
            if found.get(name) == 0:
                self.add_error(name, _("At least one day."))
        return found

    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in LIMITS}


class HealthRulesForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = HealthRules
        fields = (
            *WEIGHTS, "nominates", "threshold", "tenure_months", "again_days", "won_days", "caution_below", "pauses_below",
            "pauses_on_complaint", "renewal_days",
        )  # fmt: skip
        help_texts = {
            "renewal_days": _("Zero: no customer is paused for that; asks still carry a warning."),
            "won_days": _("Long enough for them to have used it. Zero: a won deal nominates nobody."),
            "caution_below": _("Asks carry a warning then, and managers and the account owner are told. Zero: never."),
            "pauses_below": _(
                "Until health has recovered; a pause lifted by hand stays lifted. Zero: nobody is paused for it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["instance"] = copy.copy(kwargs["instance"])
        super().__init__(*args, **kwargs)
        self.initial["version"] = kwargs["instance"].version

    def _post_clean(self) -> None:
        """The verb says what can't be."""

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ActivityTypeForm(forms.ModelForm):
    class Meta:
        model = ActivityType
        fields = (
            "name",
            "live",
            "naming",
            "effort",
            "limit_count",
            "limit_days",
            "program_count",
            "cooldown_days",
            "points",
            "in_use",
        )
        help_texts = {
            "live": _("Somebody gives time at a set hour: a call, a visit, an interview."),
            "limit_count": _("Left open, there is no limit."),
            "points": _("Zero: nobody gets points for it. People of whom the gift rules say no get none."),
            "program_count": _("Of all people together, in the same days. Left open, there is no limit."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        found = kwargs.get("instance")
        kwargs["instance"] = copy.copy(found) if found else None
        super().__init__(*args, **kwargs)

    def clean_limit_days(self) -> int:
        days: int = self.cleaned_data["limit_days"]
        if not days:
            raise forms.ValidationError(_("At least one day."), code="min_value")
        return days


class NamedForm(forms.ModelForm):
    """Name only; the verb says when it is taken."""

    def _post_clean(self) -> None:
        """The verb checks and writes."""


class ProductForm(NamedForm):
    class Meta:
        model = Product
        fields = ("name", "family")


class IndustryForm(NamedForm):
    class Meta:
        model = Industry
        fields = ("name", "parent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            tops = Industry.objects.exclude(pk=self.instance.pk).exclude(parent=self.instance.pk)
            self.fields["parent"].queryset = tops  # type: ignore[attr-defined]


class UseCaseForm(NamedForm):
    class Meta:
        model = UseCase
        fields = ("name",)


class RegionForm(NamedForm):
    countries = forms.MultipleChoiceField(
        label=_("Countries"), choices=countries.choices, widget=forms.SelectMultiple(attrs={"size": 12}), required=False
    )

    class Meta:
        model = Region
        fields = ("name", "countries")
