"""Collection and ShareLink: a page of material for one prospect; it ends, can be closed, and counts its views."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.links.models import SignedLink
from crp.verbs import Forbidden, Refused, WrongState, today
from materials.verbs import Verb

if TYPE_CHECKING:
    from materials.models.material import Material

PURPOSE = "material.share"
LONGEST = timedelta(days=180)
MOST = 20


class Collection(models.Model):
    """Material in the order somebody put it."""

    title = models.CharField(_("title"), max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="collections")
    made_at = models.DateTimeField(auto_now_add=True)
    materials: models.ManyToManyField = models.ManyToManyField("Material", through="Place", related_name="collections")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title


class Place(models.Model):
    """Where a material stands in a collection."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="places")
    material = models.ForeignKey("Material", models.PROTECT, related_name="places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["collection", "material"], name="place_once")]

    def __str__(self) -> str:
        return f"{self.position}: {self.material_id}"


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def visible_to(self, user: Any) -> Self:
        """One's own; all for those who make material, and admins."""
        if user.is_manager or user.is_marketing or user.is_admin:
            return self
        return self.filter(made_by=user)

    def live(self, now: datetime) -> Self:
        return self.filter(link__revoked_at=None, link__expires_at__gt=now)

    def of(self, material: "Material") -> Self:
        return self.filter(collection__places__material=material)


class ShareLink(models.Model):
    """One prospect's page. Who holds the link sees what is published for outside eyes, as it is on that day."""

    event_ref = "share"
    event_private = True

    collection = models.ForeignKey(Collection, models.PROTECT, related_name="shares")
    link = models.OneToOneField(SignedLink, models.PROTECT, null=True, related_name="+")
    prospect = models.CharField(_("prospect"), max_length=200)
    message = models.TextField(_("message"), blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="shares")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.prospect

    @classmethod
    def make(
        cls, materials: list["Material"], *, by: Any, prospect: str, until: date, title: str = "", message: str = ""
    ) -> tuple["ShareLink", str]:
        """The share and the token of its page, which is told only here. Raises Refused, Forbidden."""
        if not materials or len(materials) > MOST:
            raise Refused(_("Choose one to twenty pieces."), code="number_of_pieces", field="materials")
        for material in materials:
            material.check_shareable(by)
        if not today(by) < until <= today(by) + LONGEST:
            raise Refused(
                _("A share page ends after today, and within half a year."), code="until_out_of_range", field="until"
            )
        with transaction.atomic():
            collection = Collection.objects.create(title=title or materials[0].title, made_by=by)
            Place.objects.bulk_create(
                Place(collection=collection, material=material, position=number)
                for number, material in enumerate(materials, 1)
            )
            share = cls.objects.create(collection=collection, prospect=prospect, message=message, made_by=by)
            ends = timezone.make_aware(datetime.combine(until, time.max), timezone.get_current_timezone())
            share.link, token = SignedLink.objects.issue(PURPOSE, share, expires_at=ends)
            share.save(update_fields=["link"])
            record(
                Verb.SHARED, share, *materials, by=by, prospect=prospect, title=collection.title, count=len(materials)
            )
        return share, token

    @classmethod
    def by_token(cls, token: str, *, now: datetime) -> "ShareLink":
        """The share of a live link. Raises crp.links.models.LinkGone."""
        link = SignedLink.objects.resolve(PURPOSE, token, now=now)
        return cls.objects.select_related("collection", "made_by", "link").get(pk=link.subject_id)

    def can_be_revoked_by(self, user: Any) -> bool:
        return bool(self.made_by_id == user.pk or user.is_manager or user.is_marketing)

    def is_live(self, now: datetime) -> bool:
        return bool(self.link and not self.link.revoked_at and self.link.expires_at > now)

    def revoke(self, *, by: Any) -> None:
        """Close the page for whoever holds the link. Raises Forbidden, WrongState."""
        if not self.can_be_revoked_by(by):
            raise Forbidden
        with transaction.atomic():
            if not SignedLink.objects.filter(pk=self.link_id or 0).revoke(timezone.now()):
                raise WrongState("revoked", "revoke", ["live"])
            record(Verb.SHARE_REVOKED, self, *self.collection.materials.all(), by=by, prospect=self.prospect)

    def pieces(self, on: date) -> list[tuple["Material", bool]]:
        """Its material in order, each with whether it may be shown on the day; asked anew at every view."""
        found = cast(Any, self.collection.materials).with_making().order_by("places__position")
        return [(material, may_be_shown(material, on)) for material in found]


def may_be_shown(material: "Material", on: date) -> bool:
    """Published, for outside eyes, not over, and its permission standing."""
    return material.is_out and not material.blockers(on)
