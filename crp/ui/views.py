"""The reader's theme and language, and the gallery of components."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from crp.ui.context import THEME_COOKIE, THEMES
from crp.ui.pages import safe_next

YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device; anything else means as the device."""
    chosen = request.POST.get("theme", "")
    chosen = chosen if chosen in THEMES else "auto"
    return _kept(request, THEME_COOKIE, "theme", chosen)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """One of the languages of the program; anything else changes nothing."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return redirect(safe_next(request))
    return _kept(request, settings.LANGUAGE_COOKIE_NAME, "language", chosen)


def _kept(request: HttpRequest, cookie: str, field: str, chosen: str) -> HttpResponse:
    """Remember for this browser, and with the account of a signed-in user."""
    user: Any = request.user
    if user.is_authenticated and getattr(user, field, chosen) != chosen:
        setattr(user, field, chosen)
        user.save(update_fields=[field])
    response = redirect(safe_next(request))
    response.set_cookie(cookie, chosen, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
