"""Marks of the insight pages: `{% load insight %}`, `{% band 0.41 0.34 0.49 sentence %}`."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

from crp.ui import formats
from crp.ui.marks import esc, html

register = template.Library()

WIDTH, EDGE = 300, 18


def _x(share: float) -> float:
    """Where a share of 1 stands; mirrored in right-to-left pages, so that the numbers need no mirroring back."""
    at = EDGE + share * (WIDTH - 2 * EDGE)
    return round(WIDTH - at if get_language_bidi() else at, 1)


@register.simple_tag
def band(rate: float, low: float, high: float, label: str, kind: str = "") -> SafeString:
    """A rate (0..1) as a dot on its interval, on a scale with quarter ticks. `label`: its sentence."""
    ticks = "".join(f"M{_x(quarter / 4)} 8v8" for quarter in range(5))
    start, end = sorted((_x(low), _x(high)))
    words = [formats.number(round(share * 100)) for share in (low, high)]
    first, last = reversed(words) if get_language_bidi() else words
    return html(
        f'<svg class="c-interval {esc(kind)}" viewBox="0 0 {WIDTH} 24" role="img" aria-label="{esc(label)}">'
        f'<path class="a" d="M{EDGE} 12H{WIDTH - EDGE}{ticks}"/><path class="b" d="M{start} 12H{end}"/>'
        f'<circle cx="{_x(rate)}" cy="12" r="5.5"/>'
        f'<text x="{start - 9}" y="16" text-anchor="end">{first}</text><text x="{end + 9}" y="16">{last}</text></svg>'
    )


@register.simple_tag
def band_scale() -> SafeString:
    """The scale below the bands; the bands' own words say the same."""
    marks = "".join(
        f'<text x="{_x(quarter / 4)}" y="12" text-anchor="middle">'
        f"{formats.percent(1) if quarter == 4 else formats.number(quarter * 25)}</text>"
        for quarter in range(5)
    )
    return html(f'<svg class="c-interval" viewBox="0 0 {WIDTH} 16" aria-hidden="true">{marks}</svg>')


@register.filter
def unlocalised(value: Any) -> str:
    """The number as a script reads it."""
    return str(value)
