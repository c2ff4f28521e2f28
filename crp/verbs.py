"""The one shape of a verb: guard, lock, change, record. And the refusals a verb may answer with."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import OperationalError, models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

type_text = str | Promise


class Refused(Exception):
    """A rule says no. `message` is a translated sentence, `field` the input it is about (None: the whole)."""

    status = 422

    def __init__(self, message: type_text, *, code: str = "refused", field: str | None = None) -> None:
        super().__init__(str(message))
        self.message, self.code, self.field = message, code, field


class Forbidden(Refused):
    """The actor may see the object but not do this to it."""

    status = 403

    def __init__(self, message: type_text | None = None, *, code: str = "forbidden", field: str | None = None) -> None:
        super().__init__(message or _("You may look at this, but not change it."), code=code, field=field)


class WrongState(Refused):
    """The object's state does not allow the verb; `allowed` holds the states that do."""

    status = 409

    def __init__(self, state: str, verb: str, allowed: Collection[str]) -> None:
        self.state, self.verb, self.allowed = state, verb, sorted(allowed)
        message = _("This can't be done now: it is “%(state)s”, and must be %(allowed)s.") % {
            "state": state.replace("_", " "),
            "allowed": ", ".join(f"“{name.replace('_', ' ')}”" for name in self.allowed),
        }
        super().__init__(message, code="wrong_state")


class Stale(Refused):
    """Somebody else changed the object since the actor read it."""

    status = 409

    def __init__(self, message: type_text | None = None) -> None:
        super().__init__(
            message or _("Somebody changed this while you were editing. Nothing was overwritten; look again."),
            code="stale",
        )


class Busy(Refused):
    """Somebody else holds what the verb needs, for longer than anybody should wait."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody else is at the same thing just now. Nothing was changed; try again in a moment."), code="busy"
        )

    @classmethod
    def of(cls, error: Exception) -> "Busy | None":
        """The refusal that a wait for a lock past its time, or a deadlock, amounts to; None for any other error."""
        code = getattr(error.__cause__, "pgcode", "") if isinstance(error, OperationalError) else ""
        return cls() if code in ("55P03", "40P01") else None


class Stateful(models.Model):
    """A model with a `state` and a table of the transitions its verbs make."""

    TRANSITIONS: ClassVar[dict[str, tuple[Collection[str], str]]] = {}
    if TYPE_CHECKING:
        state: Any

    class Meta:
        abstract = True

    def can(self, verb: str) -> bool:
        """Does the state as last read allow the verb?"""
        return self.state in self.TRANSITIONS[verb][0]

    def lock(self) -> Self:
        """Take the row FOR UPDATE and read it anew. Needs an open transaction."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        return self

    def guard(self, verb: str) -> Self:
        """Raise WrongState unless the state as last read allows the verb."""
        if not self.can(verb):
            raise WrongState(self.state, verb, self.TRANSITIONS[verb][0])
        return self

    def step(self, verb: str, **changes: Any) -> Self:
        """Lock, guard, move to the verb's state and save `changes` with it. Raises WrongState."""
        self.lock().guard(verb)
        target = self.TRANSITIONS[verb][1]
        for name, value in {"state": target, **changes}.items():
            setattr(self, name, value)
        self.save(update_fields=["state", *changes])
        return self


def state_check(choices: type[models.TextChoices], name: str, field: str = "state") -> models.CheckConstraint:
    """The CHECK that keeps the column to its choices."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)


def today(user: Any = None) -> date:
    """The reader's date (his time zone, else the program's). Read the clock only at the edge."""
    zone = getattr(user, "timezone", None) or settings.PROGRAM_TIME_ZONE
    return timezone.localdate(timezone=ZoneInfo(zone))
