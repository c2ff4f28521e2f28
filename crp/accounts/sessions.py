"""Ending what lets somebody in."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def track(request: HttpRequest) -> None:
    """List the session of this request among its user's; the sign-in form does so by itself."""
    from allauth.usersessions.models import UserSession

    UserSession.objects.create_from_request(request)


def end_all(user: Any) -> None:
    """End the user's sessions in every browser, and his API tokens."""
    from allauth.usersessions.models import UserSession
    from knox.models import AuthToken

    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in UserSession.objects.filter(user=user):
        store(session.session_key).delete()
        session.delete()
    AuthToken.objects.filter(user=user).delete()
