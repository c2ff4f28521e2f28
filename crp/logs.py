"""Structured logs: one line per request with its id, JSON in production, and no signed-link token in any of them."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse

# What follows these is a secret that opens a page: answers, approvals, invitations, shared pages, password resets.
SECRET_PATH = re.compile(r"(/(?:o(?:/[a-z-]+)?|s|reset/key|confirm-email)/)[^/\s\"'?#<>]{16,}")
REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

EventDict = structlog.typing.EventDict


def scrub(logger: Any, method: str, event: EventDict) -> EventDict:
    """Cut the tokens out of every text in the event, the traceback's too."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SECRET_PATH.sub(r"\1[token]", value)
    return event


def config(*, as_json: bool) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING: everything to stderr, as JSON or for a terminal."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, scrub, renderer],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # django_structlog writes one line for each of these, with the request's id.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            # celery.app.trace says what was done; that it was called for is no news.
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


class RequestIdMiddleware:
    """
    Give each request an id: the caller's `X-Request-ID` when it is 8 to 64 plain characters, else a new one.

    It stands in every log line of the request and in the reply's `X-Request-ID`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in the reply's headers."""
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request_id
        request.__dict__.pop("headers", None)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(ip=request.META.get("REMOTE_ADDR"))
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response
