"""UsagePolicy: the program's own limits; one row."""

from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from references.models.access import allow, may_set_up
from references.models.editing import Editable
from references.verbs import Verb


class UsagePolicy(Editable):
    """
    Limits in windows that roll with the day: live uses and effort points per person, effort points per customer and, where
    somebody sets them, live uses and effort points of the whole program. Rest between live uses, in days.
    """

    event_ref = "usage_policy"

    live_count = models.PositiveSmallIntegerField(_("live uses per person"), default=4)
    live_days = models.PositiveSmallIntegerField(_("in days"), default=90)
    contact_effort = models.PositiveSmallIntegerField(_("effort points per person"), null=True, blank=True, default=10)
    contact_days = models.PositiveSmallIntegerField(_("in days"), default=90)
    customer_effort = models.PositiveSmallIntegerField(_("effort points per customer"), default=12)
    customer_days = models.PositiveSmallIntegerField(_("in days"), default=90)
    program_live = models.PositiveIntegerField(_("live uses of the whole program"), null=True, blank=True)
    program_effort = models.PositiveIntegerField(_("effort points of the whole program"), null=True, blank=True)
    program_days = models.PositiveSmallIntegerField(_("in days"), default=30)
    cooldown_days = models.PositiveSmallIntegerField(_("days between live uses of one person"), default=14)
    cooldown_hard = models.BooleanField(_("nobody is asked while he rests"), default=False)
    unused_days = models.PositiveSmallIntegerField(_("days after which a willing person counts as unused"), default=180)
    hold_days = models.PositiveSmallIntegerField(_("days an ask holds capacity"), default=14)
    renewal_days = models.PositiveSmallIntegerField(_("days before a renewal to go easy"), default=60)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="usage_policy_one")]

    def __str__(self) -> str:
        return "usage policy"

    @property
    def window(self) -> int:
        """The longest of the windows of one customer's people, in days."""
        return max(self.live_days, self.contact_days, self.customer_days)

    @property
    def limits_program(self) -> bool:
        return self.program_live is not None or self.program_effort is not None

    @classmethod
    def current(cls) -> "UsagePolicy":
        """The policy; the defaults until somebody changed it."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **limits: int) -> Self:
        """Change the program's limits. Raises Forbidden, Stale."""
        allow(may_set_up(by))
        UsagePolicy.objects.get_or_create(pk=1)
        before = UsagePolicy.current()
        changed = self.change(version, **limits)
        if changed:
            old = {f"{name}_before": getattr(before, name) for name in changed}
            record(Verb.USAGE_POLICY_EDITED, self, by=by, **{name: getattr(self, name) for name in changed}, **old)
        return self
