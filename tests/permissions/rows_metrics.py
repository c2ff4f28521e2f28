"""Who may see which figures: all for the program's people, own and team's for sales, material's for marketing."""

from datetime import date
from decimal import Decimal

from metrics.models import ExchangeRate
from tests.permissions.table import Row, World

OWN = {
    "maya": 200,
    "eva": 200,
    "adam": 200,
    "sam": 200,
    "sofia": 200,
    "omar": 200,
    "ola": 200,
    "mina": 403,
    "anonymous": 302,
}
WHOLE = {
    "maya": 200,
    "eva": 200,
    "adam": 200,
    "sam": 403,
    "sofia": 403,
    "omar": 403,
    "ola": 403,
    "mina": 403,
    "anonymous": 302,
}
EVERYONE = {**OWN, "mina": 200}
HEALTH = {**WHOLE, "mina": 200, "omar": 200}
API = {"anonymous": 401}
ADMIN = {"adam": 302, "maya": 403, "eva": 403, "sam": 403, "mina": 403, "ola": 403, "anonymous": 302}
RATE = {"currency": "CHF", "on": "2026-01-01", "rate": "1.1"}


def tell(world: World) -> None:
    world.rate = ExchangeRate.objects.create(currency="EUR", on=date(2026, 1, 1), rate=Decimal("1.08"))


def cell_of(world: World) -> dict[str, int]:
    return {"industry": world.industry.pk, "region": 0}


ROWS = [
    Row("metrics:insight", {**OWN, "mina": 302}),
    Row("metrics:coverage", WHOLE),
    Row("metrics:cell", WHOLE, kwargs=cell_of),
    Row("metrics:utilisation", OWN),
    Row("metrics:turnaround", OWN),
    Row("metrics:materials", EVERYONE),
    Row("metrics:comparison", OWN),
    Row("metrics:program", WHOLE),
    Row("metrics:leads", {**WHOLE}),
    Row("metrics:tiers", WHOLE),
    Row("metrics:rows_uses", WHOLE, query="?tier=A"),
    Row("metrics:satisfaction", HEALTH),
    Row("metrics:satisfaction", {"maya": 404, "eva": 404}, query="?by=nonsense", note="unknown segment"),
    Row("metrics:satisfaction", {"maya": 404, "eva": 404}, query="?segment=x", note="unknown key"),
    Row("metrics:rows_answers", HEALTH),
    Row("metrics:rows_complaints", HEALTH),
    Row("api:metrics-leads", {**WHOLE, **API}),
    Row("api:metrics-leads", {"maya": 400}, query="?limit=0", note="bad limit"),
    Row("api:metrics-tiers", {**WHOLE, **API}),
    Row("api:metrics-satisfaction", {**EVERYONE, **API}),
    Row("metrics:rows_deals", OWN),
    Row("metrics:rows_deals", {"maya": 404, "sam": 404}, query="?set=nonsense", note="unknown set"),
    Row("metrics:rows_requests", OWN),
    Row("metrics:rows_assignments", OWN),
    Row("metrics:rows_people", EVERYONE),
    Row("metrics:settings", {**WHOLE}),
    Row("metrics:rate_set", ADMIN, method="post", data=RATE),
    Row("metrics:rate_remove", ADMIN, method="post", kwargs=lambda world: {"pk": world.rate.pk}),
    Row("api:metrics-influence", {**OWN, **API}),
    Row("api:metrics-influence", {"eva": 400, "sam": 400}, query="?from=31-12-2026", note="bad date"),
    Row("api:metrics-coverage", {**WHOLE, **API}),
    Row("api:metrics-utilisation", {**OWN, **API}),
    Row("api:metrics-turnaround", {**OWN, **API}),
    Row("api:metrics-materials", {**EVERYONE, **API}),
]
