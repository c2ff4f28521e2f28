"""The form of a nomination: known companies are noticed before anything is saved."""

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.ui.forms import Lookup
from references import likeness
from references.likeness import Alike, Why
from references.models import Customer, CustomerStatus

NEW = "new"
SUGGEST: Any = reverse_lazy("references:customer_suggest")
REFERENCES = (CustomerStatus.ACTIVE, CustomerStatus.PAUSED)


def asked_of(params: Any, user: Any) -> list[Alike]:
    """The companies the reader may see that are like what he typed. One query; none for fewer than three letters."""
    name = params.get("company", "").strip()[:200]
    if len(name) < 3:
        return []
    seen = Customer.objects.visible_to(user).select_related("industry")
    website, email = params.get("website", "")[:300], params.get("contact_email", "")[:254]
    return likeness.alike(name, website=website, email=email, among=seen)


class NominateForm(forms.Form):
    """A company we know or a new one, and why."""

    template_name = "references/_nominate_fields.html"

    company = forms.CharField(label=gettext_lazy("Company"), max_length=200, widget=Lookup(SUGGEST))
    reason = forms.CharField(
        label=gettext_lazy("Why would they make a good reference?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
    )
    website = forms.URLField(label=gettext_lazy("Their website"), max_length=300, required=False, assume_scheme="https")
    contact_name = forms.CharField(label=gettext_lazy("Whom should we talk to there?"), max_length=200, required=False)
    contact_email = forms.EmailField(label=gettext_lazy("Their email"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.alike: list[Alike] = asked_of(self.data or self.initial, user)
        self.which = str(self.data.get("which", "")) if self.is_bound else ""

    def clean(self) -> dict[str, Any]:
        """`customer` is the known company meant, or None for a new one."""
        found = super().clean() or self.cleaned_data
        found["customer"] = self.meant()
        if found.get("company") and self.alike and not found["customer"] and self.which != NEW:
            self.add_error("company", _("We know companies like this one. Say whether it is one of them."))
        return found

    def meant(self) -> Customer | None:
        """The one chosen below the name; else the one of exactly that name."""
        for one in self.alike:
            if self.which == str(one.customer.pk):
                return one.customer
        same = [one.customer for one in self.alike if one.why == Why.SAME_NAME]
        return same[0] if len(same) == 1 and self.which != NEW else None
