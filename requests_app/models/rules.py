"""RequestRules: who may ask for what, the weights of matching, the clocks; one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestRules(models.Model):
    """Weights are points of 100; clocks are in hours. An empty stage list means any stage."""

    event_ref = "request_rules"

    min_amount = models.DecimalField(_("smallest deal that may ask for a live activity"), max_digits=16, decimal_places=2, default=0)
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
