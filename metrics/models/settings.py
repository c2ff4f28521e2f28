"""InsightSettings: the defaults of the figures; one row."""

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Forbidden, Stale
from metrics.verbs import Verb


def may_change(user: Any) -> None:
    """Raises Forbidden: only an admin sets what the figures assume."""
    if not (user and user.is_admin):
        raise Forbidden


class InsightSettings(models.Model):
    """`version` grows with every change here and to the rates, so that what was summed before is known to be old."""

    event_ref = "insight_settings"
    CHANGEABLE = (
        "lookback_days", "unused_days", "margin_percent", "yearly_cost", "hour_cost", "point_hours", "assumed_request_percent",
    )  # fmt: skip

    lookback_days = models.PositiveSmallIntegerField(
        _("look-back in days"),
        default=180,
        validators=[MaxValueValidator(3650)],
        help_text=_(
            "A won deal is influenced when a reference or its material touched it within so many days before it closed."
        ),
    )
    unused_days = models.PositiveSmallIntegerField(
        _("unused after days"), default=180, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    margin_percent = models.PositiveSmallIntegerField(
        _("margin in percent"), default=60, validators=[MaxValueValidator(100)]
    )
    yearly_cost = models.DecimalField(
        _("what the program costs a year"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In the program's currency. Without it, no return is shown."),
    )
    hour_cost = models.DecimalField(
        _("what an hour of our people costs"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In the program's currency. Without it, no cost of a tier is shown."),
    )
    point_hours = models.DecimalField(
        _("hours for a point of effort"),
        max_digits=5,
        decimal_places=2,
        default=Decimal("0.5"),
        validators=[MinValueValidator(0)],
        help_text=_("Assumed for uses whose hours nobody noted."),
    )
    assumed_request_percent = models.PositiveSmallIntegerField(
        _("deals that ask for a reference, in percent"),
        default=10,
        validators=[MaxValueValidator(100)],
        help_text=_("Assumed for coverage until the program has seen requests of its own."),
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="insight_settings_one")]

    def __str__(self) -> str:
        return "insight settings"

    @classmethod
    def current(cls) -> "InsightSettings":
        """The settings; the defaults until somebody changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @classmethod
    def touch(cls) -> "InsightSettings":
        """Lock the row, raise its version. Needs an open transaction."""
        cls.objects.get_or_create(pk=1)
        found = cls.objects.select_for_update().get(pk=1)
        found.version += 1
        found.save(update_fields=["version"])
        return found

    @classmethod
    @transaction.atomic
    def change(cls, *, by: Any, version: int, **values: Any) -> "InsightSettings":
        """Set some of CHANGEABLE; `version` is the one the actor read. Raises Forbidden, Stale."""
        may_change(by)
        found = cls.touch()
        if found.version != version + 1:
            raise Stale
        changed = {
            name: values[name] for name in cls.CHANGEABLE if name in values and values[name] != getattr(found, name)
        }
        for name, value in changed.items():
            setattr(found, name, value)
        found.save(update_fields=list(cls.CHANGEABLE))
        if changed:
            record(Verb.SETTINGS_CHANGED, found, by=by, **{name: str(value) for name, value in changed.items()})
        return found
