"""The pages that are measured, with their aims, for one database."""

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from bench.client import Page


def pages(facts: dict[str, Any]) -> list[Page]:
    """`facts` are those of bench.world."""
    words, ids = facts["words"], facts["requests"]
    filtered = [f"/customers/?status=active&industry={pk}" for pk in facts["industries"]]
    return [
        Page("home", ["/"], None, 6, kilobytes=60),
        Page("customer list", ["/customers/"], 0.5, 6, kilobytes=60),
        Page("customer list, filtered", filtered, 0.5, 6, kilobytes=60),
        Page("customer list, searched", [f"/customers/?search={quote(text)}" for text in words], 0.5, 8, 2.0, 60),
        Page("search box", [f"/search/?q={quote(text)}" for text in words], 0.5, 8, 2.0, 60),
        Page("customer record", [f"/customers/{pk}/" for pk in facts["customers"]], 0.4, 10),
        Page("triage queue", ["/requests/"], 0.5, 6, kilobytes=60),
        Page("matches", [f"/requests/{pk}/matches/" for pk in ids], None, None),
        Page("executive page", ["/insight/"], 0.5, 6),
        Page("create a request", ["/requests/new/"], 0.4, 12, form=asking(facts)),
    ]


def asking(facts: dict[str, Any]) -> Any:
    """Gives the form of a new request for one open deal after another."""
    deals: Iterator[int] = itertools.cycle(facts["deals"])

    def form() -> dict[str, Any]:
        return {
            "deal": next(deals),
            "activity_type": facts["type"][0],
            "need_by": (date.today() + timedelta(days=20)).isoformat(),
            "topics": "How long it took, and what it saved.",
            "languages": "en",
        }

    return form


def floor_of(page: Page, rows: int) -> Page:
    """The bare page of as many rows, or the bare insert."""
    if page.form:
        return Page(f"floor of {page.name}", ["/bench/create/"], None, None, form=dict)
    return Page(f"floor of {page.name}", [f"/bench/rows/{rows}/"], None, None)
