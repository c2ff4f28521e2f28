"""HealthRules: what a customer's health is made of, and what follows from it; one row."""

from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused
from references.models.access import allow, may_set_up
from references.models.editing import Editable
from references.verbs import Verb

WEIGHTS = ("recommends", "satisfaction", "tenure", "helped", "complaints", "renewal")


class HealthRules(Editable):
    """Weights are shares of 100, whatever they add up to. Days of 0 switch a rule off."""

    event_ref = "health_rules"

    recommends = models.PositiveSmallIntegerField(_("would recommend us"), default=30)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), default=15)
    tenure = models.PositiveSmallIntegerField(_("years with us"), default=15)
    helped = models.PositiveSmallIntegerField(_("how their help was rated"), default=15)
    complaints = models.PositiveSmallIntegerField(_("few complaints in a year"), default=15)
    renewal = models.PositiveSmallIntegerField(_("renewal not near"), default=10)
    nominates = models.BooleanField(_("healthy candidates are nominated"), default=True)
    threshold = models.PositiveSmallIntegerField(_("from a health of"), default=75)
    tenure_months = models.PositiveSmallIntegerField(_("and after so many months with us"), default=12)
    again_days = models.PositiveSmallIntegerField(_("not again within days"), default=180)
    won_days = models.PositiveSmallIntegerField(_("days after a won deal to nominate its customer"), default=90)
    caution_below = models.PositiveSmallIntegerField(_("warn when health falls below"), default=40)
    pauses_below = models.PositiveSmallIntegerField(_("pause when health falls below"), default=0)
    pauses_on_complaint = models.BooleanField(
        _("a bad complaint pauses the customer until it is settled"), default=True
    )
    renewal_days = models.PositiveSmallIntegerField(_("days before a renewal to pause the customer"), default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="health_rules_one"),
            models.CheckConstraint(condition=models.Q(threshold__lte=100), name="health_threshold_range"),
            models.CheckConstraint(
                condition=models.Q(caution_below__lte=100, pauses_below__lte=100), name="health_lines_range"
            ),
        ]

    def __str__(self) -> str:
        return "health rules"

    @classmethod
    def current(cls) -> "HealthRules":
        """The rules; the defaults until somebody changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in WEIGHTS)

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **values: Any) -> Self:
        """Change the rules. Raises Forbidden, Stale, Refused when no weight is left or the threshold is over 100."""
        allow(may_set_up(by))
        weights = {name: values.get(name, getattr(self, name)) for name in WEIGHTS}
        if not sum(weights.values()):
            raise Refused(_("Leave at least one weight above zero."), code="no_weight", field="recommends")
        for name in ("threshold", "caution_below", "pauses_below"):
            if values.get(name, getattr(self, name)) > 100:
                raise Refused(_("Health goes from 0 to 100."), code="out_of_range", field=name)
        HealthRules.objects.get_or_create(pk=1)
        changed = self.change(version, **values)
        if changed:
            record(Verb.HEALTH_RULES_EDITED, self, by=by, fields=",".join(changed))
        return self
