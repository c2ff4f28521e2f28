"""Answers that are whole pages or parts of them; the server picks, never the client."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme


def wants_partial(request: HttpRequest) -> bool:
    """Did htmx (or our dialog) ask for a part, not for a page to put into history or to take back out of it?"""
    whole = ("HX-Boosted", "HX-History-Restore-Request")
    return request.headers.get("HX-Request") == "true" and "true" not in map(request.headers.get, whole)


def page_or_partial(
    request: HttpRequest, page: str, partial: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render `partial` for htmx, with pending messages beside it, and `page` for everyone else."""
    part = wants_partial(request)
    response = render(request, partial if part else page, context, status=status)
    if part:
        response.write(render_to_string("components/_toasts_oob.html", {}, request))
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def confirm(
    request: HttpRequest, *, title: Any, text: Any, yes: Any, no: Any, back: str, danger: bool = True, form: Any = None
) -> HttpResponse:
    """
    Ask before what cannot be undone: a dialog for our script, a page without it. It posts to its own address.

    `title` asks, `text` names the consequence, `yes` and `no` answer; `form` may ask for a reason.
    """
    context = {
        "title": title, "text": text, "yes": yes, "no": no, "back": back, "danger": danger, "form": form,
        "action": request.get_full_path(),
    }  # fmt: skip
    return page_or_partial(request, "components/confirm.html", "components/_confirm.html", context)


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The `next` address a form or link carries, else the page it stood on, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or _stood_on(request)
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed and wanted.startswith(("/", f"{request.scheme}://")) else fallback


def _stood_on(request: HttpRequest) -> str:
    """The page the reader came from, unless it is the form's own, which has nothing more to say."""
    referrer = request.headers.get("Referer", "")
    return "" if urlsplit(referrer).path == request.path else referrer
