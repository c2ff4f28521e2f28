"""May this contact still be written to? Asked when the mail leaves, not when it was written."""

from collections.abc import Callable
from typing import Any

Guard = Callable[[int], bool]
_guards: list[Guard] = []


def guard(allowed: Guard) -> Guard:
    """Decorator: `allowed(contact_id)` must be true for every guard, or mail to the contact is suppressed."""
    if allowed not in _guards:
        _guards.append(allowed)
    return allowed


# By template: is what the mail says still to be said? Asked with the context it was written with.
Wanted = Callable[[dict[str, Any]], bool]
_wanted: dict[str, Wanted] = {}


def still_wanted(template: str) -> Callable[[Wanted], Wanted]:
    """Decorator: a mail of the template leaves only where `wanted(context)` is true at that moment."""

    def keep(wanted: Wanted) -> Wanted:
        _wanted[template] = wanted
        return wanted

    return keep


def is_wanted(template: str, context: dict[str, Any]) -> bool:
    """Nobody objects to the mail leaving now."""
    return _wanted[template](context) if template in _wanted else True


# Who gives the address where a contact says what he may be asked; empty while nobody does.
_choices: list[Callable[[int], str]] = []


def links_choices(path: Callable[[int], str]) -> Callable[[int], str]:
    """Decorator: `path(contact_id)` is the address of the contact's own choices, put below every mail to him."""
    _choices[:] = [path]
    return path


def choices_of(contact_id: int) -> str:
    """The path, or nothing."""
    return _choices[0](contact_id) if _choices else ""


def may_write_to(contact_id: int) -> bool:
    """Do all guards agree?"""
    return all(allowed(contact_id) for allowed in _guards)
