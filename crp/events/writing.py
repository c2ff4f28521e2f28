"""Recording what happened, in the transaction of the verb that did it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from crp.events.models import Event


def record(
    verb: str, subject: models.Model, *about: models.Model | None, by: Any = None, contact: Any = None, **data: Any
) -> "Event":
    """
    Append one event about `subject` and the objects in `about`.

    `by=None` means the system or, with `contact`, that person.

    `data` is flat JSON without a contact's name or address. Raises ValueError on a verb nobody registered.
    """
    from crp.events.models import Event, ref
    from crp.events.registry import VERBS

    if verb not in VERBS:
        raise ValueError(f"Nobody registered the verb {verb!r}.")
    subjects = [subject, *(other for other in about if other is not None), *([contact] if contact else [])]
    return Event.objects.create(
        verb=str(verb),
        subject=ref(subject),
        about=list(dict.fromkeys(ref(one) for one in subjects)),
        by=by,
        actor_name=by.name if by else "",
        contact_id=contact.pk if contact else None,
        at=timezone.now(),
        data=data,
    )


def record_each(verb: str, subjects: Iterable[models.Model], *, by: Any = None, **data: Any) -> int:
    """The same event about each of many subjects, in few statements; how many were written."""
    from crp.events.models import Event, ref
    from crp.events.registry import VERBS

    if verb not in VERBS:
        raise ValueError(f"Nobody registered the verb {verb!r}.")
    now, name = timezone.now(), by.name if by else ""
    events = [
        Event(verb=str(verb), subject=ref(one), about=[ref(one)], by=by, actor_name=name, at=now, data=data)
        for one in subjects
    ]
    return len(Event.objects.bulk_create(events, batch_size=1_000))
