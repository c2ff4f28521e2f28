"""Forms about people."""

import copy
from calendar import monthrange
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crp.ui import formats
from crp.ui.forms import DayInput, Field, Segments
from crp.verbs import today
from references.models import ActivityType, Answer, Contact, Willingness
from references.models.contact import Channel

FACTS = (
    "name", "job_title", "seniority", "job_function", "email", "phone", "language", "timezone", "channel", "birthday_day",
    "birthday_month", "wants_thanks",
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

    def clean(self) -> dict[str, Any]:
        """A birthday is a day that there is, with its month."""
        found = super().clean() or self.cleaned_data
        day, month = found.get("birthday_day"), found.get("birthday_month")
        if bool(day) != bool(month) and "birthday_day" not in self.errors and "birthday_month" not in self.errors:
            self.add_error("birthday_month" if day else "birthday_day", _("Give both, or neither."))
        elif day and month and day > monthrange(2024, month)[1]:
            self.add_error("birthday_day", _("That month has no such day."))
        return found

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


PARTS = ("answer", "limit_count", "limit_days", "conditions", "until")
WINDOWS = [(30, _("a month")), (91, _("a quarter")), (182, _("half a year")), (365, _("a year"))]


def window(days: int | None) -> forms.TypedChoiceField:
    """In how many days; what somebody set to another number stays a choice."""
    known = [days for days, _words in WINDOWS]
    more = [] if days in (None, *known) else [(days, formats.number(days or 0))]
    kept: Any = 365
    return forms.TypedChoiceField(
        label=_("in"), choices=[*WINDOWS, *more], coerce=int, empty_value=kept, initial=days or 365, required=False
    )


class AnswersForm(forms.Form):
    """Answers of a person (or a company): for each type an answer, an own limit, conditions and until when."""

    template_name = "references/_answers.html"
    UNASKED = _("Not asked")

    def __init__(
        self,
        *args: Any,
        types: list[ActivityType],
        said: dict[int, Willingness],
        asks_source: bool = False,
        **kwargs: Any,
    ) -> None:
        """`asks_source`: nothing says yet where the consent is written, so the form asks."""
        super().__init__(*args, **kwargs)
        self.types, self.said = types, said
        for kind in types:
            self.ask(kind, said.get(kind.pk))
        if asks_source:
            self.fields["source"] = forms.CharField(
                label=_("Where is it written?"), max_length=200, required=False,
                help_text=_("Such as “mail of 4 May” or “reference agreement, page 2”. Needed with the first yes."),
            )  # fmt: skip

    def ask(self, kind: ActivityType, said: Willingness | None) -> None:
        """The fields of one type."""
        unasked = [] if said else [("", self.UNASKED)]
        own: dict[str, forms.Field] = {
            "answer": forms.ChoiceField(
                label=kind.label, choices=[*unasked, *Answer.choices], widget=Segments, required=False,
                initial=said.answer if said else "", bound_field_class=Answered,  # type: ignore[call-arg]
            ),
            "limit_count": forms.IntegerField(
                label=_("At most"), min_value=0, max_value=366, required=False, initial=said.limit_count if said else None
            ),
            "limit_days": window(said.limit_days if said else None),
            "conditions": forms.CharField(
                label=_("Conditions"), max_length=300, required=False, initial=said.conditions if said else ""
            ),
            "until": forms.DateField(
                label=_("Until"), widget=DayInput, required=False, initial=said.until if said else None
            ),
        }  # fmt: skip
        self.fields.update({f"{kind.slug}-{part}": field for part, field in own.items()})

    def clean(self) -> dict[str, Any]:
        """A last day that is past would end the answer before it began."""
        found = super().clean() or self.cleaned_data
        for kind in self.types:
            until, before = found.get(f"{kind.slug}-until"), self.said.get(kind.pk)
            if until and until < today() and not (before and before.until == until):
                self.add_error(f"{kind.slug}-until", _("This day is over already."))
        agrees = any(found.get(f"{kind.slug}-answer") in (Answer.YES, Answer.ASK_FIRST) for kind in self.types)
        if "source" in self.fields and agrees and not found.get("source"):
            self.add_error("source", _("Say where the consent is written down."))
        return found

    def rows(self) -> list[dict[str, Any]]:
        """For the template: type and its bound fields; `more` when there is more than the answer to see."""
        rows = []
        for kind in self.types:
            parts = {part: self[f"{kind.slug}-{part}"] for part in PARTS}
            more = any(parts[part].value() or parts[part].errors for part in ("conditions", "until", "limit_count"))
            rows.append({"type": kind, "more": more or parts["limit_count"].value() == 0, **parts})
        return rows

    def changes(self) -> list[tuple[ActivityType, dict[str, Any]]]:
        """(type, what was said) for each that differs from what is known."""
        found = []
        for kind in self.types:
            parts = {part: self.cleaned_data[f"{kind.slug}-{part}"] for part in PARTS}
            if parts["limit_count"] is None:
                parts["limit_days"] = None
            before = self.said.get(kind.pk)
            if parts["answer"] and not (
                before and all(getattr(before, part) == value for part, value in parts.items())
            ):
                found.append((kind, parts))
        return found


class ChoicesForm(AnswersForm):
    """What the person himself says, by his link: his answers, and how he wants to be asked at all."""

    template_name = "references/_choices.html"
    UNASKED = _("Leave open")

    def __init__(self, *args: Any, person: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["own_count"] = forms.IntegerField(
            label=_("Calls, visits and interviews together, at most"), min_value=0, max_value=366, required=False,
            initial=person.own_count,
        )  # fmt: skip
        self.fields["own_days"] = window(person.own_days)
        zones = [(name, name) for name in sorted(available_timezones())]
        self.fields["language"] = forms.ChoiceField(
            label=_("Write to me in"), choices=languages, initial=person.language
        )
        self.fields["channel"] = forms.ChoiceField(
            label=_("Ask me"), choices=Channel.choices, widget=Segments, initial=person.channel
        )
        self.fields["timezone"] = forms.ChoiceField(label=_("My time zone"), choices=zones, initial=person.timezone)
        for name in ("language", "channel", "timezone"):
            self.fields[name].required = False
        self.fields["wants_thanks"] = forms.BooleanField(
            label=_("Send me a card now and then, and a word of thanks"), required=False, initial=person.wants_thanks
        )

    def own(self) -> dict[str, Any]:
        """What goes to the person's own facts; left out stays as it is."""
        data = self.cleaned_data
        kept = {name: data[name] for name in ("language", "channel", "timezone") if data.get(name)}
        return {
            **kept,
            "own_count": data["own_count"],
            "own_days": data["own_days"] or self.person.own_days,
            "wants_thanks": data["wants_thanks"],
        }
