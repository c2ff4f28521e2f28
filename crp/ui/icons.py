"""Lucide icons as one same-origin sprite, so that a row costs one <use>; an icon the sprite lacks is written inline."""

from functools import cache
from xml.etree import ElementTree

import lucide
from django.templatetags.static import static
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SPRITE = "icons.svg"

# `bin/manage sprite` writes static/icons.svg from this list; a test holds the two together.
NAMES = frozenset({
    "activity", "archive", "arrow-down", "arrow-down-wide-narrow", "arrow-left", "arrow-right", "arrow-up",
    "arrow-up-down", "arrow-up-narrow-wide", "badge-check", "ban", "bell", "bell-ring", "book-open", "briefcase",
    "building", "building-2", "calculator", "calendar", "calendar-check", "calendar-clock", "calendar-days",
    "calendar-plus", "calendar-range", "chart-line", "check", "chevron-down", "chevron-left", "chevron-right",
    "chevron-up", "chevrons-up-down", "circle", "circle-alert", "circle-check", "circle-question-mark", "circle-x",
    "clipboard-list", "clock", "clock-alert", "coins", "columns-2", "copy", "database", "download", "ellipsis",
    "external-link", "eye", "file-check", "file-text", "fingerprint-pattern", "flag", "gift", "globe", "grid-3x3",
    "hand", "handshake", "heart-pulse", "history", "hospital", "hourglass", "house", "image", "inbox", "info",
    "key-round", "languages", "layout-grid", "library", "life-buoy", "link", "list", "list-checks", "list-filter",
    "lock", "lock-open", "log-out", "mail", "map-pin", "megaphone", "message-circle-question-mark",
    "message-square", "message-square-text", "messages-square", "mic", "minus", "monitor", "moon", "newspaper",
    "package", "paperclip", "pause", "pencil", "phone", "plus", "quote", "refresh-cw", "rotate-ccw", "scale",
    "scan-eye", "search", "send", "settings", "shapes", "shield", "shield-check", "sliders-horizontal",
    "smartphone", "smile", "sprout", "square-kanban", "stamp", "star", "sun", "tag", "target", "telescope",
    "trash-2", "trending-up", "triangle-alert", "trophy", "upload", "user", "user-plus", "user-x", "users", "video",
    "wallet", "workflow", "x",
})  # fmt: skip

# Arrows and what flies along the line of text turn round with it; clocks, ticks, media and brand do not.
MIRRORED = frozenset({
    "arrow-down-wide-narrow", "arrow-left", "arrow-right", "arrow-up-narrow-wide", "book-open", "chart-line",
    "chevron-left", "chevron-right", "external-link", "file-text", "list", "list-checks", "list-filter", "log-out",
    "message-square-text", "send", "trending-up",
})  # fmt: skip

# The sign of the house and the hatched pip of gauges are drawn by us.
OWN = {
    "brand": '<symbol id="brand" viewBox="0 0 24 24"><path fill="currentColor" stroke="none" d="M10.6 7.2C7.3 8.1 5.2 '
    "10.3 5.2 13.6c0 2 1.2 3.4 3 3.4 1.6 0 2.7-1.1 2.7-2.6 0-1.4-1-2.4-2.3-2.4h-.5c.3-1.3 1.3-2.3 2.9-2.9zm8 "
    "0c-3.3.9-5.4 3.1-5.4 6.4 0 2 1.2 3.4 3 3.4 1.6 0 2.7-1.1 2.7-2.6 0-1.4-1-2.4-2.3-2.4h-.5c.3-1.3 1.3-2.3 "
    '2.9-2.9z"/></symbol>',
}


@cache
def shapes(name: str) -> str:
    """The drawing inside Lucide's <svg>, on a 24 px grid. Raises lucide.IconDoesNotExist."""
    svg = lucide._load_icon(name)
    return "".join(ElementTree.tostring(node, encoding="unicode").strip() for node in svg)


@cache
def icon(name: str, css: str = "") -> SafeString:
    """`<svg class="i">` for a Lucide name; decoration only, so the words beside it must say the same."""
    classes = " ".join(part for part in ("i", "i-turn" if name in MIRRORED else "", css) if part)
    if name in NAMES or name in OWN:
        inner = f'<use href="{escape(static(SPRITE))}#{name}"/>'
    else:
        inner = shapes(name)
    view = "" if name in NAMES else ' viewBox="0 0 24 24"'
    return mark_safe(f'<svg class="{escape(classes)}"{view} aria-hidden="true">{inner}</svg>')


def sprite() -> str:
    """The whole sprite file."""
    symbols = [f'<symbol id="{name}" viewBox="0 0 24 24">{shapes(name)}</symbol>' for name in sorted(NAMES)]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join([*OWN.values(), *symbols]) + "\n</svg>\n"
