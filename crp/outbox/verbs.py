"""What people do to messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.events import register


@register
class Verb(models.TextChoices):
    RETRIED = "message.retried", _("Sent again")
    DROPPED = "message.dropped", _("Dropped")

    @classmethod
    def glyphs(cls) -> dict[str, tuple[str, str]]:
        return {cls.RETRIED: ("send", ""), cls.DROPPED: ("trash-2", "")}
