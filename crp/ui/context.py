"""What the frame around every page needs, worked out only when a template asks."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language_bidi

from crp.ui import formats, navigation

THEMES = ("light", "dark")
THEME_COOKIE = "crp_theme"


class Shell:
    """Language, theme, who is signed in, and the counts beside the menu's entries."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.program = settings.PROGRAM_NAME
        self.demo = settings.DEMO

    @property
    def language(self) -> str:
        return formats.language()

    @property
    def number_locale(self) -> str:
        """For the browser's Intl, so that scripts write the digits the server does."""
        return formats.number_locale()

    @property
    def direction(self) -> str:
        return "rtl" if get_language_bidi() else "ltr"

    @cached_property
    def user(self) -> Any:
        """The signed-in user, or None; on error pages the request may carry none."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def theme(self) -> str:
        """`light` or `dark` when the reader chose, "" to follow the device."""
        chosen = getattr(self.user, "theme", "") if self.user else self.browser_theme
        return chosen if chosen in THEMES else ""

    @property
    def browser_theme(self) -> str:
        """What this browser chose; asks no database, so pages about failures can use it."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def frame(self) -> str:
        """The template a page extends that may meet someone who is not signed in."""
        return "base.html" if self.user else "outside.html"

    @cached_property
    def counts(self) -> dict[str, int]:
        """Numbers by menu key, `unread` among them."""
        return navigation.counts(self.user) if self.user else {}

    @property
    def unread(self) -> int:
        return self.counts.get("unread", 0)

    @property
    def role(self) -> Any:
        """The words below the name in the user menu."""
        return navigation.role_words(self.user) if self.user else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"shell": Shell(request)}
