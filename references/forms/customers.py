"""Forms about companies."""

import copy
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import User
from crp.ui.forms import DayInput, Lookup, Segments
from references import countries
from references.models import Customer, Deployment, Industry

FACTS = (
    "name", "website", "industry", "country", "employees", "annual_revenue", "currency", "founded", "customer_since",
    "renewal_on", "publicity", "publicity_clause", "publicity_until", "thanks",
)  # fmt: skip


class NamesField(forms.CharField):
    """Names separated by commas or lines, as a list without doubles."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = (super().to_python(value) or "").replace("\n", ",").replace("،", ",").split(",")
        return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


class CountryField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=self.with_none, label=_("Country"), required=False, **kwargs)

    @staticmethod
    def with_none() -> list[tuple[str, Any]]:
        return [("", "–"), *countries.choices()]


class CustomerForm(forms.ModelForm):
    """The facts; the account owner only for those who may change him."""

    country = CountryField()
    website = forms.URLField(label=_("Website"), max_length=300, required=False, assume_scheme="https")
    competitors = NamesField(
        label=_("Competitors"),
        required=False,
        help_text=_("Names, separated by commas. Its people are not asked to speak to these."),
    )
    parent = forms.CharField(label=_("Parent company"), required=False)
    owner = forms.ModelChoiceField(
        label=_("Account owner"), queryset=User.objects.none(), required=False, empty_label="–"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Customer
        fields = FACTS
        widgets = {
            "customer_since": DayInput, "renewal_on": DayInput, "publicity_until": DayInput, "publicity": Segments,
            "publicity_clause": forms.Textarea(attrs={"rows": 3}),
        }  # fmt: skip
        labels = {
            "publicity": _("What the contract lets us say"), "publicity_clause": _("The clause"),
            "publicity_until": _("The clause holds until"), "customer_since": _("Customer since"), "renewal_on": _("Renewal on"),
        }  # fmt: skip

    def __init__(self, *args: Any, user: Any, suggest_url: str, **kwargs: Any) -> None:
        found = kwargs.get("instance")
        # A copy: cleaning writes into the instance, and the verb must see what was there before.
        kwargs["instance"] = copy.copy(found) if found else None
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["industry"].queryset = Industry.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["parent"].widget = Lookup(suggest_url)
        if (found or Customer()).can_change_owner(user):
            self.fields["owner"].queryset = User.objects.active().only("name")  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]
        if found:
            self.initial.update(
                version=found.version,
                owner=found.owner_id,
                competitors=found.competitors,
                parent=found.parent.name if found.parent else "",
                country=found.country,
            )

    def clean_parent(self) -> Customer | None:
        name = self.cleaned_data["parent"].strip()
        if not name:
            return None
        found = Customer.objects.visible_to(self.user).named(name).exclude(pk=self.instance.pk).first()
        if not found:
            raise forms.ValidationError(_("We know no other company of that name."), code="unknown")
        return found

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].strip().upper()
        if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
            raise forms.ValidationError(_("Three letters, such as EUR."), code="currency")
        return code

    def facts(self) -> dict[str, Any]:
        """What goes to the verb."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class DeploymentForm(forms.ModelForm):
    class Meta:
        model = Deployment
        fields = ("product", "since", "until", "use_case", "note", "referable")
        widgets = {"since": DayInput, "until": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.product_id:
            self.fields["product"].disabled = True

    def _post_clean(self) -> None:
        """The verb writes the fields and says what is wrong with them together."""


class ReasonForm(forms.Form):
    """Why, in a sentence."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
