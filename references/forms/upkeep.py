"""Forms for what happens along the way: pauses, notes, complaints, surveys, uses off the books."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crp.ui.forms import DayInput, Segments
from crp.verbs import today
from references.models import ActivityType, Contact, Customer
from references.models.activity import Outcome
from references.models.complaint import Severity
from references.models.pause import PauseReason
from references.models.survey import SurveyKind


class AboutCustomer(forms.Form):
    """A form that may name one of the customer's people."""

    def __init__(self, *args: Any, customer: Customer, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "contact" in self.fields:
            people = Contact.objects.filter(customer=customer).present()
            self.fields["contact"].queryset = people  # type: ignore[attr-defined]
        for name in ("on", "opened_on", "starts_on"):
            if name in self.fields:
                self.fields[name].initial = today(user)


def person(label: Any, required: bool = False) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=label, queryset=Contact.objects.none(), required=required, empty_label=_("The company")
    )


class PauseForm(AboutCustomer):
    reason = forms.ChoiceField(label=_("Why"), choices=PauseReason.choices)
    starts_on = forms.DateField(label=_("From"), widget=DayInput)
    until = forms.DateField(
        label=_("Up to and with"), widget=DayInput, required=False, help_text=_("Left open, until somebody lifts it.")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class NoteForm(AboutCustomer):
    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000)
    contact = person(_("About"))
    on = forms.DateField(label=_("Day"), widget=DayInput)


class ComplaintForm(AboutCustomer):
    summary = forms.CharField(label=_("What is it about?"), max_length=300)
    severity = forms.ChoiceField(label=_("How bad"), choices=Severity.choices, widget=Segments, initial=Severity.MEDIUM)
    contact = person(_("From"))
    opened_on = forms.DateField(label=_("Since"), widget=DayInput)


class SurveyForm(AboutCustomer):
    contact = person(_("Who answered"))
    kind = forms.ChoiceField(label=_("Question"), choices=SurveyKind.choices, widget=Segments, initial=SurveyKind.NPS)
    score = forms.IntegerField(
        label=_("Score"),
        min_value=0,
        max_value=10,
        help_text=_("0 to 10 for “would recommend us”, 1 to 5 for satisfaction."),
    )
    comment = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5000, required=False
    )
    on = forms.DateField(label=_("Day"), widget=DayInput)


class ActivityForm(AboutCustomer):
    """A use nobody wrote down, owned up to."""

    contact = person(_("Who"))
    activity_type = forms.ModelChoiceField(label=_("What"), queryset=ActivityType.objects.in_use(), empty_label=None)
    on = forms.DateField(label=_("Day"), widget=DayInput)
    prospect = forms.CharField(label=_("For whom"), max_length=200, required=False)
    outcome = forms.ChoiceField(label=_("How it went"), choices=Outcome.choices)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
