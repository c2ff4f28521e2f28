"""The board: columns by state with counts and a few cards each, and what waits for a customer. Three queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from materials.models import Approval, Material, MaterialState

S = MaterialState
COLUMNS = (S.IDEA, S.DRAFT, S.INTERNAL_REVIEW, S.CUSTOMER_REVIEW, S.APPROVED, S.PUBLISHED, S.REVIEW_DUE)
FOLDED = frozenset({S.IDEA, S.PUBLISHED})
ICONS = {
    S.IDEA: "sprout", S.DRAFT: "pencil", S.INTERNAL_REVIEW: "scan-eye", S.CUSTOMER_REVIEW: "stamp", S.APPROVED: "circle-check",
    S.PUBLISHED: "megaphone", S.REVIEW_DUE: "rotate-ccw",
}  # fmt: skip
CARDS = 6
WAITING = 8


@dataclass
class Column:
    """`count` of all, `cards` of the first few."""

    state: MaterialState
    count: int = 0
    cards: list[Material] = field(default_factory=list)

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@dataclass
class Board:
    """`owners` are (id, name) of those with material here; `folded` counts by state what is not shown."""

    columns: list[Column]
    folded: dict[MaterialState, int]
    owners: list[tuple[int, str]]

    @classmethod
    def of(cls, found: QuerySet[Material], unfiltered: QuerySet[Material], *, everything: bool) -> "Board":
        shown = [state for state in COLUMNS if everything or state not in FOLDED]
        columns = {state: Column(state) for state in shown}
        for material in _cards(found, shown):
            column = columns[S(material.state)]
            column.count = material.in_column
            column.cards.append(material)
        counted = unfiltered.filter(state__in=COLUMNS).order_by().values("state", "owner_id", "owner__name")
        groups = list(counted.annotate(n=Count("pk")))
        owners = {(row["owner_id"], row["owner__name"]) for row in groups if row["owner_id"]}
        folded = {
            state: sum(row["n"] for row in groups if row["state"] == state) for state in FOLDED if state not in columns
        }
        return cls(list(columns.values()), folded, sorted(owners, key=lambda owner: owner[1]))


def _cards(found: QuerySet[Material], states: Sequence[str]) -> QuerySet[Any]:
    """The first cards of each column, what is due first on top, each with the size of its column."""
    place = Window(RowNumber(), partition_by="state", order_by=[F("due_on").asc(nulls_last=True), F("id").desc()])
    rows = found.filter(state__in=states).order_by()
    rows = rows.annotate(place=place, in_column=Window(Count("pk"), partition_by="state")).filter(place__lte=CARDS)
    return rows.select_related("customer", "owner").defer("body", "search_text", "summary").order_by("state", "place")


@dataclass(frozen=True)
class Ask:
    """An open approval, and how it stands: opened, unopened, ending."""

    approval: Approval
    days: int
    state: str


def waiting(user: Any, now: datetime, limit: int = WAITING) -> list[Ask]:
    """Open approvals, the oldest first."""
    rows = (
        Approval.objects.visible_to(user)
        .open()
        .with_opened()
        .select_related("contact", "material__customer", "version")
    )
    return [_ask(approval, now) for approval in rows.order_by("asked_at", "pk")[:limit]]


def _ask(approval: Approval, now: datetime) -> Ask:
    opened = getattr(approval, "opened_at", None)
    ending = (approval.expires_at - now).days < 3
    state = "opened" if opened else "ending" if ending else "unopened"
    return Ask(approval, (now - approval.asked_at).days, state)


def urgency(material: Material, on: date) -> str:
    """`late`, `soon` or nothing, for the card's date."""
    if material.due_on is None:
        return ""
    return "late" if material.due_on < on else "soon" if (material.due_on - on).days <= 3 else ""
