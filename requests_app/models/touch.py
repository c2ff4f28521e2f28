"""What touched a deal: completed activities and material used on it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models.opportunity import Opportunity


class MaterialUseQuerySet(models.QuerySet["MaterialUse"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(opportunity__in=Opportunity.objects.visible_to(user))


class MaterialUse(models.Model):
    """Material used on a deal: by whom, when, through which share link."""

    event_ref = "material_use"

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="material_uses", verbose_name=_("deal"))
    material = models.ForeignKey("materials.Material", models.PROTECT, related_name="uses", verbose_name=_("material"))
    on = models.DateField(_("on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    share_ref = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MaterialUseQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        indexes = [models.Index(fields=["material", "-on"], name="material_use_material")]

    def __str__(self) -> str:
        return f"{self.material_id} on {self.opportunity_id}"


class Touch(models.Model):
    """One touch of one deal, by an activity or a material use; what kpis.md counts."""

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="touches")
    on = models.DateField()
    activity = models.OneToOneField("references.Activity", models.PROTECT, null=True, related_name="touch")
    material_use = models.OneToOneField(MaterialUse, models.PROTECT, null=True, related_name="touch")

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(activity__isnull=False, material_use=None)
                | models.Q(activity=None, material_use__isnull=False),
                name="touch_of_one",
            )
        ]
        indexes = [models.Index(fields=["opportunity", "on"], name="touch_opportunity")]

    def __str__(self) -> str:
        return f"{self.opportunity_id} on {self.on}"
