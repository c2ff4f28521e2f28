"""Thanks: the three kinds of mail that say so by themselves, whether they leave, and what they say in each language."""

import re
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crp.events import record
from crp.ui import formats
from crp.verbs import Refused, Stale, state_check
from references.models.access import allow, may_set_up
from references.verbs import Verb


class ThanksKind(models.TextChoices):
    ANNIVERSARY = "anniversary", gettext_lazy("A year as a reference")
    BIRTHDAY = "birthday", gettext_lazy("Birthday card")
    HELPED = "helped", gettext_lazy("Your call helped win")


# What each may say beside the words; every one of them needs the name.
PLACEHOLDERS: dict[str, tuple[str, ...]] = {
    ThanksKind.ANNIVERSARY: ("name", "company", "program", "years"),
    ThanksKind.BIRTHDAY: ("name", "company", "program"),
    ThanksKind.HELPED: ("name", "company", "program", "activity"),
}
PLACE = re.compile(r"\{([^{}]*)\}")


def standard(kind: str, language: str) -> tuple[str, str]:
    """(subject, text) as we bring them along."""
    with translation.override(language):
        return {
            ThanksKind.ANNIVERSARY: (
                _("Thank you for your time with us"),
                _(
                    "Dear {name},\n\nfor {years} now you and {company} have told others about {program}. "
                    "Thank you for that; it means a lot to us."
                ),
            ),
            ThanksKind.BIRTHDAY: (
                _("All the best for your birthday"),
                _("Dear {name},\n\nall of us at {program} wish you a good day and a good year."),
            ),
            ThanksKind.HELPED: (
                _("You helped, and we wanted you to know"),
                _(
                    "Dear {name},\n\nthe company you spoke with has decided for {program}. Your help ({activity}) was part of "
                    "that. Thank you for your time."
                ),
            ),
        }[ThanksKind(kind)]  # fmt: skip


def checked(kind: str, subject: str, text: str) -> tuple[str, str]:
    """The words, if they can be sent. Raises Refused naming the field and what is wrong."""
    subject, text = subject.strip(), text.strip()
    if not subject or "\n" in subject or "\r" in subject:
        raise Refused(_("The subject is one line of words."), code="bad_subject", field="subject")
    if not text:
        raise Refused(_("Write what the mail says."), code="empty", field="text")
    for field, words in (("subject", subject), ("text", text)):
        known = PLACEHOLDERS[kind]
        for name in PLACE.findall(words):
            if name not in known:
                said = {"name": name, "known": ", ".join(f"{{{one}}}" for one in known)}
                raise Refused(
                    _("“{%(name)s}” is not known here. There are: %(known)s.") % said, code="unknown", field=field
                )
        if "{" in PLACE.sub("", words) or "}" in PLACE.sub("", words):
            raise Refused(_("A brace stands alone. Write {name}, with both."), code="brace", field=field)
    if "{name}" not in text:
        raise Refused(_("Say whom it is for: {name} is missing."), code="nobody", field="text")
    return subject, text


def filled(words: str, facts: dict[str, Any]) -> str:
    """The words with what is known in place of the placeholders."""
    return PLACE.sub(lambda found: str(facts.get(found[1], found[0])), words)


def years_in_words(years: int) -> str:
    """`one year`, `2 years`, in the language at hand."""
    return ngettext("one year", "%(n)s years", years) % {"n": formats.number(years)}


class Thanks(models.Model):
    """Whether mails of the kind leave at all. No row: they do; the anniversary's in the first year alone."""

    kind = models.CharField(max_length=11, choices=ThanksKind.choices, primary_key=True)
    sends = models.BooleanField(default=True)
    # Of the anniversary: every year, or the first one alone.
    yearly = models.BooleanField(default=False)

    class Meta:
        constraints = [state_check(ThanksKind, "thanks_kind_known", "kind")]

    def __str__(self) -> str:
        return self.kind

    @classmethod
    def sending(cls) -> set[str]:
        """The kinds that leave. One query."""
        return set(ThanksKind.values) - set(cls.objects.filter(sends=False).values_list("kind", flat=True))

    @classmethod
    def is_yearly(cls) -> bool:
        """Is every anniversary thanked for? One query."""
        return cls.objects.filter(kind=ThanksKind.ANNIVERSARY, yearly=True).exists()

    @classmethod
    @transaction.atomic
    def switch(cls, kind: str, *, by: Any, **how: bool) -> "Thanks":
        """`sends`: let mails of the kind leave, or not; `yearly`: every year. Raises Forbidden, Refused for an unknown kind."""
        allow(may_set_up(by))
        if kind not in ThanksKind.values:
            raise Refused(_("There is no such mail."), code="unknown_kind", field="kind")
        made, _new = cls.objects.update_or_create(kind=kind, defaults=how)
        text = ThanksText.objects.filter(kind=kind).first() or ThanksText(kind=kind, language=settings.LANGUAGE_CODE)
        record(Verb.THANKS_SWITCHED, text, by=by, kind=kind, sends=made.sends, yearly=made.yearly)
        return made


class ThanksText(models.Model):
    """What the admin made of a kind's words in a language; without a row the standard words are sent."""

    event_ref = "thanks_text"

    kind = models.CharField(max_length=11, choices=ThanksKind.choices)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), max_length=5000)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="thanks_text_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"

    @classmethod
    def words(cls, kind: str, language: str) -> tuple[str, str]:
        """(subject, text) to send; the standard ones where nobody wrote others or what he wrote can't be sent."""
        found = cls.objects.filter(kind=kind, language=language).first()
        return (found.subject, found.text) if found and not found.fault else standard(kind, language)

    @property
    def fault(self) -> str:
        """Why these words can't be sent, so that the standard ones go instead; empty when they can."""
        try:
            checked(self.kind, self.subject, self.text)
        except Refused as refusal:
            return str(refusal.message)
        return ""

    @classmethod
    @transaction.atomic
    def write(cls, kind: str, language: str, *, by: Any, subject: str, text: str, version: int | None = None) -> Self:
        """Other words. Raises Forbidden, Refused naming what can't be sent, Stale."""
        allow(may_set_up(by))
        subject, text = checked(kind, subject, text)
        found = cls.objects.select_for_update().filter(kind=kind, language=language).first() or cls(
            kind=kind, language=language, version=0
        )
        if version is not None and version != found.version:
            raise Stale
        found.subject, found.text, found.version = subject, text, found.version + 1
        found.save()
        record(Verb.THANKS_WRITTEN, found, by=by, kind=kind, language=language)
        return found

    @classmethod
    @transaction.atomic
    def reset(cls, kind: str, language: str, *, by: Any) -> None:
        """The standard words again. Raises Forbidden."""
        allow(may_set_up(by))
        for found in cls.objects.filter(kind=kind, language=language):
            record(Verb.THANKS_RESET, found, by=by, kind=kind, language=language)
            found.delete()
