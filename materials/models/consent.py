"""ConsentGrant: what a customer allowed us to say, where, under which name and until when."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.inbox import notify
from crp.verbs import Forbidden, Refused, WrongState, today
from materials.models.kinds import NEEDS, Audience, Channel, Naming
from materials.notices import Kind
from materials.verbs import Verb

if TYPE_CHECKING:
    from materials.models.material import Material
    from references.models import Contact


class ConsentGrantQuerySet(models.QuerySet["ConsentGrant"]):
    def live(self, on: date) -> Self:
        """Begun, not over, not withdrawn."""
        running = models.Q(until=None) | models.Q(until__gte=on)
        return self.filter(running, starts_on__lte=on, withdrawn_at=None)

    def about(self, material: "Material") -> Self:
        """Given for the material, or for everything made with its customer."""
        own = models.Q(material=material)
        return self.filter(
            own | models.Q(material=None, customer=material.customer_id) if material.customer_id else own
        )

    def visible_to(self, user: Any) -> Self:
        from materials.models.material import Material

        return self.filter(material__in=Material.objects.visible_to(user))


class ConsentGrant(models.Model):
    """
    Scope is one material, or with none all that is made with the customer. Given with an approval it holds for that
    `version` only. Withdrawing it withdraws the material that rests on nothing else.
    """

    event_ref = "permission"

    customer = models.ForeignKey("references.Customer", models.PROTECT, related_name="permissions")
    material = models.ForeignKey("Material", models.PROTECT, null=True, blank=True, related_name="permissions")
    version = models.ForeignKey("MaterialVersion", models.PROTECT, null=True, blank=True, related_name="permissions")
    contact = models.ForeignKey("references.Contact", models.PROTECT, null=True, blank=True, related_name="permissions")
    channels = ArrayField(models.CharField(max_length=5, choices=Channel.choices), verbose_name=_("where"))
    naming = models.CharField(_("naming"), max_length=9, choices=Naming.choices)
    starts_on = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    proof = models.TextField(_("proof"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(_("reason"), blank=True)

    objects = ConsentGrantQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(naming__in=Naming.values), name="permission_naming_known"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("starts_on")),
                name="permission_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["until"], condition=models.Q(withdrawn_at=None), name="permission_until")]

    def __str__(self) -> str:
        return f"{self.get_naming_display()}, {self.starts_on}"

    @classmethod
    def grant(cls, material: "Material", *, by: Any, whole_customer: bool = False, **facts: Any) -> "ConsentGrant":
        """Record permission given outside a link. `facts`: contact, channels, naming, starts_on, until, proof. Raises Refused."""
        if not material.can_be_edited_by(by):
            raise Forbidden
        if material.customer is None:
            raise Refused(_("Say first which customer this is made with."), code="no_customer", field="customer")
        if not facts.get("proof", "").strip():
            raise Refused(
                _("Say where the permission can be found: a mail, a contract, a letter."),
                code="no_proof",
                field="proof",
            )
        until = facts.get("until")
        if until and until < facts["starts_on"]:
            raise Refused(_("It ends before it begins."), code="ends_before_start", field="until")
        scope = None if whole_customer else material
        with transaction.atomic():
            grant: ConsentGrant = cls.objects.create(
                customer=material.customer, material=scope, recorded_by=by, **facts
            )
            record(
                Verb.PERMISSION_GRANTED,
                grant,
                material,
                material.customer,
                by=by,
                contact=facts.get("contact"),
                title=material.title,
            )
        return grant

    @classmethod
    def from_approval(
        cls, material: "Material", *, contact: "Contact", version: Any, naming: str, until: date, proof: str
    ) -> "ConsentGrant":
        """The permission an approval gives: this version, under this name, where its audience needs it."""
        channels = sorted(NEEDS[Audience(material.audience)] | {Channel.SALES})
        return cls.objects.create(
            customer=contact.customer, material=material, version=version, contact=contact, channels=channels, naming=naming,
            starts_on=today(), until=until, proof=proof,
        )  # fmt: skip

    def is_live(self, on: date) -> bool:
        """Twin of `objects.live(on)`."""
        return self.withdrawn_at is None and self.starts_on <= on and (self.until is None or self.until >= on)

    def covers(self, material: "Material", version_id: int | None, on: date) -> bool:
        """Does it allow the material in that version, under its name and for its audience, on the day?"""
        named = Naming(self.naming).openness >= Naming(material.naming).openness
        worded = self.version_id in (None, version_id)
        return self.is_live(on) and named and worded and NEEDS[Audience(material.audience)] <= set(self.channels)

    def can_be_withdrawn_by(self, user: Any) -> bool:
        """Who makes material, and the account owner, whom the customer tells first."""
        return bool(user.is_manager or user.is_marketing or self.customer.owner_id == user.pk)

    def withdraw(self, *, by: Any, reason: str = "") -> list["Material"]:
        """Take the permission back, and with it every material that has no other. Returns those. Raises WrongState."""
        from materials.models.material import Material

        if by and not self.can_be_withdrawn_by(by):
            raise Forbidden
        with transaction.atomic():
            self.refresh_from_db(from_queryset=ConsentGrant.objects.select_for_update())
            if self.withdrawn_at:
                raise WrongState("withdrawn", "withdraw", ["live"])
            self.withdrawn_at, self.withdrawn_reason = timezone.now(), reason
            self.save(update_fields=["withdrawn_at", "withdrawn_reason"])
            event = record(
                Verb.PERMISSION_WITHDRAWN,
                self,
                self.material,
                self.customer,
                by=by,
                contact=self.contact,
                reason=reason,
            )
            resting = Material.objects.standing().filter(customer=self.customer)
            resting = resting.filter(pk=self.material_id) if self.material_id else resting
            fallen = [material for material in resting.order_by("pk") if material.fall(by=by)]
            for material in fallen:
                notify(
                    [material.owner, *material.sharers()], Kind.PERMISSION_WITHDRAWN, event=event,
                    url=material.get_absolute_url(), context={"title": material.title},
                )  # fmt: skip
        return fallen
