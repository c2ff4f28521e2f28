"""Amounts in many currencies as one figure, by dated rates; what has no rate is named, never dropped unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from django.conf import settings

from metrics.models import ExchangeRate

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """To the cent; figures are rounded once, at the end."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Rates:
    """The newest rate of each currency on or before a day: {currency: (its worth, the rate's day)}."""

    currency: str
    known: Mapping[str, tuple[Decimal, date]] = field(default_factory=dict)

    @classmethod
    def on(cls, day: date) -> Self:
        """One query."""
        found = ExchangeRate.objects.filter(on__lte=day).order_by("currency", "-on").distinct("currency")
        return cls(settings.PROGRAM_CURRENCY, {rate.currency: (rate.rate, rate.on) for rate in found})

    def of(self, currency: str) -> Decimal | None:
        """What one unit is worth; a deal without a currency is in the program's own. None: no rate."""
        if not currency or currency == self.currency:
            return Decimal(1)
        found = self.known.get(currency)
        return found[0] if found else None

    def convert(self, amount: Decimal | None, currency: str) -> Decimal | None:
        """The amount in the program's currency, unrounded, so that rows add up. None: no rate or no amount."""
        rate = self.of(currency)
        return None if rate is None or amount is None else amount * rate

    def total(self, amounts: Mapping[str, Any]) -> Decimal:
        """The sum of {currency: amount}, to the cent; amounts without a rate are in `without_rate`."""
        converted = (self.convert(amount, currency) for currency, amount in amounts.items())
        return rounded(sum((amount for amount in converted if amount is not None), Decimal(0)))

    def without_rate(self, currencies: Iterable[str]) -> list[str]:
        """Those that cannot be converted."""
        return sorted({currency for currency in currencies if self.of(currency) is None})

    def used(self, currencies: Iterable[str]) -> list[dict[str, Any]]:
        """[{currency, rate, on}] of the foreign ones among them."""
        foreign = sorted({currency for currency in currencies if currency in self.known and currency != self.currency})
        return [
            {"currency": c, "rate": str(self.known[c][0].normalize()), "on": self.known[c][1].isoformat()}
            for c in foreign
        ]
