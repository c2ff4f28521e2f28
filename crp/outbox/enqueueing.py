"""Writing a message into the outbox, in the caller's transaction."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone as clock

from crp.outbox.waking import wake_after_commit


def enqueue_mail(
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
) -> None:
    """
    Queue the mail `templates/emails/<template>.{subject.txt,txt,html}`, rendered when it leaves, in the reader's language.

    `context` is JSON. A `dedupe_key` that was used before makes this a no-op. With `contact_id`, consent is asked again when
    it leaves. `outside=True` for mail to customers: one that may have gone out already is held for a person to decide.
    """
    from crp.outbox.models import Message

    now = clock.now()
    message = Message(
        template=template,
        to=to,
        language=language or settings.LANGUAGE_CODE,
        timezone=timezone or settings.PROGRAM_TIME_ZONE,
        context=context or {},
        dedupe_key=dedupe_key,
        due_at=due_at or now,
        contact_id=contact_id,
        outside=outside,
    )
    Message.objects.bulk_create([message], ignore_conflicts=dedupe_key is not None)
    if message.due_at <= now:
        wake_after_commit()
