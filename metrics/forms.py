"""The forms of the insight settings."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crp.ui.forms import DayInput
from metrics.models import InsightSettings
from metrics.models.rate import CODE


class SettingsForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = InsightSettings
        fields = InsightSettings.CHANGEABLE


class UpperCase(forms.CharField):
    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class RateForm(forms.Form):
    """No model form: the same day and currency again replaces the rate."""

    currency = UpperCase(label=_("Currency"), validators=[CODE], help_text=_("Three letters, such as EUR."))
    on = forms.DateField(label=_("From"), widget=DayInput)
    rate = forms.DecimalField(
        label=_("Worth of one unit"), max_digits=18, decimal_places=8, min_value=Decimal("0.00000001")
    )
