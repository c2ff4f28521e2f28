"""Event: one thing that happened."""

from typing import Any, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Cast

from crp.events import registry

# Keys of `data` that hold what somebody wrote.
WORDS = ("reason", "source", "override", "note", "comment", "prospect", "label", "words")


class EventQuerySet(models.QuerySet["Event"]):
    """The words for asking what happened."""

    def about(self, subject: models.Model) -> Self:
        """Events that name the object, as subject or otherwise."""
        return self.filter(about__contains=[ref(subject)])

    def forget_words(self, contact_id: int) -> int:
        """
        Take what people wrote out of the events of an erased contact; what happened, when and by whom stays. How many.

        The one change the log allows: the right to be forgotten goes before the log's own rule.
        """
        words = models.Value(list(WORDS), ArrayField(models.TextField()))
        with pgtrigger.ignore("events.Event:append_only"):
            without: Any = models.Func(models.F("data"), words, template="%(expressions)s", arg_joiner=" - ")
            return self.filter(contact_id=contact_id).update(data=without)

    def visible_to(self, user: Any) -> Self:
        """Everything for managers, admins and executives; for others what they did themselves."""
        if user.is_manager or user.is_admin or user.is_executive:
            return self
        return self.filter(by=user)

    def unreserved_for(self, user: Any) -> Self:
        """Without health, satisfaction and complaints, and without others' deals and requests, unless the user sees them all."""
        if user.sees_whole_program:
            return self
        return self.exclude(verb__in=registry.RESERVED).without_foreign(user)

    def without_foreign(self, user: Any) -> Self:
        """Without what happened to a thing out of the user's sight, of the models marked `event_private`."""
        key = models.Func(models.F("subject"), models.Value("[0-9]+$"), function="substring")
        found = self.alias(subject_key=Cast(key, models.BigIntegerField()))
        for model in apps.get_models():
            if getattr(model, "event_private", False):
                seen = model.objects.visible_to(user).filter(pk=models.OuterRef("subject_key"))  # type: ignore[attr-defined]
                foreign = models.Q(subject__startswith=f"{model.event_ref}:") & ~models.Exists(seen)  # type: ignore[attr-defined]
                found = found.exclude(foreign)
        return found


class Event(models.Model):
    """Append-only: verb, subject, actor, moment, flat data. `contact_id` is an id without a key, so erasing forgets."""

    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    about = ArrayField(models.CharField(max_length=60))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=200, blank=True)
    contact_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()
    # Filled in by crp.events.named.
    person = ""

    class Meta:
        ordering = ("-id",)
        indexes = [
            GinIndex(fields=["about"], name="event_about"),
            models.Index(fields=["verb", "id"], name="event_verb"),
            models.Index(fields=["by", "-id"], name="event_by"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"

    @property
    def template(self) -> str:
        """The sentence template of the verb."""
        return f"events/verbs/{self.verb.replace('.', '_')}.html"

    @property
    def glyph(self) -> tuple[str, str]:
        """Icon and tint beside the sentence."""
        return registry.GLYPHS.get(self.verb, registry.PLAIN)


def ref(subject: models.Model) -> str:
    """`customer:12`, from the model's `event_ref` and key."""
    return f"{subject.event_ref}:{subject.pk}"  # type: ignore[attr-defined]
