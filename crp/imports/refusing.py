"""A file too large is refused by what its sender says of it, before a byte of it is read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crp.imports.reading import MOST_BYTES
from crp.rest import problems

# What a form holds besides its file.
ROOM = 1024 * 1024
PLACES = ("/imports/", "/api/v1/imports/")


class TooLargeMiddleware:
    """
    Answers 413 to an import of more than we take, 411 to one that does not say how long it is.

    It stands before everything that reads forms: CSRF would take the whole body in, to disk, to find its token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and request.path.startswith(PLACES):
            if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
                return refuse(request, _("The upload does not say how large it is. Send it from a browser."), 411)
            length = request.META.get("CONTENT_LENGTH") or "0"
            if length.isdecimal() and int(length) > MOST_BYTES + ROOM:
                return refuse(
                    request, _("The file is larger than 60 MB. Split it, or save it without what is not needed."), 413
                )
        return self.get_response(request)


def refuse(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """
    A small page of its own, for nobody is signed in yet; below /api/ a problem. The connection ends: the rest of the
    body is not wanted.
    """
    is_page = not request.path.startswith("/api/")
    page = render(None, "imports/too_large.html", {"why": why}, status=status) if is_page else None
    response: HttpResponse = page or problems.response(request, status, why)
    response["Connection"] = "close"
    return response
