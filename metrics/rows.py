"""The rows behind each number: named sets, made of the same words the figures are counted with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from metrics import outcomes, utilisation
from metrics.influence import LOST, TOUCHED, WON, closed_in, influenced_within
from metrics.models import InsightSettings
from metrics.money import Rates
from metrics.periods import Period
from metrics.scope import Scope
from references.models import Contact
from requests_app.models import Assignment, AssignmentState, Opportunity, ReferenceRequest, RequestState


@dataclass(frozen=True)
class Asked:
    """What the address asks for, beside the set."""

    scope: Scope
    period: Period
    settings: InsightSettings
    lookback_days: int
    today: date

    @property
    def on(self) -> date:
        return min(self.period.last, self.today)


@dataclass(frozen=True)
class RowSet:
    """A named set of rows; `rows(asked)` is a queryset with the fields its page shows."""

    title: Any
    rows: Callable[[Asked], QuerySet[Any]]


def chosen(sets: dict[str, RowSet], key: str) -> RowSet:
    """Raises Http404 on a set nobody named."""
    if key not in sets:
        raise Http404
    return sets[key]


def _deals(narrow: Callable[[Asked], Q]) -> Callable[[Asked], QuerySet[Opportunity]]:
    return lambda asked: closed_in(asked.scope.deals(), asked.period).filter(narrow(asked))


def _won_with_tier(asked: Asked, *, tier: str) -> Q:
    return Q(state=WON, account__tier=tier)


OPENED = Q(opened_on__isnull=False, opened_on__lte=F("closed_on"))
DEALS: dict[str, RowSet] = {
    "influenced": RowSet(
        _("Influenced deals"), _deals(lambda asked: Q(state=WON) & influenced_within(asked.lookback_days))
    ),
    "won": RowSet(_("Deals won"), _deals(lambda asked: Q(state=WON))),
    "sourced": RowSet(
        _("Deals won that a reference brought in"), _deals(lambda asked: Q(state=WON, referral__isnull=False))
    ),
    "closed": RowSet(_("Deals closed"), _deals(lambda asked: Q(state__in=[WON, LOST]))),
    "with": RowSet(_("Deals closed with a reference"), _deals(lambda asked: TOUCHED)),
    "with_won": RowSet(_("Deals won with a reference"), _deals(lambda asked: TOUCHED & Q(state=WON))),
    "without": RowSet(_("Deals closed without a reference"), _deals(lambda asked: ~TOUCHED)),
    "without_won": RowSet(_("Deals won without a reference"), _deals(lambda asked: ~TOUCHED & Q(state=WON))),
    "days_with": RowSet(
        _("Days from opening to won, with a reference"), _deals(lambda asked: TOUCHED & Q(state=WON) & OPENED)
    ),
    "days_without": RowSet(
        _("Days from opening to won, without"), _deals(lambda asked: ~TOUCHED & Q(state=WON) & OPENED)
    ),
    "no_amount": RowSet(_("Won deals without an amount"), _deals(lambda asked: Q(state=WON, amount=None))),
}


for _tier in ("A", "B", "C", ""):
    DEALS[f"tier_{_tier or 'none'}"] = RowSet(
        _("Deals won with customers of a tier"), _deals(partial(_won_with_tier, tier=_tier))
    )


@dataclass(frozen=True)
class Total:
    """What a set of deals adds up to: {currency: sum}, converted, and how many deals lack an amount."""

    n: int
    amounts: dict[str, Decimal]
    without_amount: int
    amount: Decimal
    left_out: list[str]


def total(deals: QuerySet[Opportunity], rates: Rates) -> Total:
    """One query."""
    groups = (
        deals.order_by().values("currency").annotate(n=Count("pk"), known=Count("amount"), amount_sum=Sum("amount"))
    )
    found = {row["currency"]: row for row in groups}
    amounts = {currency: row["amount_sum"] or Decimal(0) for currency, row in found.items()}
    n, known = (sum(row[name] for row in found.values()) for name in ("n", "known"))
    return Total(n, amounts, n - known, rates.total(amounts), rates.without_rate(amounts))


def _ended(state: str) -> Callable[[Asked], QuerySet[ReferenceRequest]]:
    return lambda asked: outcomes.ended(asked.scope.requests(), asked.period).filter(state=state)


REQUESTS: dict[str, RowSet] = {
    "first_yes": RowSet(
        _("Requests by how soon somebody said yes"),
        lambda asked: outcomes.first_yes(asked.scope.requests(), asked.period),
    ),
    "completed": RowSet(
        _("Requests fulfilled, by how long it took"),
        lambda asked: outcomes.completed(asked.scope.requests(), asked.period),
    ),
    "due": RowSet(
        _("Requests that were due"), lambda asked: outcomes.due(asked.scope.requests(), asked.period, asked.today)
    ),
    "in_time": RowSet(
        _("Requests done in time"),
        lambda asked: outcomes.due(asked.scope.requests(), asked.period, asked.today).filter(in_time=True),
    ),
    "fulfilled": RowSet(_("Requests fulfilled"), _ended(RequestState.FULFILLED)),
    "unfulfilled": RowSet(_("Requests nobody could fulfil"), _ended(RequestState.UNFULFILLED)),
    "expired": RowSet(_("Requests that ran out of time"), _ended(RequestState.EXPIRED)),
    "withdrawn": RowSet(_("Requests withdrawn"), _ended(RequestState.WITHDRAWN)),
}


def _asked_people(asked: Asked) -> QuerySet[Assignment]:
    return outcomes.answered(asked.scope.assignments(), asked.period)


def _rated(field: str) -> Callable[[Asked], QuerySet[Assignment]]:
    return lambda asked: asked.scope.assignments().filter(
        state=AssignmentState.COMPLETED,
        occurred_on__range=(asked.period.first, asked.period.last),
        **{f"{field}__isnull": False},
    )


ASSIGNMENTS: dict[str, RowSet] = {
    "asked": RowSet(_("People asked whose answer came or was due"), _asked_people),
    "said_yes": RowSet(_("References who said yes"), lambda asked: _asked_people(asked).filter(outcomes.SAID_YES)),
    "rated_rep": RowSet(_("Rated by the sales rep"), _rated("rep_rating")),
    "rated_prospect": RowSet(_("Rated by the prospect"), _rated("prospect_rating")),
    "rated_reference": RowSet(_("Rated by the reference"), _rated("contact_rating")),
}


def _busiest(asked: Asked) -> QuerySet[Contact]:
    taken = utilisation.concentration(asked.scope, asked.period, asked.on)
    return asked.scope.contacts().filter(pk__in=taken["busiest"])


PEOPLE: dict[str, RowSet] = {
    "busiest": RowSet(_("The busiest tenth"), _busiest),
    "overused": RowSet(
        _("Used more than they agreed to"), lambda asked: utilisation.overused(asked.scope.contacts(), asked.on)
    ),
    "unused": RowSet(
        _("Willing, and not asked for long"),
        lambda asked: utilisation.unused(asked.scope.contacts(), asked.on, asked.settings.unused_days),
    ),
    "willing": RowSet(_("Willing references"), lambda asked: utilisation.willing(asked.scope.contacts(), asked.on)),
}
