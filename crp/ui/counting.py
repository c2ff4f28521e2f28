"""Numbers beside the menu: bounded, and all in one query."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Beyond this a menu says 99+, so nothing is gained by counting on.
MOST = 100


@dataclass(frozen=True)
class Counting:
    """A query ready to run, as often as wanted: putting it together takes longer than PostgreSQL takes to answer."""

    names: tuple[str, ...]
    sql: str
    params: tuple[Any, ...]

    def now(self) -> dict[str, int]:
        """How many rows each queryset holds, at most `MOST`, by name. One query; none for no querysets."""
        if not self.names:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params)
            return dict(zip(self.names, cursor.fetchone(), strict=True))


def counting(**found: QuerySet[Any]) -> Counting:
    """The counts of these querysets by name."""
    parts = [queryset.order_by().values("pk")[:MOST].query.sql_with_params() for queryset in found.values()]
    sql = ", ".join(f"(SELECT count(*) FROM ({part}) AS bounded)" for part, _ in parts)
    return Counting(tuple(found), f"SELECT {sql}", tuple(value for _, params in parts for value in params))
