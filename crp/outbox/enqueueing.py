"""Writing a message into the outbox, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone as clock

from crp.outbox.waking import wake_after_commit

if TYPE_CHECKING:
    from crp.outbox.models import Message


def enqueue_mail(template: str, *, to: str, **how: Any) -> None:
    """Queue one mail in the caller's transaction; see `letter` for what may be said about it. One query."""
    enqueue([letter(template, to=to, **how)])


def enqueue(messages: "Iterable[Message]") -> None:
    """Queue mails in the caller's transaction, in one query; those whose `dedupe_key` was used before are left out."""
    from crp.outbox.models import Message

    waiting = list(messages)
    Message.objects.bulk_create(waiting, ignore_conflicts=True)
    if any(message.due_at <= clock.now() for message in waiting):
        wake_after_commit()


def letter(
    template: str,
    *,
    to: str,
    language: str = "",
    timezone: str = "",
    context: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
    due_at: datetime | None = None,
    contact_id: int | None = None,
    outside: bool = False,
) -> "Message":
    """
    A mail not yet queued: `templates/emails/<template>.{subject.txt,txt,html}`, rendered when it leaves in the
    reader's language.

    `context` is JSON. A `dedupe_key` makes it the only one of that key. With `contact_id`, consent is asked again when
    it leaves. `outside=True` for mail to customers: one that may have gone out already is held for a person to decide.
    """
    from crp.outbox.models import Message

    return Message(
        template=template,
        to=to,
        language=language or settings.LANGUAGE_CODE,
        timezone=timezone or settings.PROGRAM_TIME_ZONE,
        context=context or {},
        dedupe_key=dedupe_key,
        due_at=due_at or clock.now(),
        contact_id=contact_id,
        outside=outside,
    )
