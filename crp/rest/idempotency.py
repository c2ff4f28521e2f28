"""A POST with a key acts once: the key, the body's hash and the reply are written in the work's own transaction."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from crp.rest.models import IdempotencyKey
from crp.verbs import Refused

ONCE = "once"


class KeyReused(Refused):
    """The key came back with another body."""

    def __init__(self) -> None:
        super().__init__(_("This key was used for something else. Use a new one."), code="idempotency_key_reused")


class InProgress(Refused):
    """The same request is being worked on right now."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("The same request is still being worked on. Try again in a moment."), code="in_progress")


def fingerprint(request: HttpRequest, body: bytes) -> str:
    """SHA-256 of method, path and body."""
    return hashlib.sha256(b"\n".join([request.method.encode(), request.path.encode(), body])).hexdigest()  # type: ignore[union-attr]


def claim(user: Any, key: str, print_: str) -> IdempotencyKey | None:
    """
    Insert the key in the open transaction (a concurrent twin waits here); None: it is ours, else the finished one.

    Raises Refused on a bad key, KeyReused on another body, InProgress while the twin takes long.
    """
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise Refused(
            _("A key has 1 to 200 printable characters."), code="bad_idempotency_key", field="Idempotency-Key"
        )
    if _inserted(user, key, print_):
        return None
    found = IdempotencyKey.objects.get(user=user, key=key)
    if found.fingerprint != print_:
        raise KeyReused
    return found


def _inserted(user: Any, key: str, print_: str) -> bool:
    """Is the key ours? Waits for a concurrent twin to end; raises InProgress when that takes too long."""
    table = IdempotencyKey._meta.db_table
    with connection.cursor() as cursor:
        try:
            cursor.execute(
                f"INSERT INTO {table} (user_id, key, fingerprint, created_at) VALUES (%s, %s, %s, now())"
                ' ON CONFLICT (user_id, "key") DO NOTHING',
                [user.pk, key, print_],
            )
        except OperationalError as error:  # lock_timeout
            raise InProgress from error
        return bool(cursor.rowcount)


def keep(user: Any, key: str, status: int, reply: Any) -> None:
    """Store the reply beside the key, in the same transaction."""
    IdempotencyKey.objects.filter(user=user, key=key).update(status=status, reply=reply)


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    View decorator: a form's hidden `once` field ({% once %}) makes a double click or a resend act once and land on the
    same page.

    A reply that is no redirect (an invalid form) undoes everything, the key too.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get(ONCE, "") if request.method == "POST" else ""
        if not key or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            # Only the path: a resent form may carry a fresh CSRF token.
            found = claim(request.user, f"form:{key}"[:200], fingerprint(request, b""))
            if found:
                return HttpResponseRedirect((found.reply or {})["location"])
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirect):
                keep(request.user, f"form:{key}"[:200], response.status_code, {"location": response.url})
            else:
                transaction.set_rollback(True)
        return response

    return wrapper
