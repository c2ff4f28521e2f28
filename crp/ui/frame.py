"""The frame around every page, drawn once for each reader's circumstances and kept: pages pay for their content only."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Context
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from crp.ui import drawing

# Stand where each request's own values come; letters only, so that escaping leaves them alone.
TOKEN, QUERY = "CSRFTOKENOFTHEREQUEST", "WORDSOFTHESEARCH"


def head(context: Context) -> SafeString:
    """Style sheets and scripts."""
    return mark_safe(_part("components/_head.html", direction=context["shell"].direction))


def user_menu(context: Context, small: bool = False) -> SafeString:
    """The signed-in user's own menu; `small` is the face alone, as in a phone's top line."""
    shell = context["shell"]
    if not shell.user:
        return SafeString("")
    drawn = _part(
        "components/_me.html",
        name=shell.user.name,
        user_id=shell.user.pk,
        role=str(shell.role),
        theme=shell.theme,
        small=small,
        has_role=bool(shell.user.roles),
    )
    return mark_safe(drawn.replace(TOKEN, _token(context["request"])))


def _token(request: HttpRequest) -> str:
    """The request's CSRF token, masked once a page however many forms stand on it."""
    if not hasattr(request, "_frame_token"):
        request._frame_token = get_token(request)  # type: ignore[attr-defined]
    return str(request._frame_token)  # type: ignore[attr-defined]


def top_line(context: Context) -> SafeString:
    """Search box and bell."""
    shell = context["shell"]
    if not shell.user:
        return SafeString("")
    drawn = _part("components/_top.html", unread=shell.unread)
    return mark_safe(drawn.replace(QUERY, escape(context["request"].GET.get("q", ""))))


def _part(template: str, **facts: Any) -> str:
    return drawing.drawn(template, csrf_token=TOKEN, query=QUERY, **facts)
