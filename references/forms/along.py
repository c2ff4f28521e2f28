"""Forms for tasks, referrals and rewards."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import User
from crp.ui.forms import DayInput, Segments
from references import countries
from references.forms import upkeep
from references.forms.upkeep import AboutCustomer
from references.models import Contact, GiftPolicy, Industry

WAYS = [("gift", _("A gift")), ("points", _("Points")), ("spend", _("Points spent"))]


def colleague(label: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(label=label, queryset=User.objects.none(), empty_label=None)


class TaskForm(AboutCustomer):
    """What, by when, and who; one line of it is enough."""

    text = forms.CharField(label=_("What is to be done"), max_length=300)
    due_on = forms.DateField(label=_("By"), widget=DayInput)
    assignee = colleague(_("Who does it"))
    contact = upkeep.person(_("About"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, customer: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, user=user, **kwargs)
        self.fields["assignee"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["assignee"].initial = user.pk


def colleagues() -> Any:
    """Those with a role, by name."""
    return User.objects.active().filter(roles__len__gt=0).order_by("name", "pk").only("name")


class ReferralForm(AboutCustomer):
    company = forms.CharField(label=_("Whom did they send to us?"), max_length=200)
    person = forms.CharField(label=_("Whom to talk to there"), max_length=200, required=False)
    contact = upkeep.person(_("Who sent them"))
    on = forms.DateField(label=_("Day"), widget=DayInput)
    owner = colleague(_("Who follows it up"))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, required=False)

    def __init__(self, *args: Any, customer: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, user=user, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]
        self.fields["owner"].initial = customer.owner_id or user.pk


class HandOverForm(forms.Form):
    owner = colleague(_("Who follows it up"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues()  # type: ignore[attr-defined]


class RewardForm(AboutCustomer):
    """A gift, points, or points spent on something."""

    way = forms.ChoiceField(label=_("What"), choices=WAYS, widget=Segments, initial="gift")
    contact = forms.ModelChoiceField(label=_("Who"), queryset=Contact.objects.none(), empty_label=None)
    value = forms.DecimalField(label=_("Worth"), max_digits=10, decimal_places=2, min_value=Decimal(0), required=False)
    points = forms.IntegerField(
        label=_("Points"), min_value=1, max_value=1_000_000, required=False, help_text=_("For points and points spent.")
    )
    why = forms.CharField(label=_("What for"), max_length=200)
    on = forms.DateField(label=_("Day"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = _("In %(currency)s. For gifts and points spent.") % {
            "currency": settings.PROGRAM_CURRENCY
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        way = found.get("way")
        if way in ("gift", "spend") and found.get("value") is None and "value" not in self.errors:
            self.add_error("value", _("Say what it is worth."))
        if way in ("points", "spend") and found.get("points") is None and "points" not in self.errors:
            self.add_error("points", _("Say how many points."))
        return found


class WhyForm(forms.Form):
    """Why, in one line."""

    why = forms.CharField(label=_("What was wrong"), max_length=200)


class GiftPolicyForm(forms.ModelForm):
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: [("", _("Any")), *countries.choices()], required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = GiftPolicy
        fields = ("industry", "country", "forbidden", "per_gift", "per_year", "note")
        help_texts = {
            "industry": _("With all below it. Left open, any."),
            "per_gift": _("Left open, there is no limit."),
            "per_year": _("Left open, there is no limit."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["industry"].queryset = Industry.objects.order_by("name")  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["version"] = self.instance.version

    def _post_clean(self) -> None:
        """The verb writes the fields and says what is wrong with them together."""

    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}
