"""May this contact still be written to? Asked when the mail leaves, not when it was written."""

from collections.abc import Callable

Guard = Callable[[int], bool]
_guards: list[Guard] = []


def guard(allowed: Guard) -> Guard:
    """Decorator: `allowed(contact_id)` must be true for every guard, or mail to the contact is suppressed."""
    if allowed not in _guards:
        _guards.append(allowed)
    return allowed


def may_write_to(contact_id: int) -> bool:
    """Do all guards agree?"""
    return all(allowed(contact_id) for allowed in _guards)
