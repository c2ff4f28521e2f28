"""UsagePolicy: the program's own limits; one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UsagePolicy(models.Model):
    """Live uses per contact in a period; effort points per customer in a calendar quarter; rest between live uses, in days."""

    event_ref = "usage_policy"

    live_count = models.PositiveSmallIntegerField(_("live uses per person"), default=4)
    live_days = models.PositiveSmallIntegerField(_("in days"), default=90)
    customer_effort = models.PositiveSmallIntegerField(_("effort points per customer and quarter"), default=12)
    cooldown_days = models.PositiveSmallIntegerField(_("days between live uses of one person"), default=14)
    unused_days = models.PositiveSmallIntegerField(_("days after which a willing person counts as unused"), default=180)
    hold_days = models.PositiveSmallIntegerField(_("days an ask holds capacity"), default=14)
    renewal_days = models.PositiveSmallIntegerField(_("days before a renewal to go easy"), default=60)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="usage_policy_one")]

    def __str__(self) -> str:
        return "usage policy"

    @classmethod
    def current(cls) -> "UsagePolicy":
        """The policy; the defaults until somebody changed it."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
