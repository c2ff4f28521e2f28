"""Delivering what is due: claim, ask consent again, render, send, and settle only if the lease is still ours."""

import smtplib
import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone

from crp.outbox import consent, rendering
from crp.outbox.models import Message, MessageState

log = structlog.get_logger(__name__)
# A sweep ends well before the task's limit; the next one carries on.
SWEEP_SECONDS = 60
# With the pauses below about a day and a half.
MAX_ATTEMPTS = 72
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)


class Unreachable(Exception):
    """The mail server can't be reached or will not have us: nothing was sent, and nothing else can be now."""


def deliver_due(now: datetime) -> int:
    """Send what is due, for a minute at most. How many left. Must not run inside a transaction."""
    Message.objects.settle_abandoned(now)
    post, sent, end = Post(), 0, time.monotonic() + SWEEP_SECONDS
    try:
        while time.monotonic() < end and (message := Message.objects.claim(timezone.now())):
            sent += deliver(message, post)
    except Unreachable as error:
        log.warning("mail_server_unreachable", error=str(error))
    finally:
        post.close()
    return sent


def deliver(message: Message, post: "Post") -> bool:
    """Send a claimed message; say whether it left. Raises Unreachable once the message is put back."""
    if message.contact_id and not consent.may_write_to(message.contact_id):
        message.settle(MessageState.SUPPRESSED, context={}, last_error="The contact may no longer be written to.")
        return False
    if not consent.is_wanted(message.template, message.context):
        message.settle(MessageState.SUPPRESSED, context={}, last_error="What it says is not to be said any more.")
        return False
    try:
        mail = rendering.as_mail(message)
        mail.message()
    except Exception as error:  # a template may raise anything
        log.exception("message_not_renderable", message=message.pk)
        message.settle(MessageState.PARKED, last_error=f"{type(error).__name__}: {error}")
        return False
    return send(message, mail, post)


def send(message: Message, mail: EmailMultiAlternatives, post: "Post") -> bool:
    """Hand the mail over and settle the message by what the server says."""
    try:
        post.send(mail)
    except Unreachable as error:
        retry_later(message, error)
        raise
    except (smtplib.SMTPException, OSError) as error:
        refused(message, error)
        post.close()
        return False
    except ValueError as error:  # an address or header no server can be told
        message.settle(MessageState.PARKED, last_error=str(error))
        return False
    if not message.settle(MessageState.SENT, sent_at=timezone.now(), context={}, last_error=""):
        log.warning("message_lease_lost", message=message.pk)
    return True


def refused(message: Message, error: Exception) -> None:
    """5xx: parked. 4xx: later. Silence in the middle: later, or a person's decision for mail to customers."""
    codes = reply_codes(error)
    if any(code >= 500 for code in codes):
        message.settle(MessageState.PARKED, last_error=str(error))
    elif not codes and message.outside:
        message.settle(MessageState.UNCERTAIN, last_error=str(error) or type(error).__name__)
    else:
        retry_later(message, error)


def reply_codes(error: Exception) -> list[int]:
    """What the server answered; nothing when it went silent."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPResponseException) else []


def retry_later(message: Message, error: Exception) -> None:
    """Put it back with a pause that doubles up to half an hour; parked when that went on for too long."""
    state = MessageState.PENDING if message.attempts < MAX_ATTEMPTS else MessageState.PARKED
    pause = min(FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), LONGEST_PAUSE)
    message.settle(state, due_at=timezone.now() + pause, last_error=str(error) or type(error).__name__)


class Post:
    """One connection to the mail server for a whole sweep, opened when the first mail needs it."""

    def __init__(self) -> None:
        self._connection: Any = None

    def send(self, mail: EmailMultiAlternatives) -> None:
        """Raises Unreachable before anything was sent, SMTPException or OSError while it was."""
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except (smtplib.SMTPException, OSError) as error:
                raise Unreachable(str(error)) from error
            self._connection = connection
        mail.connection = self._connection
        mail.send()

    def close(self) -> None:
        """Hang up, whatever the other side thinks of it."""
        if self._connection is not None:
            try:
                self._connection.close()
            except (smtplib.SMTPException, OSError) as error:
                log.info("mail_connection_close_failed", error=str(error))
            self._connection = None
