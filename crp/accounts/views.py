"""What a user settles about himself, and signing in as somebody in the demo."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crp.accounts.forms import SettingsForm
from crp.accounts.models import User
from crp.accounts.sessions import track
from crp.ui.context import THEME_COOKIE
from crp.ui.pages import safe_next

YEAR = 365 * 24 * 3600


def preferences(request: HttpRequest) -> HttpResponse:
    """Name, language, time zone, theme, digits."""
    user: Any = User.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Your settings are saved."))
        response = redirect("accounts:settings")
        for name, value in {settings.LANGUAGE_COOKIE_NAME: user.language, THEME_COOKIE: user.theme}.items():
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        return response
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.errors else 200)


def own_address(request: HttpRequest) -> HttpResponse:
    """Addresses are the admin's to change."""
    return redirect("accounts:settings")


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's cast, without a password; there is no such address outside the demo."""
    if not settings.DEMO:
        raise Http404
    key = request.POST.get("user", "")
    user = get_object_or_404(User.objects.able_to_sign_in(), pk=int(key) if key.isdecimal() and len(key) < 10 else 0)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    track(request)
    return redirect(safe_next(request))
