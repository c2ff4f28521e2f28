"""Domain refusals as pages: the same rules answer the browser and the API."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crp.verbs import Busy, Refused


class RefusalMiddleware:
    """Turns a Refused that a view let through into the error page of its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page `errors/<status>.html` with the refusal's sentence."""
        refusal = error if isinstance(error, Refused) else Busy.of(error)
        if refusal is None:
            return None
        return render(request, f"errors/{refusal.status}.html", {"refusal": refusal}, status=refusal.status)
