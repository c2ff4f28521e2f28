"""The usage ledger: every use of a reference, and the capacity held for asks under way."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Forbidden, Refused, today
from references.models.access import sees_all_customers
from references.models.activity_type import ActivityType
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus
from references.models.guarding import WITHIN_LIMITS
from references.verbs import Verb
from references.waking import wake


class Outcome(models.TextChoices):
    HELD = "held", _("Took place")
    HELPED = "helped", _("Took place and helped")
    NO_EFFECT = "no_effect", _("Took place, made no difference")


class ActivityOrigin(models.TextChoices):
    ASSIGNMENT = "assignment", _("Request")
    OFF_BOOK = "off_book", _("Off the books")
    IMPORT = "import", _("Import")


def of_visible_customers(queryset: Any, user: Any) -> Any:
    """Rows of the customers the user may see."""
    if sees_all_customers(user):
        return queryset
    own = models.Q(customer__owner=user)
    return queryset.filter(own | models.Q(customer__status=CustomerStatus.ACTIVE) if user.is_sales else own)


class ActivityQuerySet(models.QuerySet["Activity"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the customers the user may see."""
        found: Self = of_visible_customers(self, user)
        return found

    def since(self, day: date) -> Self:
        return self.filter(on__gt=day)

    def over(self, day: date) -> Self:
        """Those after the day that went over a limit, with who allowed it."""
        return self.since(day).filter(over_limit=True).select_related("contact", "activity_type", "override_by")

    @transaction.atomic
    def log(
        self, *, activity_type: ActivityType, on: date, by: Any, contact: Contact | None = None, customer: Customer | None = None,
        origin: str = ActivityOrigin.OFF_BOOK, origin_ref: str = "", outcome: str = Outcome.HELD, rating: int | None = None,
        prospect: str = "", hours: Any = None, note: str = "",
    ) -> "Activity":  # fmt: skip
        """
        Write one use into the ledger and free the hold that waited for it (`origin_ref` is the hold's reason).

        `rating` is 1 to 5. Raises Refused for a day in the future, Forbidden for a customer out of sight.
        """
        company = customer or (contact.customer if contact else None)
        if company is None:
            raise Refused(_("Name the person or the customer."), code="nobody_named", field="contact")
        # An assignment has asked for the rights already, and a customer paused since is out of a rep's sight.
        guard_log(company, on, by, seen=origin == ActivityOrigin.ASSIGNMENT)
        if contact:
            contact.lock_counts()
        held = Hold.objects.filter(reason=origin_ref, released_at=None).first() if origin_ref else None
        over = bool(held and held.override_by_id) or bool(contact and goes_over(contact, activity_type, on, held))
        if contact:
            contact.count(activity_type, on, rating)
        activity = self.create(
            customer=company, contact=contact, activity_type=activity_type, on=on, by=by, effort=activity_type.effort,
            live=activity_type.live, origin=origin, origin_ref=origin_ref, outcome=outcome, prospect=prospect, hours=hours,
            note=note, over_limit=over, override_by=held.override_by if held else None,
            override_reason=held.override_reason if held else "",
        )  # fmt: skip
        if held:
            Hold.objects.filter(pk=held.pk).update(released_at=timezone.now())
        if contact and activity_type.points:
            activity.earn_points(contact)
        wake(company.pk)
        data = {"activity_type": activity_type.slug, "activity_name": activity_type.name, "on": on.isoformat()}
        record(
            Verb.ACTIVITY_LOGGED, activity, company, by=by, contact=contact, origin=origin, prospect=prospect,
            customer=company.name, **data,
        )  # fmt: skip
        return activity


def goes_over(contact: Contact, activity_type: ActivityType, on: date, held: "Hold | None") -> bool:
    """
    Would one more such use on the day break a limit? It happened and is counted all the same, and shown.

    Whoever was held for that very day has his place already. Four queries, none for him.
    """
    from references import limits
    from references.book import Book

    if held and held.on == on and held.contact_id == contact.pk:
        return False
    book = Book.open([contact], activity_type, on, but=held)
    return bool(limits.full(contact, activity_type, on, book, book.answer_of(contact)))


def guard_log(customer: Customer, on: date, by: Any, *, seen: bool = False) -> None:
    """Raise Refused for the future, Forbidden for a customer the colleague may not see."""
    if on > today(by):
        raise Refused(_("This day is still to come."), code="in_the_future", field="on")
    if by is not None and not seen and not Customer.objects.visible_to(by).filter(pk=customer.pk).exists():
        raise Forbidden


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
    over_limit = models.BooleanField(_("over a limit"), default=False)
    override_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    override_reason = models.TextField(_("reason to go over"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["origin_ref"], condition=~models.Q(origin_ref=""), name="activity_origin_once"
            )
        ]
        indexes = [
            models.Index(fields=["contact", "activity_type", "on"], name="activity_contact_type"),
            models.Index(fields=["contact", "live", "on"], name="activity_contact_live"),
            models.Index(fields=["customer", "-on"], name="activity_customer"),
            models.Index(fields=["on", "contact"], name="activity_on"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_type_id} on {self.on}"

    def earn_points(self, contact: Contact) -> None:
        """The points that the kind earns him, once; none where the gift rules forbid it. Needs an open transaction."""
        from references.models.reward import Reward

        with suppress(Refused), transaction.atomic():
            Reward.objects.earn(
                by=None, contact=contact, points=self.activity_type.points, why=self.activity_type.name, on=self.on,
                origin_ref=f"activity:{self.pk}",
            )  # fmt: skip

    @classmethod
    def log(cls, contact: Contact | None, activity_type: ActivityType, on: date, by: Any, **more: Any) -> "Activity":
        """See ActivityQuerySet.log."""
        return cls.objects.log(contact=contact, activity_type=activity_type, on=on, by=by, **more)


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the customers the user may see."""
        found: Self = of_visible_customers(self, user)
        return found

    def live(self, now: datetime) -> Self:
        """Neither released nor run out: they count."""
        return self.filter(released_at=None, expires_at__gt=now)

    def run_out(self, now: datetime) -> Self:
        """Past their time and not yet released."""
        return self.filter(released_at=None, expires_at__lte=now)


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
    override_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    override_reason = models.TextField(_("reason to go over"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reason"], condition=models.Q(released_at=None), name="hold_reason_once"),
            models.CheckConstraint(
                condition=models.Q(override_by=None, override_reason="")
                | models.Q(override_by__isnull=False) & ~models.Q(override_reason=""),
                name="hold_override_says_who_and_why",
            ),
        ]
        triggers = [WITHIN_LIMITS]
        indexes = [
            models.Index(
                fields=["contact", "expires_at"], condition=models.Q(released_at=None), name="hold_contact_open"
            ),
            models.Index(
                fields=["customer", "expires_at"], condition=models.Q(released_at=None), name="hold_customer_open"
            ),
            models.Index(fields=["expires_at"], condition=models.Q(released_at=None), name="hold_expiry"),
        ]

    def __str__(self) -> str:
        return self.reason
