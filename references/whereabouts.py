"""Where a person is used: every floor names its own rows, so that taking consent back shows at once what hangs on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

MOST = 50


@dataclass(frozen=True)
class Use:
    """One place: what it is, its name, where to look, how it stands and since when. `live`: it is out or under way."""

    kind: str
    name: str
    url: str
    state: str
    on: date | None
    live: bool = False


Source = Callable[[Any, Any], list[Use]]
_sources: list[Source] = []


def names_uses(source: Source) -> Source:
    """Decorator: `source(contact, user)` → at most MOST uses the user may see, the latest first, in constant queries."""
    if source not in _sources:
        _sources.append(source)
    return source


def uses_of(contact: Any, user: Any) -> list[Use]:
    """All of them: what is live first, then the latest."""
    found = [use for source in _sources for use in source(contact, user)]
    return sorted(found, key=lambda use: (not use.live, -(use.on or date.min).toordinal()))
