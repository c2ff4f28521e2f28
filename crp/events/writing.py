"""Recording what happened, in the transaction of the verb that did it."""

from collections.abc import Callable, Iterable
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


def record_each(
    verb: str,
    subjects: Iterable[models.Model],
    *,
    by: Any = None,
    contact_of: Callable[[Any], Any] | None = None,
    **data: Any,
) -> int:
    """
    The same event about each of many subjects, in few statements; how many were written.

    `contact_of` names the contact of each, if it has one: the event is then about him and his customer too.
    """
    from crp.events.models import Event, ref
    from crp.events.registry import VERBS

    if verb not in VERBS:
        raise ValueError(f"Nobody registered the verb {verb!r}.")
    now, name = timezone.now(), by.name if by else ""
    events = []
    for one in subjects:
        contact = contact_of(one) if contact_of else None
        about = [ref(one), *([ref(contact.customer), ref(contact)] if contact else [])]
        person = contact.pk if contact else None
        events.append(
            Event(
                verb=str(verb), subject=ref(one), about=about, by=by, actor_name=name, contact_id=person, at=now, data=data
            )
        )  # fmt: skip
    return len(Event.objects.bulk_create(events, batch_size=1_000))
