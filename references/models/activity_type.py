"""ActivityType: what a reference can do for us."""

from typing import Any, Self

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused
from references.models.access import allow, may_set_up
from references.verbs import Verb


class ActivityTypeQuerySet(models.QuerySet["ActivityType"]):
    def visible_to(self, user: Any) -> Self:
        """Everyone with a role sees every type."""
        return self if user.roles else self.none()

    def in_use(self) -> Self:
        return self.filter(in_use=True)

    @transaction.atomic
    def add(self, *, by: Any, name: str, slug: str = "", **values: Any) -> "ActivityType":
        """A type of one's own. Raises Forbidden, Refused when the name or slug is taken."""
        allow(may_set_up(by))
        slug = slug or slugify(name) or f"type-{self.count() + 1}"
        if self.filter(models.Q(slug=slug) | models.Q(name__iexact=name)).exists():
            raise Refused(_("There is a type of that name."), code="name_taken", field="name")
        made = self.create(name=name, slug=slug, **values)
        record(Verb.ACTIVITY_TYPE_ADDED, made, by=by, name=name)
        return made


class ActivityType(models.Model):
    """One of the twelve standard types, or an admin's own. Effort is in points; a limit is n uses in so many days."""

    event_ref = "activity_type"

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    icon = models.CharField(_("icon"), max_length=40, default="star")
    live = models.BooleanField(_("live"), default=False)
    naming = models.BooleanField(_("names the customer in public"), default=False)
    effort = models.PositiveSmallIntegerField(_("effort points"), default=1)
    limit_count = models.PositiveSmallIntegerField(_("most uses"), null=True, blank=True)
    limit_days = models.PositiveSmallIntegerField(_("in days"), default=365)
    # What somebody earns by one; 0: the program gives no points for it.
    points = models.PositiveSmallIntegerField(_("points it earns"), default=0)
    program_count = models.PositiveIntegerField(_("most uses in the whole program"), null=True, blank=True)
    cooldown_days = models.PositiveSmallIntegerField(_("rest in days"), default=0)
    position = models.PositiveSmallIntegerField(default=100)
    in_use = models.BooleanField(_("in use"), default=True)

    objects = ActivityTypeQuerySet.as_manager()

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language; the standard names are in the catalogue."""
        return gettext(self.name) if self.name else ""

    @transaction.atomic
    def edit(self, *, by: Any, **values: Any) -> Self:
        """Change limits, rest, effort, name. The slug stays. Raises Forbidden."""
        allow(may_set_up(by))
        changed = [name for name, value in values.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, values[name])
        if changed:
            self.save(update_fields=changed)
            record(Verb.ACTIVITY_TYPE_EDITED, self, by=by, name=self.name, fields=",".join(changed))
        return self


# The seeded names, so that the catalogue knows them.
STANDARD_NAMES = (
    _("Name drop"), _("Logo use"), _("Quote"), _("RFP text"), _("Success story"), _("Case study"), _("ROI case study"),
    _("Sales call"), _("Press"), _("Analyst interview"), _("Video testimonial"), _("Site visit"),
)  # fmt: skip
