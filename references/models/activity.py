"""The usage ledger: every use of a reference, and the capacity held for asks under way."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from references.models.activity_type import ActivityType
from references.models.contact import Contact
from references.models.customer import Customer


class Outcome(models.TextChoices):
    HELD = "held", _("Took place")
    HELPED = "helped", _("Took place and helped")
    NO_EFFECT = "no_effect", _("Took place, made no difference")


class ActivityOrigin(models.TextChoices):
    ASSIGNMENT = "assignment", _("Request")
    OFF_BOOK = "off_book", _("Off the books")
    IMPORT = "import", _("Import")


class Activity(models.Model):
    """One use. `effort` is in points as counted then; `origin_ref` names what wrote it (`assignment:9`)."""

    event_ref = "activity"

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="activities")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="activities")
    activity_type = models.ForeignKey(ActivityType, models.PROTECT, related_name="activities")
    on = models.DateField(_("on"))
    effort = models.PositiveSmallIntegerField(_("effort points"))
    live = models.BooleanField(default=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.HELD)
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=2, null=True, blank=True)
    origin = models.CharField(max_length=10, choices=ActivityOrigin.choices, default=ActivityOrigin.ASSIGNMENT)
    origin_ref = models.CharField(max_length=60, blank=True)
    prospect = models.CharField(_("prospect"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["origin_ref"], condition=~models.Q(origin_ref=""), name="activity_origin_once")
        ]
        indexes = [
            models.Index(fields=["contact", "activity_type", "on"], name="activity_contact_type"),
            models.Index(fields=["contact", "live", "on"], name="activity_contact_live"),
            models.Index(fields=["customer", "-on"], name="activity_customer"),
            models.Index(fields=["on", "contact"], name="activity_on"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_type_id} on {self.on}"


class Hold(models.Model):
    """Capacity reserved while an ask is under way. Live until released or expired; counts in every limit."""

    event_ref = "hold"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="holds")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="holds")
    activity_type = models.ForeignKey(ActivityType, models.PROTECT, related_name="holds")
    effort = models.PositiveSmallIntegerField(_("effort points"))
    live = models.BooleanField(default=False)
    on = models.DateField(_("for"))
    reason = models.CharField(max_length=60)
    label = models.CharField(max_length=40, blank=True)
    expires_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reason"], condition=models.Q(released_at=None), name="hold_reason_once")
        ]
        indexes = [
            models.Index(fields=["contact", "expires_at"], condition=models.Q(released_at=None), name="hold_contact_open"),
            models.Index(fields=["customer", "expires_at"], condition=models.Q(released_at=None), name="hold_customer_open"),
            models.Index(fields=["expires_at"], condition=models.Q(released_at=None), name="hold_expiry"),
        ]

    def __str__(self) -> str:
        return self.reason
