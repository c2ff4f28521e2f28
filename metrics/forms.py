"""The forms of the insight settings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crp.ui.forms import DayInput
from metrics.models import ExchangeRate, InsightSettings


class SettingsForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = InsightSettings
        fields = InsightSettings.CHANGEABLE


class RateForm(forms.ModelForm):
    """The same day and currency again replaces the rate."""

    class Meta:
        model = ExchangeRate
        fields = ("currency", "on", "rate")
        widgets = {"on": DayInput}
        help_texts = {"currency": _("Three letters, such as EUR.")}

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def validate_constraints(self) -> None:
        """Setting a known day's rate anew is meant."""
