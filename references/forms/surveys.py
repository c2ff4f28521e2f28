"""Forms about surveys: whom to ask, and the person's own answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crp.ui.forms import Segments
from references.models import CustomerStatus, Industry, Product
from references.models.survey import RANGES, SurveyKind


class SurveyRoundForm(forms.Form):
    """Which question goes to whom."""

    kind = forms.ChoiceField(label=_("Question"), choices=SurveyKind.choices, widget=Segments, initial=SurveyKind.NPS)
    references_only = forms.BooleanField(
        label=_("Only people at customers who are references already"), required=False,
        help_text=_("Left open, candidates are asked too: a 9 or 10 of somebody there nominates the company."),
    )  # fmt: skip
    industry = forms.ModelChoiceField(
        label=_("Industry"), queryset=Industry.objects.all(), required=False, empty_label="–"
    )
    product = forms.ModelChoiceField(
        label=_("Runs the product"), queryset=Product.objects.all(), required=False, empty_label="–"
    )

    def narrowed(self) -> dict[str, Any]:
        """Conditions on contacts."""
        found: dict[str, Any] = {}
        if self.cleaned_data["references_only"]:
            found["customer__status__in"] = [CustomerStatus.ACTIVE, CustomerStatus.PAUSED]
        if self.cleaned_data["industry"]:
            found["customer__industry"] = self.cleaned_data["industry"]
        if self.cleaned_data["product"]:
            found["customer__in"] = self.cleaned_data["product"].customers.values("pk")
        return found


ENDS = {
    SurveyKind.NPS: (_("Not at all"), _("Most certainly")),
    SurveyKind.SATISFACTION: (_("Not satisfied"), _("Very satisfied")),
}


class Scale(forms.RadioSelect):
    """The steps of a score side by side."""

    template_name = "django/forms/widgets/scale.html"
    ends: tuple[Any, Any] = ("", "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "ends": self.ends}


class OwnAnswerForm(forms.Form):
    """What the person says, by his link."""

    score = forms.TypedChoiceField(
        label=_("Your answer"),
        coerce=int,
        widget=Scale,
        error_messages={"required": _("Choose a number."), "invalid_choice": _("Choose one of the numbers.")},
    )
    comment = forms.CharField(
        label=_("What is the main reason?"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000, required=False
    )
    offers = forms.BooleanField(label=_("I would be glad to tell others; you may ask me"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        least, most = RANGES[SurveyKind(kind)]
        self.fields["score"].widget.ends = ENDS[SurveyKind(kind)]
        self.fields["score"].choices = [(step, str(step)) for step in range(least, most + 1)]  # type: ignore[attr-defined]
