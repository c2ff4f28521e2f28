"""What people do to the figures: they set what is assumed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.events import register


@register
class Verb(models.TextChoices):
    SETTINGS_CHANGED = "insight_settings.changed", _("Insight settings changed")
    RATE_SET = "exchange_rate.set", _("Exchange rate set")
    RATE_REMOVED = "exchange_rate.removed", _("Exchange rate removed")
