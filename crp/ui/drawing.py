"""Pieces that are drawn once for what they say and kept: a list of fifty rows mostly says what it said a minute ago."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from crp.ui import formats


def drawn(template: str, **facts: Any) -> SafeString:
    """
    The template over `facts`, which must be hashable and all it needs: no request, no rows that may change.

    What depends on the hour or the time zone goes in as finished words; language and digits are part of the key.
    """
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(template, formats.number_locale(), tuple(facts.items()))


@lru_cache(maxsize=8192)
def _drawn(template: str, number_locale: str, facts: tuple[tuple[str, Any], ...]) -> SafeString:
    return render_to_string(template, dict(facts))
