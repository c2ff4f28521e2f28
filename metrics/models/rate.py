"""ExchangeRate: what a unit of a currency is worth in the program's, from a day on."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.events import record
from crp.verbs import Refused
from metrics.models.settings import InsightSettings, may_change
from metrics.verbs import Verb

CODE = RegexValidator(r"^[A-Z]{3}\Z", gettext_lazy("A currency is three letters, such as EUR."))


class ExchangeRate(models.Model):
    event_ref = "exchange_rate"

    currency = models.CharField(gettext_lazy("currency"), max_length=3, validators=[CODE])
    on = models.DateField(gettext_lazy("from"))
    rate = models.DecimalField(
        gettext_lazy("worth of one unit"),
        max_digits=18,
        decimal_places=8,
        validators=[MinValueValidator(Decimal("0.00000001"))],
    )

    class Meta:
        ordering = ("currency", "-on")
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="exchange_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.on}"

    @classmethod
    @transaction.atomic
    def set(cls, *, currency: str, on: date, rate: Decimal, by: Any) -> Self:
        """The rate from a day on, over an earlier one of that day. Raises Forbidden, Refused on our own."""
        may_change(by)
        if currency == settings.PROGRAM_CURRENCY:
            raise Refused(_("The program's own currency is always worth one."), code="own_currency", field="currency")
        InsightSettings.touch()
        found, _made = cls.objects.update_or_create(currency=currency, on=on, defaults={"rate": rate})
        record(Verb.RATE_SET, found, by=by, currency=currency, rate=str(rate), on=on.isoformat())
        return found

    @transaction.atomic
    def remove(self, *, by: Any) -> None:
        """Raises Forbidden."""
        may_change(by)
        InsightSettings.touch()
        record(Verb.RATE_REMOVED, self, by=by, currency=self.currency, on=self.on.isoformat())
        self.delete()
