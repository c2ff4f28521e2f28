"""ActivityType: what a reference can do for us."""

from django.db import models
from django.utils.translation import gettext, gettext_lazy as _


class ActivityType(models.Model):
    """One of the twelve standard types, or an admin's own. Effort is in points; a limit is n uses in so many days."""

    event_ref = "activity_type"

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    icon = models.CharField(_("icon"), max_length=40, default="star")
    live = models.BooleanField(_("live"), default=False)
    effort = models.PositiveSmallIntegerField(_("effort points"), default=1)
    limit_count = models.PositiveSmallIntegerField(_("most uses"), null=True, blank=True)
    limit_days = models.PositiveSmallIntegerField(_("in days"), default=365)
    cooldown_days = models.PositiveSmallIntegerField(_("rest in days"), default=0)
    position = models.PositiveSmallIntegerField(default=100)
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language; the standard names are in the catalogue."""
        return gettext(self.name) if self.name else ""


# The seeded names, so that the catalogue knows them.
STANDARD_NAMES = (
    _("Name drop"), _("Logo use"), _("Quote"), _("RFP text"), _("Success story"), _("Case study"), _("ROI case study"),
    _("Sales call"), _("Press"), _("Analyst interview"), _("Video testimonial"), _("Site visit"),
)  # fmt: skip
