"""Forms about people."""

import copy
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crp.ui import formats
from crp.ui.forms import DayInput, Field, Segments
from references.models import ActivityType, Answer, Contact, Willingness
from references.models.contact import Channel

FACTS = (
    "name", "job_title", "seniority", "job_function", "email", "phone", "language", "timezone", "channel", "birthday_day",
    "birthday_month",
)  # fmt: skip
# ISO 639-1 codes a reference may speak to a prospect in, in the order our own languages come first.
LANGUAGES = ("en", "ar", "fa", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh")


def languages() -> list[tuple[str, str]]:
    """(code, name in the reader's language)."""
    return [(code, formats.language_name(code)) for code in LANGUAGES]


class ContactForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=languages)
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(name, name) for name in sorted(available_timezones())]
    )
    channel = forms.ChoiceField(
        label=_("How to reach"), choices=Channel.choices, widget=Segments, initial=Channel.EMAIL
    )
    birthday_day = forms.IntegerField(label=_("Birthday, day"), required=False, min_value=1, max_value=31)
    birthday_month = forms.IntegerField(label=_("Birthday, month"), required=False, min_value=1, max_value=12)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Contact
        fields = FACTS
        widgets = {"phone": forms.TextInput(attrs={"type": "tel"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        found = kwargs.get("instance")
        kwargs["instance"] = copy.copy(found) if found else None
        super().__init__(*args, **kwargs)
        self.initial.setdefault("timezone", settings.PROGRAM_TIME_ZONE)
        if found:
            self.initial["version"] = found.version
            known = {code for code, _name in languages()}
            if found.language not in known:
                self.fields["language"].choices = [(found.language, found.language), *languages()]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What goes to the verb."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ConsentForm(forms.Form):
    source = forms.CharField(
        label=_("Where is it written?"), max_length=200, help_text=_("Such as “mail of 4 May” or “reference agreement, page 2”."),
    )  # fmt: skip


class DayForm(forms.Form):
    on = forms.DateField(label=_("Day"), widget=DayInput)


class Answered(Field):
    """An answer left as it is says “not asked”, so it is not marked optional."""

    optional = False


class AnswersForm(forms.Form):
    """One person's answers: for each type an answer, an own limit and conditions."""

    template_name = "references/_answers.html"

    def __init__(self, *args: Any, types: list[ActivityType], said: dict[int, Willingness], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.types, self.said = types, said
        for kind in types:
            self.ask(kind, said.get(kind.pk))

    def ask(self, kind: ActivityType, said: Willingness | None) -> None:
        """The three fields of one type."""
        unasked = [] if said else [("", _("Not asked"))]
        self.fields[f"{kind.slug}-answer"] = forms.ChoiceField(
            label=kind.label, choices=[*unasked, *Answer.choices], widget=Segments, required=False,
            initial=said.answer if said else "", bound_field_class=Answered,  # type: ignore[call-arg]
        )  # fmt: skip
        self.fields[f"{kind.slug}-limit_count"] = forms.IntegerField(
            label=_("Most in a year"),
            min_value=0,
            max_value=366,
            required=False,
            initial=said.limit_count if said else None,
        )
        self.fields[f"{kind.slug}-conditions"] = forms.CharField(
            label=_("Conditions"), max_length=300, required=False, initial=said.conditions if said else ""
        )

    def rows(self) -> list[dict[str, Any]]:
        """For the template: type and its bound fields."""
        parts = ("answer", "limit_count", "conditions")
        return [{"type": kind, **{part: self[f"{kind.slug}-{part}"] for part in parts}} for kind in self.types]

    def changes(self) -> list[tuple[ActivityType, dict[str, Any]]]:
        """(type, what was said) for each that differs from what is known."""
        found = []
        for kind in self.types:
            parts = {part: self.cleaned_data[f"{kind.slug}-{part}"] for part in ("answer", "limit_count", "conditions")}
            before = self.said.get(kind.pk)
            if parts["answer"] and not (
                before and all(getattr(before, part) == value for part, value in parts.items())
            ):
                found.append((kind, {**parts, "limit_days": 365 if parts["limit_count"] is not None else None}))
        return found
