"""RequestRules: who may ask for what, the weights of matching, the clocks; one row."""

from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Forbidden, Refused, Stale
from requests_app.deciding import runs_program
from requests_app.verbs import Verb

WEIGHTS = (
    "weight_industry", "weight_product", "weight_use_case", "weight_region", "weight_size", "weight_language", "weight_role",
    "weight_ratings", "weight_rest",
)  # fmt: skip


class RequestRules(models.Model):
    """Weights are points of 100; clocks are in hours. An empty stage list means any stage."""

    event_ref = "request_rules"

    min_amount = models.DecimalField(
        _("smallest deal that may ask for a live activity"), max_digits=16, decimal_places=2, default=0
    )
    stages = models.JSONField(_("stages that may ask"), default=list, blank=True)
    sla_hours = models.PositiveSmallIntegerField(_("hours until somebody answers"), default=24)
    owner_hours = models.PositiveSmallIntegerField(_("hours an account owner has to agree"), default=48)
    answer_hours = models.PositiveSmallIntegerField(_("hours a reference has to answer"), default=96)
    weight_industry = models.PositiveSmallIntegerField(_("industry"), default=20)
    weight_product = models.PositiveSmallIntegerField(_("product"), default=20)
    weight_use_case = models.PositiveSmallIntegerField(_("use case"), default=15)
    weight_region = models.PositiveSmallIntegerField(_("region"), default=10)
    weight_size = models.PositiveSmallIntegerField(_("company size"), default=10)
    weight_language = models.PositiveSmallIntegerField(_("language"), default=5)
    weight_role = models.PositiveSmallIntegerField(_("role"), default=10)
    weight_ratings = models.PositiveSmallIntegerField(_("past ratings"), default=5)
    weight_rest = models.PositiveSmallIntegerField(_("rest"), default=5)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="request_rules_one")]

    def __str__(self) -> str:
        return "request rules"

    @classmethod
    def current(cls) -> "RequestRules":
        """The rules; the defaults until somebody changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @staticmethod
    def can_be_edited_by(user: Any) -> bool:
        return runs_program(user)

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **values: Any) -> Self:
        """Change rules under their version. Raises Forbidden, Stale, Refused when every weight is nothing."""
        if not self.can_be_edited_by(by):
            raise Forbidden
        RequestRules.objects.bulk_create([RequestRules(pk=1)], ignore_conflicts=True)
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        if version is not None and version != self.version:
            raise Stale
        changed = [name for name, value in values.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, values[name])
        if not any(getattr(self, name) for name in WEIGHTS):
            raise Refused(_("Give at least one part some weight."), code="no_weight", field="weight_industry")
        if changed:
            self.version += 1
            self.save(update_fields=[*changed, "version"])
            record(Verb.REQUEST_RULES_EDITED, self, by=by, fields=",".join(changed))
        return self
