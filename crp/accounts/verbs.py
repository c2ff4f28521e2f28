"""What admins do to accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.events import register


@register
class Verb(models.TextChoices):
    INVITED = "user.invited", _("Invited")
    ROLES_CHANGED = "user.roles_changed", _("Roles changed")
    MOVED = "user.moved", _("Moved to a team")
    DISABLED = "user.disabled", _("Account disabled")
    ENABLED = "user.enabled", _("Account enabled")
    TEAM_MADE = "team.made", _("Team made")
    TEAM_CHANGED = "team.changed", _("Team changed")

    @classmethod
    def glyphs(cls) -> dict[str, tuple[str, str]]:
        return {
            cls.INVITED: ("mail", "accent"),
            cls.ROLES_CHANGED: ("key-round", ""),
            cls.MOVED: ("users", ""),
            cls.DISABLED: ("lock", "stop"),
            cls.ENABLED: ("lock-open", "go"),
            cls.TEAM_MADE: ("users", "go"),
            cls.TEAM_CHANGED: ("users", ""),
        }
