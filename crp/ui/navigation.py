"""The side menu and the phone's bottom tabs. What is in them is composed above, in crp.navigation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crp.ui import formats
from crp.ui.icons import icon
from crp.ui.marks import esc, html


@dataclass(frozen=True)
class Entry:
    """One way to go. `key` finds its count; a name without an address is left out. `phone`: in the bottom tabs."""

    key: str
    label: Any
    icon: str
    name: str
    phone: bool = False
    query: str = ""

    @property
    def url(self) -> str:
        try:
            return reverse(self.name) + self.query
        except NoReverseMatch:
            return ""


@dataclass(frozen=True)
class Group:
    """Entries under one small heading."""

    label: Any
    entries: Sequence[Entry]


Roles = frozenset[str]
_groups: Callable[[Roles], Sequence[Group]] = lambda roles: ()  # noqa: E731
_counts: Callable[[Any], dict[str, int]] = lambda user: {}  # noqa: E731
_role_words: Callable[[Any], Any] = lambda user: ""  # noqa: E731


def compose(
    groups: Callable[[Roles], Sequence[Group]],
    counts: Callable[[Any], dict[str, int]],
    role_words: Callable[[Any], Any],
) -> None:
    """Set what the menu holds for some roles, the numbers beside it and the words below the user's name."""
    global _groups, _counts, _role_words
    _groups, _counts, _role_words = groups, counts, role_words
    _side.cache_clear()
    _bottom.cache_clear()


def counts(user: Any) -> dict[str, int]:
    """Numbers by menu key for one user."""
    return _counts(user)


def role_words(user: Any) -> Any:
    """What the user is here."""
    return _role_words(user)


def side(context: Context) -> SafeString:
    """The side menu for the signed-in user."""
    return _drawn(context, _side)


def bottom(context: Context) -> SafeString:
    """The four tabs at the bottom of a phone."""
    return _drawn(context, _bottom)


def _drawn(context: Context, draw: Callable[..., SafeString]) -> SafeString:
    shell = context["shell"]
    if not shell.user:
        return html()
    roles = frozenset(getattr(shell.user, "roles", ()))
    numbers = tuple(sorted((key, bounded(count)) for key, count in shell.counts.items() if count))
    return draw(roles, formats.language(), current(roles, context["request"].path), numbers)


def bounded(count: int) -> str:
    """A count beside a menu's entry; whatever is more than two digits is `99+`."""
    return formats.number(count) if count < 100 else f"{formats.number(99)}+"


def current(roles: Roles, path: str) -> str:
    """The key of the entry the path lies in: the longest address that begins it."""
    found = [(len(url), key) for key, url in _addresses(roles) if path == url or (url != "/" and path.startswith(url))]
    return max(found)[1] if found else ""


@lru_cache(maxsize=64)
def _addresses(roles: Roles) -> tuple[tuple[str, str], ...]:
    entries = [entry for group in _groups(roles) for entry in group.entries]
    return tuple((entry.key, entry.url.partition("?")[0]) for entry in entries if entry.url)


@lru_cache(maxsize=1024)
def _side(roles: Roles, lang: str, here: str, numbers: tuple[tuple[str, str], ...]) -> SafeString:
    drawn = [_group(group, here, dict(numbers)) for group in _groups(roles)]
    return html('<div class="c-nav">', *drawn, "</div>")


def _group(group: Group, here: str, numbers: dict[str, str]) -> str:
    entries = "".join(f"<li>{_entry(entry, here, numbers)}</li>" for entry in group.entries if entry.url)
    if not entries:
        return ""
    heading = f"<h2>{esc(group.label)}</h2>" if group.label else ""
    return f"{heading}<ul>{entries}</ul>"


def _entry(entry: Entry, here: str, numbers: dict[str, str]) -> str:
    mark = ' aria-current="page"' if entry.key == here else ""
    count = f"<b>{numbers[entry.key]}</b>" if entry.key in numbers else ""
    return f'<a href="{esc(entry.url)}"{mark}>{icon(entry.icon)}<span>{esc(entry.label)}</span>{count}</a>'


@lru_cache(maxsize=1024)
def _bottom(roles: Roles, lang: str, here: str, numbers: tuple[tuple[str, str], ...]) -> SafeString:
    entries = [entry for group in _groups(roles) for entry in group.entries if entry.phone and entry.url][:4]
    drawn = "".join(_entry(entry, here, {}) for entry in entries)
    label = _("Main places")
    return html(f'<nav class="c-bottom" aria-label="{esc(label)}">', drawn, "</nav>")
