"""Timelines: the latest events about an object, ready for the partial."""

from dataclasses import dataclass
from typing import Any

from django.db import models

from crp.events.models import Event
from crp.events.registry import person_names


@dataclass(frozen=True)
class Timeline:
    """`events` newest first, each with `person` filled in; `more` says whether there are earlier ones."""

    events: list[Event]
    more: bool

    @classmethod
    def about(cls, subject: models.Model, *, user: Any, limit: int = 20, before: int | None = None) -> "Timeline":
        """The newest `limit` events that name `subject` and that `user` may read. At most two queries."""
        found = Event.objects.about(subject).unreserved_for(user)
        if before:
            found = found.filter(pk__lt=before)
        events = list(found[: limit + 1])
        names = person_names(event.contact_id for event in events if event.contact_id)
        for event in events:
            event.person = names.get(event.contact_id, "")  # type: ignore[attr-defined]
        return cls(events[:limit], len(events) > limit)
