"""GiftPolicy: what may be given to people of a country and a sector."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused
from references.models.access import allow, may_set_up
from references.models.customer import Customer
from references.models.editing import Editable
from references.models.taxonomy import Industry
from references.verbs import Verb


@dataclass(frozen=True)
class Allowance:
    """What the policies together allow one person: amounts in our currency, None without a limit; `why` are their labels."""

    forbidden: bool = False
    per_gift: Decimal | None = None
    per_year: Decimal | None = None
    why: tuple[str, ...] = ()


class GiftPolicyQuerySet(models.QuerySet["GiftPolicy"]):
    def visible_to(self, user: Any) -> Self:
        """For those who see every customer."""
        return self if user.sees_whole_program else self.none()

    @transaction.atomic
    def add(self, *, by: Any, **values: Any) -> "GiftPolicy":
        """A rule for a country, a sector, or both. Raises Forbidden, Refused."""
        allow(may_set_up(by))
        made = GiftPolicy()
        made.take(values)
        made.save()
        record(Verb.GIFT_POLICY_ADDED, made, by=by, name=made.label)
        return made


class GiftPolicy(Editable):
    """
    `country` empty: any; `industry` empty: any, else with all below it. Amounts are in the program's currency.

    A narrower rule replaces a wider one; of several that are equally narrow each counts, so that the strictest holds.
    """

    event_ref = "gift_policy"

    country = models.CharField(_("country"), max_length=2, blank=True)
    industry = models.ForeignKey(
        Industry, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("industry")
    )
    forbidden = models.BooleanField(_("nothing may be given"), default=False)
    per_gift = models.DecimalField(_("most for one gift"), max_digits=10, decimal_places=2, null=True, blank=True)
    per_year = models.DecimalField(
        _("most for one person in a calendar year"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    note = models.CharField(_("where this is written"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = GiftPolicyQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["country", "industry"], nulls_distinct=False, name="gift_policy_once"),
            models.CheckConstraint(
                condition=models.Q(per_gift=None) | models.Q(per_gift__gte=0), name="gift_policy_gift_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(per_year=None) | models.Q(per_year__gte=0), name="gift_policy_year_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """`Public sector, Germany`, in the reader's language."""
        from references.countries import country_name

        parts = [str(self.industry)] if self.industry else []
        parts += [country_name(self.country)] if self.country else []
        return str(_(", ")).join(parts) or str(_("Everywhere"))

    def take(self, values: dict[str, Any]) -> None:
        """Write the values onto the row. Raises Refused for a rule that says nothing, one below zero, or a second of its kind."""
        for name, value in values.items():
            setattr(self, name, value)
        for name in ("per_gift", "per_year"):
            worth = getattr(self, name)
            if worth is not None and worth < 0:
                raise Refused(_("An amount can't be below zero."), code="negative", field=name)
        if not self.forbidden and self.per_gift is None and self.per_year is None:
            raise Refused(_("Forbid it, or set at least one amount."), code="says_nothing", field="per_gift")
        twin = GiftPolicy.objects.filter(country=self.country, industry=self.industry).exclude(pk=self.pk)
        if twin.exists():
            raise Refused(_("There is a rule for these already."), code="taken", field="country")

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **values: Any) -> Self:
        """Change the rule; it counts from now on. Raises Forbidden, Stale, Refused."""
        allow(may_set_up(by))
        trial = GiftPolicy(**{field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields})
        trial.take(values)
        changed = self.change(version, **values)
        if changed:
            record(Verb.GIFT_POLICY_EDITED, self, by=by, name=self.label, fields=",".join(changed))
        return self

    @transaction.atomic
    def remove(self, *, by: Any) -> None:
        """No rule any more. Raises Forbidden."""
        allow(may_set_up(by))
        record(Verb.GIFT_POLICY_REMOVED, self, by=by, name=self.label)
        self.delete()


def allowance(customer: Customer) -> Allowance:
    """What may be given to somebody at the customer. Two queries."""
    above = ancestry(customer.industry_id)
    rules = GiftPolicy.objects.filter(models.Q(country="") | models.Q(country=customer.country)).select_related(
        "industry"
    )
    return strictest(narrowest([one for one in rules if one.industry_id is None or one.industry_id in above], above))


def ancestry(industry_id: int | None) -> dict[int, int]:
    """{industry: how narrow}, from the customer's own (the highest number) up to the top. One query."""
    parents = dict(Industry.objects.values_list("pk", "parent_id"))
    chain: list[int] = []
    while industry_id and industry_id not in chain:
        chain.append(industry_id)
        industry_id = parents.get(industry_id)
    return {pk: len(chain) - place for place, pk in enumerate(chain)}


def narrowest(rules: list[GiftPolicy], above: dict[int, int]) -> list[GiftPolicy]:
    """Those that no other one of them narrows."""

    def width(rule: GiftPolicy) -> tuple[int, bool]:
        return above.get(rule.industry_id or 0, 0), bool(rule.country)

    def narrows(one: GiftPolicy, other: GiftPolicy) -> bool:
        mine, theirs = width(one), width(other)
        return mine != theirs and mine[0] >= theirs[0] and mine[1] >= theirs[1]

    return [rule for rule in rules if not any(narrows(other, rule) for other in rules)]


def strictest(rules: list[GiftPolicy]) -> Allowance:
    """All of them at once."""

    def least(name: str) -> Decimal | None:
        return min((getattr(rule, name) for rule in rules if getattr(rule, name) is not None), default=None)

    forbidden = any(rule.forbidden for rule in rules)
    told = [rule for rule in rules if rule.forbidden] if forbidden else rules
    return Allowance(forbidden, least("per_gift"), least("per_year"), tuple(rule.label for rule in told))
