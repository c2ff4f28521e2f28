"""Reward: a line of the ledger of thanks. Lines are never changed; what was wrong is corrected by a line of its own."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.events import record
from crp.ui import formats
from crp.verbs import Refused, state_check, today
from references.models.access import allow, may_set_up, sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer
from references.models.gift_policy import Allowance, allowance
from references.verbs import Verb

NOTHING = Decimal(0)


class RewardKind(models.TextChoices):
    GRANTED = "granted", gettext_lazy("Gift")
    EARNED = "earned", gettext_lazy("Points")
    REDEEMED = "redeemed", gettext_lazy("Points spent")
    CORRECTED = "corrected", gettext_lazy("Correction")


class RewardQuerySet(models.QuerySet["Reward"]):
    """The words for asking what was given, and the verbs that give."""

    def visible_to(self, user: Any) -> Self:
        """For those who see every customer, and of one's own customers; other sales reps read none."""
        return self if sees_all_customers(user) else self.filter(customer__owner=user)

    def balance(self) -> int:
        """Points left. One query."""
        return int(self.aggregate(points=models.Sum("points"))["points"] or 0)

    def worth_in(self, year: int) -> Decimal:
        """What was given in the calendar year, corrections taken off, in our currency. One query."""
        return Decimal(self.filter(year=year).aggregate(worth=models.Sum("value"))["worth"] or 0)

    @transaction.atomic
    def grant(self, *, by: Any, contact: Contact, value: Decimal, why: str, on: date | None = None) -> "Reward":
        """A gift worth `value` in our currency. Raises Forbidden, Refused with what the gift policy says."""
        return self.write(RewardKind.GRANTED, by=by, contact=contact, why=why, value=value, on=on)

    @transaction.atomic
    def earn(
        self, *, by: Any, contact: Contact, points: int, why: str, on: date | None = None, origin_ref: str = ""
    ) -> "Reward":
        """Points for something done. Raises Forbidden, Refused; a promise of a gift where none may be given is refused too."""
        return self.write(
            RewardKind.EARNED, by=by, contact=contact, why=why, points=points, on=on, origin_ref=origin_ref
        )

    @transaction.atomic
    def redeem(
        self, *, by: Any, contact: Contact, points: int, value: Decimal, why: str, on: date | None = None
    ) -> "Reward":
        """`points` turn into something worth `value`. Raises Forbidden, Refused when the points or the policy do not allow it."""
        return self.write(RewardKind.REDEEMED, by=by, contact=contact, why=why, points=-points, value=value, on=on)

    def give(
        self, way: str, *, by: Any, contact: Contact, why: str, points: int = 0, value: Decimal | None = None,
        on: date | None = None,
    ) -> "Reward":  # fmt: skip
        """A `gift`, `points`, or points to `spend`, as a form or a caller of the API words it. Raises what these raise."""
        if way == "points":
            return self.earn(by=by, contact=contact, points=points or 0, why=why, on=on)
        if way == "spend":
            return self.redeem(by=by, contact=contact, points=points or 0, value=value or NOTHING, why=why, on=on)
        return self.grant(by=by, contact=contact, value=value or NOTHING, why=why, on=on)

    def write(
        self, kind: RewardKind, *, by: Any, contact: Contact, why: str, points: int = 0, value: Decimal = NOTHING,
        on: date | None = None, origin_ref: str = "",
    ) -> "Reward":  # fmt: skip
        """Guard, lock the person, ask the policy, write the line. Needs an open transaction."""
        allow(by is None or may_set_up(by))
        day = on or today(by)
        guard_amounts(kind, points, value, why, day, by)
        person = lock(contact)
        guard_person(person)
        self.guard_policy(person, kind, points, value, day)
        made = self.create(
            contact=person, customer=person.customer, kind=kind, points=points, value=value, why=why.strip(), on=day,
            year=day.year, by=by, origin_ref=origin_ref,
        )  # fmt: skip
        made.note(by=by)
        return made

    def guard_policy(self, person: Contact, kind: RewardKind, points: int, value: Decimal, on: date) -> None:
        """Raise Refused with the rule that says no. Two or three queries; needs the lock."""
        rule, theirs = allowance(person.customer), self.filter(contact=person)
        if rule.forbidden:
            raise Refused(
                _("Nothing may be given to people there: %(rule)s.") % {"rule": _(", ").join(rule.why)},
                code="gift_forbidden", field="contact",
            )  # fmt: skip
        if kind == RewardKind.REDEEMED and (balance := theirs.balance()) < -points:
            text = _("Only %(balance)s points are left.") % {"balance": formats.number(balance)}
            raise Refused(text, code="points_short", field="points")
        guard_worth(rule, value, theirs.worth_in(on.year) if rule.per_year is not None else NOTHING)


def lock(contact: Contact) -> Contact:
    """The person's row FOR UPDATE: all of his lines are written one after the other."""
    return Contact.objects.select_for_update(of=("self",)).select_related("customer__industry").get(pk=contact.pk)


def guard_amounts(kind: RewardKind, points: int, value: Decimal, why: str, on: date, by: Any) -> None:
    """Raise Refused for numbers and words that make no sense."""
    if not why.strip():
        raise Refused(_("Say what for."), code="reason_missing", field="why")
    if value < 0 or (kind == RewardKind.GRANTED and value <= 0):
        raise Refused(_("A gift is worth more than nothing."), code="no_value", field="value")
    if (kind == RewardKind.EARNED and points <= 0) or (kind == RewardKind.REDEEMED and points >= 0):
        raise Refused(_("Points are at least one."), code="no_points", field="points")
    if on > today(by):
        raise Refused(_("This day is still to come."), code="in_the_future", field="on")


def guard_person(person: Contact) -> None:
    """Raise Refused for somebody who is gone."""
    person.guard_remembered()
    if person.left_on:
        raise Refused(_("No longer works there."), code="contact_left", field="contact")


def guard_worth(rule: Allowance, value: Decimal, given: Decimal) -> None:
    """Raise Refused when the gift, or the year with it, is worth more than the rule allows."""
    said = {"rule": _(", ").join(rule.why), "value": money(value)}
    if rule.per_gift is not None and value > rule.per_gift:
        text = _("A gift may be worth %(most)s at most (%(rule)s); this one is %(value)s.")
        raise Refused(text % {**said, "most": money(rule.per_gift)}, code="gift_too_large", field="value")
    if value and rule.per_year is not None and given + value > rule.per_year:
        text = _("With %(value)s more it would be over %(most)s in a year (%(rule)s); %(given)s were given already.")
        facts = {**said, "most": money(rule.per_year), "given": money(given)}
        raise Refused(text % facts, code="gift_year_full", field="value")


def money(value: Decimal) -> str:
    return str(formats.money(value, settings.PROGRAM_CURRENCY))


class Reward(models.Model):
    """
    `points` and `value` (in the program's currency) are signed: spent points and corrections are below zero.

    `year` is the calendar year a gift counts in; a correction counts in the year of what it corrects.
    """

    event_ref = "reward"

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="rewards")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="rewards")
    kind = models.CharField(max_length=9, choices=RewardKind.choices)
    points = models.IntegerField(gettext_lazy("points"), default=0)
    value = models.DecimalField(gettext_lazy("worth"), max_digits=10, decimal_places=2, default=NOTHING)
    why = models.CharField(gettext_lazy("what for"), max_length=200)
    on = models.DateField(gettext_lazy("on"))
    year = models.PositiveSmallIntegerField()
    corrects = models.OneToOneField("self", models.PROTECT, null=True, related_name="corrected_by")
    origin_ref = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RewardQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            state_check(RewardKind, "reward_kind_known", "kind"),
            models.UniqueConstraint(
                fields=["origin_ref"], condition=~models.Q(origin_ref=""), name="reward_origin_once"
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "year"], include=["value", "points"], name="reward_contact"),
            models.Index(fields=["customer", "-on", "-id"], name="reward_customer"),
            models.Index(fields=["-on", "-id"], name="reward_on"),
        ]
        triggers = [
            # Words go when a person is forgotten, and his lines move when two records of him become one.
            pgtrigger.ReadOnly(name="append_only", exclude=["why", "contact", "customer"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.why

    @transaction.atomic
    def correct(self, *, by: Any, why: str) -> "Reward":
        """
        Take the line back by one of its own, in the same year. Once. Raises Forbidden, Refused.

        Points that were spent meanwhile can't be taken back.
        """
        allow(may_set_up(by))
        if not why.strip():
            raise Refused(_("Say what was wrong."), code="reason_missing", field="why")
        person = lock(self.contact)
        if self.corrects_id:
            raise Refused(_("This line is a correction itself."), code="is_correction")
        if Reward.objects.filter(corrects=self).exists():
            raise Refused(_("This line was corrected already."), code="corrected_already")
        if self.points > 0 and Reward.objects.filter(contact=person).balance() < self.points:
            raise Refused(_("These points were spent meanwhile."), code="points_spent")
        made = Reward.objects.create(
            contact=person, customer=person.customer, kind=RewardKind.CORRECTED, points=-self.points, value=-self.value,
            why=why.strip(), on=today(by), year=self.year, corrects=self, by=by,
        )  # fmt: skip
        made.note(by=by)
        return made

    def note(self, *, by: Any) -> None:
        """What happened, for the timelines."""
        facts = {"points": self.points, "value": str(self.value), "currency": settings.PROGRAM_CURRENCY}
        verb = Verb(f"reward.{self.kind}")
        record(
            verb, self, self.customer, by=by, contact=self.contact, customer=self.customer.name, note=self.why, **facts
        )
