"""Which verbs exist, which are reserved, and who can name a person."""

from collections.abc import Callable, Iterable, Mapping

from django.db import models

VERBS: dict[str, type[models.TextChoices]] = {}
RESERVED: set[str] = set()
# Icon and tint (go, ask, rest, stop, accent or none) beside the sentence.
GLYPHS: dict[str, tuple[str, str]] = {}
PLAIN = ("circle", "")
PersonNames = Callable[[Iterable[int]], Mapping[int, str]]
_person_names: list[PersonNames] = []


def register(verbs: type[models.TextChoices]) -> type[models.TextChoices]:
    """
    Class decorator: makes an app's verbs known. Raises ValueError on a verb that two apps claim.

    Optional classmethods: `reserved()` → verbs sales reps do not read, `glyphs()` → {verb: (icon, tint)}.
    """
    for value in verbs.values:
        if VERBS.get(value, verbs) is not verbs:
            raise ValueError(f"Two apps claim the verb {value!r}.")
        VERBS[value] = verbs
    RESERVED.update(getattr(verbs, "reserved", frozenset)())
    GLYPHS.update(getattr(verbs, "glyphs", dict)())
    return verbs


def person_names_from(lookup: PersonNames) -> PersonNames:
    """Decorator: what turns contact ids into names. Events hold ids only, so an erased person stays forgotten."""
    _person_names[:] = [lookup]
    return lookup


def person_names(ids: Iterable[int]) -> Mapping[int, str]:
    """Names by contact id; erased people are missing. One query, none for no ids."""
    wanted = set(ids)
    return _person_names[0](wanted) if wanted and _person_names else {}
