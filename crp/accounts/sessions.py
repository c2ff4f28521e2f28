"""Ending what lets somebody in."""

from importlib import import_module
from typing import Any

from django.conf import settings


def end_all(user: Any) -> None:
    """End the user's sessions in every browser, and his API tokens."""
    from allauth.usersessions.models import UserSession
    from knox.models import AuthToken

    store = import_module(settings.SESSION_ENGINE).SessionStore
    for session in UserSession.objects.filter(user=user):
        store(session.session_key).delete()
        session.delete()
    AuthToken.objects.filter(user=user).delete()
