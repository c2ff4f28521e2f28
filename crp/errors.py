"""Error pages in our look; problem+json below /api/."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from crp.rest import problems
from references import merging


def error_page(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """The page of the status, or its problem for the API."""
    if request.path.startswith("/api/"):
        return problems.response(request, status, detail)
    return render(request, f"errors/{status}.html", {"detail": detail}, status=status)


def error_400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400, _("The request could not be understood."))


def error_403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, _("You may not do this."))


def error_404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there; a record that was merged into another leads to that."""
    if request.method in ("GET", "HEAD") and request.user.is_authenticated:
        kept = merging.forwarded(request.path, request.user)
        if kept:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{kept}?{query}" if query else kept)
    return error_page(request, 404, _("There is no such thing, or it is not yours to see."))


def error_500(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, _("Something broke on our side. Nothing was half-done."))
