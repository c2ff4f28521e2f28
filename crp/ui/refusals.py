"""Domain refusals as pages: the same rules answer the browser and the API."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crp.verbs import Refused


class RefusalMiddleware:
    """Turns a Refused that a view let through into the error page of its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page `errors/<status>.html` with the refusal's sentence."""
        if not isinstance(error, Refused):
            return None
        return render(request, f"errors/{error.status}.html", {"refusal": error}, status=error.status)
