"""Errors as RFC 9457 problem+json with `errors: [{field, message}]`."""

from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2.errors import UniqueViolation
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.validators import UniqueValidator
from rest_framework.views import set_rollback

from crp.rest.nonsense import is_nonsense
from crp.verbs import Busy, Refused, WrongState

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("The request is not valid"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Not a method of this address"),
    409: gettext_lazy("Not possible in this state"),
    413: gettext_lazy("Too much at once"),
    415: gettext_lazy("Send JSON"),
    422: gettext_lazy("A rule says no"),
    429: gettext_lazy("Too many tries"),
    500: gettext_lazy("Something broke on our side"),
}


def problem(
    status: int, detail: str, *, errors: list[dict[str, str]] | None = None, code: str = "", **more: Any
) -> dict[str, Any]:
    """The body of a problem: type, title, status, detail, errors and what else the case tells."""
    title = str(TITLES.get(status, detail))
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
        **more,
    }


def flat(detail: Any, field: str = "") -> list[dict[str, str]]:
    """DRF's nested error detail as a flat list; the whole form's field is an empty string."""
    if isinstance(detail, dict):
        return [
            row
            for name, inner in detail.items()
            for row in flat(inner, "" if name == "non_field_errors" else f"{field}.{name}".strip("."))
        ]
    if isinstance(detail, (list, tuple)):
        return [row for inner in detail for row in flat(inner, field)]
    return [{"field": field, "message": str(detail)}]


def of_refusal(refusal: Refused) -> dict[str, Any]:
    """A domain refusal as a problem; a wrong state names the states that allow the verb."""
    more = {"state": refusal.state, "allowed": refusal.allowed} if isinstance(refusal, WrongState) else {}
    message = str(refusal.message)
    return problem(
        refusal.status, message, errors=[{"field": refusal.field or "", "message": message}], code=refusal.code, **more
    )


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Unknown errors stay unknown (500)."""
    headers: dict[str, str] = {}
    refusal = error if isinstance(error, Refused) else Busy.of(error)
    if refusal:
        body = of_refusal(refusal)
    elif isinstance(error, Http404):
        body = problem(404, _("There is no such thing, or it is not yours to see."), code="not_found")
    elif isinstance(error, PermissionDenied):
        body = problem(403, _("You may not do this."), code="forbidden")
    elif isinstance(error, ModelInvalid):
        detail = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        body = problem(400, _("Some fields need another value."), errors=flat(detail), code="invalid")
    elif isinstance(error, exceptions.APIException):
        body = of_api_exception(error)
        wait = getattr(error, "wait", None)
        headers = {"Retry-After": str(wait)} if wait else {}
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    elif isinstance(error, IntegrityError) and isinstance(error.__cause__, UniqueViolation):
        body = of_twin(error.__cause__)
    elif is_nonsense(error):
        body = problem(400, _("The input holds characters or numbers that can't be kept."), code="invalid")
    else:
        return None
    set_rollback()
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def of_twin(error: UniqueViolation) -> dict[str, Any]:
    """What should be unique is taken, perhaps since a moment: a problem that names the field. Unknown constraints stay 500."""
    wanted = error.diag.constraint_name
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == wanted and getattr(constraint, "fields", ()):
                field = constraint.fields[-1]  # type: ignore[attr-defined]
                message = str(UniqueValidator.message)
                return problem(422, message, errors=[{"field": field, "message": message}], code="taken")
    raise error


def of_api_exception(error: exceptions.APIException) -> dict[str, Any]:
    """DRF's own exceptions as problems."""
    code = str(getattr(error, "default_code", "error"))
    if isinstance(error, exceptions.ValidationError):
        return problem(400, _("Some fields need another value."), errors=flat(error.detail), code="invalid")
    errors = flat(error.detail)
    return problem(error.status_code, errors[0]["message"] if errors else "", errors=errors, code=code)


def response(request: HttpRequest, status: int, detail: str) -> JsonResponse:
    """A problem outside DRF: unknown addresses and crashes below /api/."""
    if status >= 500 and transaction.get_connection().in_atomic_block:
        transaction.set_rollback(True)
    return JsonResponse(problem(status, detail), status=status, content_type=MEDIA_TYPE)
