"""Days and times as events keep them (ISO text), in the reader's way and zone."""

from django import template
from django.utils.dateparse import parse_date, parse_datetime

from crp.ui import formats

register = template.Library()


@register.filter
def iso_day(text: str) -> str:
    """`2026-12-17` → Thu 17 Dec; anything else as it is."""
    try:
        return formats.day(parse_date(text)) or text
    except (TypeError, ValueError):
        return str(text or "")


@register.filter
def iso_moment(text: str) -> str:
    """`2026-12-17T13:00:00+00:00` → Thu 17 Dec, 14:00; anything else as it is."""
    try:
        return formats.moment(parse_datetime(text)) or text
    except (TypeError, ValueError):
        return str(text or "")
