"""
What stops when a person takes his consent back or is forgotten, and what is then forgotten. Each floor above adds its own
part; all of it happens in the transaction of the verb.
"""

from collections.abc import Callable
from typing import Any

Part = Callable[[Any], None]
_stops: list[Part] = []
_forgets: list[Part] = []


def stops(part: Part) -> Part:
    """Decorator: `part(contact)` ends what is under way with the person."""
    if part not in _stops:
        _stops.append(part)
    return part


def forgets(part: Part) -> Part:
    """Decorator: `part(contact)` clears words about the person; counts and dates stay."""
    if part not in _forgets:
        _forgets.append(part)
    return part


def stop(contact: Any) -> None:
    """End everything under way. First of all the verb does: asks are locked before the person's own row, as everywhere."""
    for part in _stops:
        part(contact)


def forget(contact: Any) -> None:
    """Clear everything said about the person."""
    for part in _forgets:
        part(contact)
