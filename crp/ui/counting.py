"""Numbers beside the menu: bounded, and all in one query."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Beyond this a menu says 99+, so nothing is gained by counting on.
MOST = 100


def counts(**found: QuerySet[Any]) -> dict[str, int]:
    """How many rows each queryset holds, at most `MOST`, by name. One query; none for no querysets."""
    if not found:
        return {}
    parts = [queryset.order_by().values("pk")[:MOST].query.sql_with_params() for queryset in found.values()]
    sql = ", ".join(f"(SELECT count(*) FROM ({part}) AS bounded)" for part, _ in parts)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [value for _, params in parts for value in params])
        return dict(zip(found, cursor.fetchone(), strict=True))
