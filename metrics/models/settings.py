"""InsightSettings: the defaults of the figures; one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InsightSettings(models.Model):
    event_ref = "insight_settings"

    lookback_days = models.PositiveSmallIntegerField(_("look-back in days"), default=180)
    unused_days = models.PositiveSmallIntegerField(_("unused after days"), default=180)
    margin_percent = models.PositiveSmallIntegerField(_("margin in percent"), default=60)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="insight_settings_one")]

    def __str__(self) -> str:
        return "insight settings"

    @classmethod
    def current(cls) -> "InsightSettings":
        """The settings; the defaults until somebody changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
