"""What colleagues hear of from this floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role
from crp.inbox import register


@register
class Kind(models.TextChoices):
    NOMINATION_SUBMITTED = "nomination.submitted", _("A customer was nominated")
    NOMINATION_APPROVED = "nomination.approved", _("A customer you nominated became a reference")
    NOMINATION_DECLINED = "nomination.declined", _("A customer you nominated was declined")
    CONSENT_WITHDRAWN = "contact.consent_withdrawn", _("A reference takes no part any more")
    OVERUSE = "usage.overuse", _("References at or near their limit")
    DIGEST = "usage.digest", _("How your references stand, once a week")
    UNUSED = "usage.unused", _("References nobody has asked for long")
    HEALTH_FELL = "health.fell", _("A reference’s health fell low")
    TASK_GIVEN = "task.given", _("A colleague gave you something to do")
    TASK_DUE = "task.due", _("Something you meant to do is due today")
    REFERRAL_MADE = "referral.made", _("A customer sent somebody to us, for you to follow up")
    REFERRAL_WON = "referral.won", _("A deal that a customer sent us is won")
    SURVEY_LOW = "survey.low", _("Somebody at a customer is unhappy with us")

    @classmethod
    def defaults(cls) -> dict[str, str]:
        """A nomination waits in the queue anyway; its mail is for those who want it."""
        return {cls.NOMINATION_SUBMITTED: "inbox", cls.DIGEST: "mail"}

    @classmethod
    def roles(cls) -> dict[str, frozenset[str]]:
        return dict.fromkeys((cls.NOMINATION_SUBMITTED, cls.DIGEST), frozenset({Role.MANAGER}))
