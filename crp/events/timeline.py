"""Timelines: the latest events about an object, ready for the partial."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db import models

from crp.events.registry import person_names

if TYPE_CHECKING:
    from crp.events.models import Event


# What a reader may narrow a timeline to: the first word of the verbs.
KINDS = {
    "asks": ("assignment", "request", "hold", "activity"),
    "material": ("material", "approval", "permission", "share"),
    "notes": ("note", "survey", "complaint", "task", "reward", "health"),
    "people": ("contact", "willingness", "pause", "nomination", "referral"),
}


MOST = 100


@dataclass(frozen=True)
class Timeline:
    """
    `events` newest first, each with `person` filled in; `more` says whether there are earlier ones, `earlier` how many,
    MOST for whatever is more.
    """

    events: list["Event"]
    more: bool
    subject: str
    only: str = ""
    earlier: int = 0

    @classmethod
    def about(
        cls, subject: models.Model, *, user: Any, limit: int = 20, before: int | None = None, only: str = ""
    ) -> "Timeline":
        """The newest `limit` events that name `subject` and that `user` may read; `only` a key of KINDS. Three queries."""
        from crp.events.models import Event, ref

        # By moment, not by key: what is told of the past belongs where it happened.
        found = Event.objects.about(subject).unreserved_for(user).order_by("-at", "-pk")
        if only in KINDS:
            found = found.filter(reduce(or_, (models.Q(verb__startswith=f"{name}.") for name in KINDS[only])))
        if before:
            moment = models.Subquery(Event.objects.filter(pk=before).values("at"))
            found = found.filter(models.Q(at__lt=moment) | models.Q(at=moment, pk__lt=before))
        events = list(found[: limit + 1])
        more = len(events) > limit
        earlier = found[limit : limit + MOST].count() if more else 0
        return cls(named(events[:limit]), more, ref(subject), only, earlier)

    @property
    def last(self) -> int | None:
        """The id earlier events come before."""
        return self.events[-1].pk if self.events else None


def named(events: Iterable["Event"]) -> list["Event"]:
    """The events, each with `person`: the name of the contact it is about, "" when forgotten. One query at most."""
    found = list(events)
    names = person_names(event.contact_id for event in found if event.contact_id)
    for event in found:
        event.person = names.get(event.contact_id, "") if event.contact_id else ""
    return found
