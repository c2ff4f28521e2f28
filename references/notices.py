"""What colleagues hear of from this floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.inbox import register


@register
class Kind(models.TextChoices):
    NOMINATION_APPROVED = "nomination.approved", _("A customer you nominated became a reference")
    NOMINATION_DECLINED = "nomination.declined", _("A customer you nominated was declined")
    OVERUSE = "usage.overuse", _("References at or near their limit")
    UNUSED = "usage.unused", _("References nobody has asked for long")
