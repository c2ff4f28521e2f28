"""What touched a deal: completed activities and material used on it."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Forbidden, Refused, today
from materials.models.kinds import Audience, MaterialState
from requests_app.models.opportunity import Opportunity
from requests_app.verbs import Verb

USABLE = (MaterialState.APPROVED, MaterialState.PUBLISHED, MaterialState.REVIEW_DUE)


class MaterialUseQuerySet(models.QuerySet["MaterialUse"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(opportunity__in=Opportunity.objects.visible_to(user))


class MaterialUse(models.Model):
    """Material used on a deal: by whom, when, through which share link."""

    event_ref = "material_use"
    event_private = True

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="material_uses", verbose_name=_("deal"))
    material = models.ForeignKey("materials.Material", models.PROTECT, related_name="uses", verbose_name=_("material"))
    on = models.DateField(_("on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    share_ref = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MaterialUseQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [models.UniqueConstraint(fields=["opportunity", "material", "on"], name="material_use_once")]
        indexes = [models.Index(fields=["material", "-on"], name="material_use_material")]

    def __str__(self) -> str:
        return f"{self.material_id} on {self.opportunity_id}"

    @classmethod
    @transaction.atomic
    def record(
        cls, *, by: Any, opportunity: Opportunity, material: Any, on: date, share_ref: str = ""
    ) -> "MaterialUse":
        """Note that material was used on the deal on a day not to come; it touches the deal. Raises Forbidden, Refused."""
        if not opportunity.can_be_touched_by(by):
            raise Forbidden
        if on > today(by):
            raise Refused(_("This day is still to come."), code="in_the_future", field="on")
        guard_usable(material)
        # Two uses on one day are one; the deal's lock makes a double post find the first.
        opportunity.lock()
        known = cls.objects.filter(opportunity=opportunity, material=material, on=on).first()
        if known:
            return known
        use = cls.objects.create(opportunity=opportunity, material=material, on=on, by=by, share_ref=share_ref)
        Touch.objects.add(opportunity, on=on, material_use=use)
        record(
            Verb.MATERIAL_USE_RECORDED, use, opportunity, material, by=by,
            title=material.title, deal=opportunity.name, on=on.isoformat(),
        )  # fmt: skip
        return use


def guard_usable(material: Any) -> None:
    """Raise Refused for material that is not cleared, or not meant for outsiders."""
    if material.state not in USABLE:
        raise Refused(_("This material is not cleared for use."), code="not_cleared", field="material")
    if material.audience == Audience.INTERNAL:
        raise Refused(_("This material is for inside use only."), code="internal", field="material")


class TouchQuerySet(models.QuerySet["Touch"]):
    @transaction.atomic
    def add(self, opportunity: Opportunity, *, on: date, activity: Any = None, material_use: Any = None) -> "Touch":
        """One touch, with the deal's day of latest touch and its closing day kept true. Locks the deal."""
        touch = self.create(opportunity=opportunity, on=on, activity=activity, material_use=material_use)
        opportunity.touched()
        return touch


class Touch(models.Model):
    """One touch of one deal, by an activity or a material use; what kpis.md counts."""

    opportunity = models.ForeignKey(Opportunity, models.PROTECT, related_name="touches")
    on = models.DateField()
    activity = models.OneToOneField("references.Activity", models.PROTECT, null=True, related_name="touch")
    material_use = models.OneToOneField(MaterialUse, models.PROTECT, null=True, related_name="touch")

    objects = TouchQuerySet.as_manager()

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
