"""What material did for deals: uses, deals, and its share in those won."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from materials.models import Material
from metrics.credit import Credit, shared, touches_of
from metrics.money import Rates, rounded
from metrics.periods import Period
from metrics.scope import Scope, sees_material
from requests_app.models import MaterialUse, Opportunity


@dataclass
class Library:
    """The material figures of one reader for one period. Amounts only where he may see them."""

    user: Any
    period: Period
    lookback_days: int
    today: date

    @property
    def sees_amounts(self) -> bool:
        return Scope.of(self.user).whole

    @cached_property
    def rates(self) -> Rates:
        return Rates.on(self.period.last)

    @cached_property
    def credits(self) -> dict[int, Credit]:
        """Over all deals for those who measure the whole, else over the deals of his own scope."""
        deals = Opportunity.objects.all() if sees_material(self.user) else Scope.of(self.user).deals()
        return shared(touches_of(deals, self.period, self.lookback_days), self.rates, "material_use__material")

    def uses(self) -> QuerySet[MaterialUse]:
        """The uses of the period that are his to count."""
        found = MaterialUse.objects.filter(on__range=(self.period.first, self.period.last))
        return found if sees_material(self.user) else found.filter(opportunity__in=Scope.of(self.user).deals())

    def used_first(self, materials: QuerySet[Material]) -> QuerySet[Any]:
        """With `uses_here`, for ordering."""
        uses = self.uses().filter(material=OuterRef("pk")).order_by().values("material").annotate(n=Count("pk"))
        return materials.annotate(uses_here=Coalesce(Subquery(uses.values("n")), 0)).select_related("customer")

    def fill(self, materials: Iterable[Any]) -> None:
        """Give each row its deals, won deals and credit. Two queries."""
        rows = list(materials)
        counted = (
            self.uses()
            .filter(material__in=rows)
            .order_by()
            .values_list("material")
            .annotate(n=Count("opportunity", distinct=True))
        )
        deals = dict(counted)
        for row in rows:
            found = self.credits.get(row.pk, Credit())
            row.deals_here, row.won_here = deals.get(row.pk, 0), len(found.deals)
            row.credit = rounded(found.amount) if self.sees_amounts else None
            row.fresh = row.state == "published" and not (row.review_on and row.review_on <= self.today)

    def lines(self, materials: QuerySet[Material]) -> Iterator[Sequence[Any]]:
        """Rows for a file."""
        rows = list(self.used_first(materials).order_by("-uses_here", "pk"))
        self.fill(rows)
        for row in rows:
            yield [
                row.title, row.get_kind_display(), row.get_state_display(), row.uses_here, row.deals_here, row.won_here,
                row.credit,
            ]  # fmt: skip

    def figures(self, materials: QuerySet[Material], limit: int = 500) -> list[dict[str, Any]]:
        """[{material, title, kind, state, uses, deals, deals_won, shared_credit}] as JSON, the most used first."""
        rows = list(self.used_first(materials.filter(~Q(state="withdrawn"))).order_by("-uses_here", "pk")[:limit])
        self.fill(rows)
        return [
            {
                "material": row.pk, "title": row.title, "kind": row.kind, "state": row.state, "uses": row.uses_here,
                "deals": row.deals_here, "deals_won": row.won_here, "fresh": row.fresh,
                "shared_credit": None if row.credit is None else str(row.credit),
            }
            for row in rows
        ]  # fmt: skip
