"""Which kinds of notice exist, what they are called, and how they reach people who never chose."""

from django.db import models

KINDS: dict[str, str] = {}
DEFAULTS: dict[str, str] = {}
# Only these roles are asked about the kind on the preferences page; no entry: everybody.
ROLES: dict[str, frozenset[str]] = {}


def register(kinds: type[models.TextChoices]) -> type[models.TextChoices]:
    """
    Class decorator: makes an app's kinds known; the label is the kind's name on the preferences page.

    Optional classmethods: `defaults()` → {kind: both|inbox|mail|off} (else both), `roles()` → {kind: roles who get it}.
    Raises ValueError on a kind that two apps claim.
    """
    for value, label in kinds.choices:
        if value in KINDS:
            raise ValueError(f"Two apps claim the kind of notice {value!r}.")
        KINDS[value] = label
    DEFAULTS.update(getattr(kinds, "defaults", dict)())
    ROLES.update(getattr(kinds, "roles", dict)())
    return kinds


def template(kind: str) -> str:
    """The sentence template of the kind."""
    return f"inbox/kinds/{kind.replace('.', '_')}.html"
