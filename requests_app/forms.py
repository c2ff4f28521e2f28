"""Forms of requests, deals and the people asked: they read input; what is allowed the domain says."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.db.models import Value
from django.utils.choices import BlankChoiceIterator
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_countries import countries

from crp.accounts.models import Role, User
from crp.search import normalise
from crp.ui.forms import Choices, DayInput, MomentInput, Segments
from crp.verbs import today
from references.models import ActivityType, Industry, Product
from references.models.activity import Outcome
from references.models.contact import JobFunction
from references.models.taxonomy import industry_name
from requests_app.models import Opportunity, OpportunityState, RequestRules
from requests_app.models.states import Purpose

SIZES = (
    ("1-100", _("Up to 100 people")),
    ("100-1000", _("100 to 1,000 people")),
    ("1000-5000", _("1,000 to 5,000 people")),
    ("5000-", _("More than 5,000 people")),
)
LANGUAGES = (
    ("en", _("English")), ("de", _("German")), ("fr", _("French")), ("es", _("Spanish")), ("it", _("Italian")),
    ("nl", _("Dutch")), ("ar", _("Arabic")), ("fa", _("Persian")),
)  # fmt: skip
ANY = ("", pgettext_lazy("no wish", "Any"))
DAYS_AHEAD = 7


class Sectioned(forms.BaseForm):
    """A form whose page lays out the fields in sections of its own, below the summary of errors."""

    def summary(self) -> SafeString:
        """What is wrong, with links to the fields; nothing when all is well."""
        return self.render("django/forms/summary.html", {"form": self})


class Criteria(Sectioned, forms.Form):
    """What a reference should have in common with the prospect; reads and writes `criteria` as the domain keeps it."""

    industries = forms.MultipleChoiceField(label=_("Industry"), required=False)
    products = forms.MultipleChoiceField(label=_("Product"), required=False)
    countries = forms.MultipleChoiceField(label=_("Country"), required=False)
    company_size = forms.ChoiceField(label=_("Company size"), required=False, choices=(ANY, *SIZES))
    languages = forms.MultipleChoiceField(label=_("Language"), required=False, choices=LANGUAGES)
    functions = forms.MultipleChoiceField(label=_("Field of work"), required=False, choices=JobFunction.choices)
    notes = forms.CharField(
        label=_("Anything else"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    NAMES = ("industries", "products", "countries", "company_size", "languages", "functions", "notes")

    def __init__(self, *args: Any, criteria: dict[str, Any] | None = None, single: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {**(criteria or {}), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        size: Any = self.fields["company_size"]
        kept_size = (criteria or {}).get("company_size", "")
        if kept_size and kept_size not in dict(SIZES):
            size.choices = [*size.choices, (kept_size, kept_size)]
        for name in ("industries", "products", "countries", "languages", "functions"):
            field: Any = self.fields[name]
            kept = (criteria or {}).get(name) or []
            field.choices = partial(self.choices, name, kept)
            if single and len(kept) < 2:
                field.widget = One()
                field.widget.choices = BlankChoiceIterator(field.choices, [ANY])

    def choices(self, name: str, kept: list[str]) -> list[tuple[str, Any]]:
        """What may be chosen, and what is kept though it is no longer known. Read only when it is looked at."""
        known = {"countries": list(countries), "languages": LANGUAGES, "functions": JobFunction.choices}
        found: list[tuple[str, Any]] = list(known[name] if name in known else self.taxonomies[name])
        values = {value for value, _words in found}
        return [*found, *((value, value) for value in kept if value not in values)]

    @cached_property
    def taxonomies(self) -> dict[str, list[tuple[str, str]]]:
        """The names of industries and products. One query."""
        rows = (
            model.objects.order_by().values_list("name", Value(kind))
            for kind, model in (("industries", Industry), ("products", Product))
        )
        found: dict[str, list[tuple[str, str]]] = {"industries": [], "products": []}
        for name, kind in sorted(next(rows).union(next(rows), all=True), key=lambda row: normalise(row[0])):
            found[kind].append((name, industry_name(name) if kind == "industries" else name))
        return found

    def criteria(self) -> dict[str, Any]:
        """The cleaned input in the domain's words, without what was left open."""
        return {name: self.cleaned_data[name] for name in self.NAMES if self.cleaned_data.get(name)}


class One(forms.Select):
    """A select of one value for a field that keeps a list: the common case fits on one line."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        found = data.getlist(name) if hasattr(data, "getlist") else [data.get(name)]
        return [value for value in found if value]

    def format_value(self, value: Any) -> Any:
        return [str(value[0])] if isinstance(value, list | tuple) and value else super().format_value(value)


class AskForm(Criteria):
    """A new request: what, by when, about what, and what the reference should be like."""

    activity_type = forms.ModelChoiceField(
        ActivityType.objects.filter(in_use=True), label=_("What do you need?"), empty_label=None
    )
    purpose = forms.ChoiceField(label=_("What is it for?"), widget=Segments)
    need_by = forms.DateField(label=_("Needed by"), widget=DayInput)
    topics = forms.CharField(
        label=_("What do they want to hear?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Two or three topics are enough. The reference reads this."),
    )  # fmt: skip

    field_order = ("purpose", "activity_type", "need_by", "topics", *Criteria.NAMES)

    def __init__(self, *args: Any, user: Any, deal: Opportunity | None, **kwargs: Any) -> None:
        start = {"need_by": today(user) + timedelta(days=DAYS_AHEAD), "purpose": Purpose.ANALYST}
        super().__init__(*args, single=True, initial={**start, **(kwargs.pop("initial", None) or {})}, **kwargs)
        self.fields["need_by"].widget.attrs["min"] = today(user).isoformat()
        purposes: Any = self.fields["purpose"]
        purposes.choices = [choice for choice in Purpose.choices if choice[0] != Purpose.DEAL]
        if deal:
            del self.fields["purpose"]


class PickDealForm(forms.Form):
    """Words to find a deal by."""

    q = forms.CharField(label=_("Deal"), required=False, max_length=100)


class ReasonForm(forms.Form):
    """A reason; whether it must be given is the page's question."""

    reason = forms.CharField(label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, required: bool = True, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        self.fields["reason"].label = label or self.fields["reason"].label


class ColleagueForm(forms.Form):
    """Who is to look after a request."""

    assigned_to = forms.ModelChoiceField(User.objects.none(), label=_("Who takes it?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["assigned_to"]
        people.queryset = User.objects.with_role(Role.MANAGER)


class MoveForm(forms.Form):
    """A new day for a request."""

    need_by = forms.DateField(label=_("Needed by"), widget=DayInput)


class InviteForm(forms.Form):
    """The question to the contact: a few words and up to three times, in the reader's time zone."""

    message = forms.CharField(
        label=_("What would you like to say?"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Short and warm. A no is fine. It goes above your name."),
    )  # fmt: skip
    slot_1 = forms.DateTimeField(label=_("A time that could suit"), required=False, widget=MomentInput)
    slot_2 = forms.DateTimeField(label=_("Another"), required=False, widget=MomentInput)
    slot_3 = forms.DateTimeField(label=_("And another"), required=False, widget=MomentInput)

    def slots(self) -> list[Any]:
        """The times given, each once, earliest first."""
        return sorted({slot for slot in (self.cleaned_data[f"slot_{n}"] for n in (1, 2, 3)) if slot})


class ScheduleForm(forms.Form):
    """The time both sides agreed on."""

    at = forms.DateTimeField(label=_("When?"), widget=MomentInput)
    minutes = forms.TypedChoiceField(
        label=_("How long?"), coerce=int, initial=30, widget=Segments,
        choices=[(n, _("%(n)s min") % {"n": n}) for n in (15, 30, 45, 60)],
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The contact's answer, as told to a colleague."""

    slot = forms.TypedChoiceField(label=_("Which time?"), required=False, empty_value=None, coerce=int, widget=Choices)

    def __init__(self, *args: Any, slots: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.choices = slots
        if not slots:
            del self.fields["slot"]


class CompleteForm(forms.Form):
    """The debrief."""

    occurred_on = forms.DateField(label=_("On which day did it take place?"), widget=DayInput)
    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=Outcome.choices, widget=Choices, initial=Outcome.HELPED
    )
    rating = forms.TypedChoiceField(
        label=_("How good was it?"), required=False, coerce=int, empty_value=None, widget=Segments,
        choices=[(n, str(n)) for n in range(1, 6)], help_text=_("1 is poor, 5 is excellent."),
    )  # fmt: skip
    prospect_rating = forms.TypedChoiceField(
        label=_("What did the prospect say, from 1 to 5?"), required=False, coerce=int, empty_value=None, widget=Segments,
        choices=[(n, str(n)) for n in range(1, 6)],
    )  # fmt: skip
    feedback = forms.CharField(
        label=_("What should the next one know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CloseDealForm(forms.Form):
    """How a deal ended."""

    state = forms.ChoiceField(
        label=_("How did it end?"),
        widget=Segments,
        choices=[c for c in OpportunityState.choices if c[0] != OpportunityState.OPEN],
    )
    closed_on = forms.DateField(label=_("On which day?"), widget=DayInput)
    amount = forms.DecimalField(label=_("Final amount"), required=False, max_digits=16, decimal_places=2, min_value=0)


class OwnUpForm(forms.Form):
    """A use that went past the program."""

    contact = forms.IntegerField(widget=forms.HiddenInput)
    activity_type = forms.ModelChoiceField(
        ActivityType.objects.filter(in_use=True), label=_("What did they do?"), empty_label=None
    )
    on = forms.DateField(label=_("On which day?"), widget=DayInput)
    note = forms.CharField(label=_("Anything we should know"), required=False, max_length=500)


class UseOnDealForm(forms.Form):
    """The deal that material was used on."""

    opportunity = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("On which day?"), widget=DayInput)


class MaterialUseForm(forms.Form):
    """Material that was used on a deal."""

    material = forms.IntegerField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("On which day?"), widget=DayInput)


class RulesForm(Sectioned, forms.ModelForm):
    """Weights, clocks and who may ask; the version guards against a second writer."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    stages = forms.CharField(
        label=_("Stages that may ask"), required=False, max_length=300,
        help_text=_("Names of stages with commas between them. Empty means any stage."),
    )  # fmt: skip

    class Meta:
        model = RequestRules
        fields = (
            "min_amount", "stages", "sla_hours", "owner_hours", "answer_hours", "weight_industry", "weight_product",
            "weight_use_case", "weight_region", "weight_size", "weight_language", "weight_role", "weight_ratings", "weight_rest",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["stages"] = ", ".join(self.instance.stages)

    def clean_stages(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["stages"].split(",") if name.strip()]

    def weights(self) -> list[Any]:
        """The bound fields of the nine weights, in the order of the score's parts."""
        return [self[name] for name in self.fields if name.startswith("weight_")]

    def others(self) -> list[Any]:
        return [self[name] for name in ("sla_hours", "owner_hours", "answer_hours", "min_amount", "stages")]
