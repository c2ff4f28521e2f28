"""ClosingDay: which closing days changed, so that what is summed per day above can be kept true."""

from datetime import date

from django.db import connection, models


class ClosingDayQuerySet(models.QuerySet["ClosingDay"]):
    def mark(self, *days: date | None) -> None:
        """Note, in the caller's transaction, that deals closed on these days changed. One statement."""
        wanted = sorted({day for day in days if day})
        if not wanted:
            return
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (day, version) SELECT unnest(%s::date[]), 1"
                f" ON CONFLICT (day) DO UPDATE SET version = {table}.version + 1",
                [wanted],
            )


class ClosingDay(models.Model):
    """`version` grows with every change to a deal closed on `day`: its amount, state or touches."""

    day = models.DateField(primary_key=True)
    version = models.BigIntegerField(default=1)

    objects = ClosingDayQuerySet.as_manager()

    def __str__(self) -> str:
        return self.day.isoformat()
