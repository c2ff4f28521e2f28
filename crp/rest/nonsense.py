"""Input no database can keep: NUL bytes, half characters, numbers beyond every column. An answer, not a crash."""

from collections.abc import Callable, Iterator
from typing import IO, Any

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser


def is_nonsense(error: Exception) -> bool:
    """Did the driver or the database choke on a value somebody sent?"""
    nul = isinstance(error, ValueError) and "NUL (0x00)" in str(error)
    return nul or isinstance(error, DataError | UnicodeEncodeError)


class NonsenseMiddleware:
    """Such a value that a page let through becomes a 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_nonsense(error):
            return None
        return render(request, "errors/400.html", {"detail": _("The request could not be understood.")}, status=400)


class ObjectParser(JSONParser):
    """One JSON object, not nested beyond reason, of text that can be kept; else an error that names the field."""

    def parse(self, stream: IO[Any], media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        try:
            found = super().parse(stream, media_type, parser_context)
            if not isinstance(found, dict):
                raise ParseError(_("Send one JSON object."))
            errors = {field: [_("This holds characters that can't be kept.")] for field in unkeepable(found)}
        except RecursionError as error:
            raise ParseError(_("This is nested too deeply.")) from error
        if errors:
            raise ValidationError(errors)
        return found


def unkeepable(found: Any, field: str = "") -> Iterator[str]:
    """The fields whose text holds NUL or half a character."""
    if isinstance(found, str):
        if "\0" in found or any("\ud800" <= sign <= "\udfff" for sign in found):
            yield field
    elif isinstance(found, dict):
        for name, inner in found.items():
            yield from unkeepable(inner, f"{field}.{name}".strip("."))
    elif isinstance(found, list):
        for inner in found:
            yield from unkeepable(inner, field)
