"""ClosedDay: the deals closed on one day, summed, so that a figure over years reads days and not deals."""

from django.db import models


class ClosedDay(models.Model):
    """
    Sums of one closing day and currency; a day on which nothing is closed any more keeps one empty row.

    `version` is that of the ClosingDay it was summed from; another one there means these sums are old. Influenced: won
    and touched within `lookback_days` before closing. Touched: at all by then. `days_…` are {days open: won deals}.
    """

    day = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    version = models.BigIntegerField()
    lookback_days = models.PositiveSmallIntegerField()
    won_touched = models.PositiveIntegerField(default=0)
    won_untouched = models.PositiveIntegerField(default=0)
    lost_touched = models.PositiveIntegerField(default=0)
    lost_untouched = models.PositiveIntegerField(default=0)
    influenced = models.PositiveIntegerField(default=0)
    without_amount = models.PositiveIntegerField(default=0)
    won_amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    influenced_amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    days_touched = models.JSONField(default=dict)
    days_untouched = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "currency"], name="closed_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"
