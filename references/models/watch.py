"""Watch: how every reference stands today, kept by SQL (references/watching.py) so that lists and alerts read one table."""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from references.models.access import sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus

# The share of a limit from which on somebody is near it.
NEAR = 0.8


class Availability(models.TextChoices):
    """Best first."""

    FREE = "free", _("Free to ask")
    ASK = "ask", _("Ask the owner first")
    RESTING = "resting", pgettext_lazy("availability", "Resting")
    LIMIT = "limit", _("At limit")
    PAUSED = "paused", pgettext_lazy("availability", "Paused")
    BARRED = "barred", _("Not to be asked")


class Alarm(models.TextChoices):
    """What somebody should look at; empty: nothing."""

    OVER = "over", _("Over the limit")
    LIMIT = "limit", _("At the limit")
    NEAR = "near", _("Near the limit")
    RESTING = "resting", pgettext_lazy("availability", "Resting")
    UNASKED = "unasked", _("Not asked for long")


LOUD = (Alarm.OVER, Alarm.LIMIT, Alarm.NEAR, Alarm.UNASKED)


class WatchQuerySet(models.QuerySet["Watch"]):
    def visible_to(self, user: Any) -> Self:
        """All for those who see every customer; else those of one's own customers and, for sales, of active ones."""
        if sees_all_customers(user):
            return self
        own = models.Q(customer__owner=user)
        return self.filter(own | models.Q(customer__status=CustomerStatus.ACTIVE) if user.is_sales else own)

    def watched_by(self, user: Any) -> Self:
        """Whose load the user looks after: everybody's for the program, his own customers' for an account owner."""
        return self if sees_all_customers(user) else self.filter(customer__owner=user)

    def of_customers(self) -> Self:
        return self.filter(contact=None)

    def of_people(self) -> Self:
        return self.filter(contact__isnull=False)

    def untold(self) -> Self:
        """Changes nobody was told of."""
        return self.filter(alarm__in=LOUD, told=False)


class Watch(models.Model):
    """
    One row a person (`used`, `held`, `most`: live uses), and one a customer (effort points), as of `seen_at`.

    `effort`, `effort_held`, `effort_most` are points in both (no `effort_most`: no limit). `until` is the last day the
    availability holds, if known; `since` the moment the alarm began.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="watches")
    contact = models.OneToOneField(Contact, models.CASCADE, null=True, related_name="watch")
    availability = models.CharField(max_length=8, choices=Availability.choices)
    until = models.DateField(null=True)
    used = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    most = models.PositiveIntegerField(default=0)
    effort = models.PositiveIntegerField(default=0)
    effort_held = models.PositiveIntegerField(default=0)
    effort_most = models.PositiveIntegerField(null=True)
    speakers = models.PositiveIntegerField(default=0)
    last_asked_on = models.DateField(null=True)
    alarm = models.CharField(max_length=8, choices=Alarm.choices, blank=True)
    since = models.DateTimeField(null=True)
    told = models.BooleanField(default=True)
    seen_at = models.DateTimeField()
    # Worked out from the rest: no use of anybody, and gone with him.
    is_derived = True

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=models.Q(contact=None), name="watch_customer_once"),
        ]
        indexes = [
            models.Index(fields=["alarm", "-since", "-id"], name="watch_alarm"),
            models.Index(fields=["availability", "customer"], name="watch_availability"),
            models.Index(fields=["last_asked_on", "customer"], name="watch_rest"),
            models.Index(fields=["id"], condition=models.Q(told=False), name="watch_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}/{self.contact_id}: {self.availability}"

    @property
    def free_again(self) -> date | None:
        """The first day with room again, of whoever is at a limit."""
        return self.until + timedelta(days=1) if self.until and self.availability == Availability.LIMIT else None

    @property
    def engaged(self) -> int:
        return self.used + self.held

    @property
    def by_uses(self) -> bool:
        """Do a person's live uses fill his limit, rather than his effort points?"""
        return self.contact_id is not None and (self.effort_most is None or self.engaged >= self.most * NEAR)

    @property
    def filling(self) -> tuple[int, int, int | None]:
        """(used, held, most) of the limit that is fuller."""
        return (self.used, self.held, self.most) if self.by_uses else (self.effort, self.effort_held, self.effort_most)

    @property
    def left(self) -> int:
        return max(self.most - self.engaged, 0)
