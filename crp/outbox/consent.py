"""May this contact still be written to? Asked when the mail leaves, not when it was written."""

from collections.abc import Callable

Guard = Callable[[int], bool]
_guards: list[Guard] = []


def guard(allowed: Guard) -> Guard:
    """Decorator: `allowed(contact_id)` must be true for every guard, or mail to the contact is suppressed."""
    if allowed not in _guards:
        _guards.append(allowed)
    return allowed


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
