"""/livez says that the process runs; /readyz says whether it can do its work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache

import redis
import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse

log = structlog.get_logger(__name__)

PROBE_SECONDS = 1.0


class NotReady(Exception):
    """A probe found what it looks after in a state that no one can work with."""


class HealthMiddleware:
    """Answer both paths before sessions, hosts and sign-in are looked at: a load balancer has none of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The health pages; every other path goes on."""
        if request.path_info == "/livez":
            return uncached(HttpResponse("ok\n", content_type="text/plain"))
        if request.path_info == "/readyz":
            return uncached(readiness())
        return self.get_response(request)


def uncached(response: HttpResponse) -> HttpResponse:
    """With the headers that the middleware below would have set."""
    response["Cache-Control"] = "no-store"
    response["Content-Length"] = str(len(response.content))
    return response


def readiness() -> HttpResponse:
    """
    JSON `{status, checks}`: 503 "unavailable" when the database or its migrations fail; 200 otherwise.

    With Redis or mail down pages still work and jobs wait in the database, so that is 200 "degraded".
    """
    futures = {name: probing(name) for name in PROBES}
    wait(futures.values(), timeout=PROBE_SECONDS)
    checks = {name: outcome(name, future) for name, future in futures.items()}
    if checks["database"] != "ok":
        status = "unavailable"
    else:
        status = "ready" if set(checks.values()) == {"ok"} else "degraded"
    return JsonResponse({"status": status, "checks": checks}, status=503 if status == "unavailable" else 200)


def check_database() -> None:
    """One round trip on a connection of our own, and no migration of this code left to apply."""
    connection = connections["default"].copy()
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "connect_timeout": 2}
    try:
        missing = migrations_on_disk() - set(applied_migrations(connection))
    finally:
        connection.close()
    if missing:
        raise NotReady(f"{len(missing)} migrations are not applied")


def applied_migrations(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """(app, name) of what the database has seen; none when it is empty."""
    return set(MigrationRecorder(connection).applied_migrations())


@cache
def migrations_on_disk() -> frozenset[tuple[str, str]]:
    """(app, name) of every migration of this code; it cannot change while the process runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {})


def check_redis() -> None:
    """A ping. Raises redis.RedisError when it does not answer."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PROBE_SECONDS, socket_connect_timeout=PROBE_SECONDS
    )
    try:
        client.ping()
    finally:
        client.close()


def check_mail() -> None:
    """Greet the mail server without sending. Raises OSError or smtplib.SMTPException when it does not answer."""
    connection = get_connection(timeout=PROBE_SECONDS)
    connection.open()
    connection.close()


PROBES: dict[str, Callable[[], None]] = {"database": check_database, "redis": check_redis, "mail": check_mail}

# A probe that hangs keeps its thread; it is not started again until it ends, so that they cannot pile up.
pool = ThreadPoolExecutor(max_workers=len(PROBES), thread_name_prefix="probe")
running: dict[str, Future[None]] = {}


def probing(name: str) -> Future[None]:
    """The probe under way, or a new one."""
    future = running.get(name)
    if future is None or future.done():
        future = running[name] = pool.submit(PROBES[name])
    return future


def outcome(name: str, future: Future[None]) -> str:
    """ "ok" or "down"; the reason goes to the log, since the page is public."""
    if not future.done():
        reason: object = "no answer in time"
    elif (error := future.exception()) is not None:
        reason = str(error).strip()
    else:
        return "ok"
    log.warning("probe_failed", probe=name, reason=reason)
    return "down"
