"""Telling colleagues: a row in the inbox, a mail, or both, in the transaction of the verb."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone

from crp.inbox import registry
from crp.outbox import enqueue, letter

if TYPE_CHECKING:
    from crp.events.models import Event
    from crp.outbox.models import Message

WITH_INBOX, WITH_MAIL = {"both", "inbox"}, {"both", "mail"}


def notify(
    users: Iterable[Any],
    kind: str,
    *,
    event: "Event | None" = None,
    url: str = "",
    context: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
) -> None:
    """
    Tell each user once, as he prefers for this kind. Whoever did `event` is not told of it himself.

    `context` is flat JSON without a contact's name (the sentence has `event.person`). `dedupe_key` makes a repeat
    harmless. Two queries, one less when `users` is a queryset, one more when mail goes out. Raises ValueError on a
    kind nobody registered.
    """
    from crp.inbox.models import Notification, Preference

    if kind not in registry.KINDS:
        raise ValueError(f"Nobody registered the kind of notice {kind!r}.")
    if isinstance(users, QuerySet):
        users = Preference.objects.beside(users, kind)
    told = {user.pk: user for user in users if user and user.is_active and not (event and event.by_id == user.pk)}
    if not told:
        return
    wanted = Preference.objects.deliveries(told.values(), kind)
    now = timezone.now()
    rows = [
        Notification(
            user=user, kind=kind, event=event, url=url, context=context or {}, dedupe_key=dedupe_key, at=now,
        )
        for pk, user in told.items() if wanted[pk] in WITH_INBOX
    ]  # fmt: skip
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    mailed = [user for pk, user in told.items() if wanted[pk] in WITH_MAIL and user.email]
    if mailed:
        enqueue(_mail(user, kind, event, url, context or {}, dedupe_key) for user in mailed)


def _mail(
    user: Any, kind: str, event: "Event | None", url: str, facts: dict[str, Any], dedupe_key: str | None
) -> "Message":
    return letter(
        "notification",
        to=user.email,
        language=user.language,
        timezone=user.timezone,
        context={"kind": str(kind), "event_id": event.pk if event else None, "url": url, "facts": facts},
        dedupe_key=f"notice:{kind}:{user.pk}:{dedupe_key}" if dedupe_key else None,
    )
