"""ExchangeRate: what a unit of a currency is worth in the program's, from a day on."""

from django.db import models


class ExchangeRate(models.Model):
    currency = models.CharField(max_length=3)
    on = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        ordering = ("currency", "-on")
        constraints = [models.UniqueConstraint(fields=["currency", "on"], name="exchange_rate_once")]

    def __str__(self) -> str:
        return f"{self.currency} {self.on}"
