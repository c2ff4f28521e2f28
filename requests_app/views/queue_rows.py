"""The rows of the queue: what each says, put together without a template where it repeats fifty times a page."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from crp.ui import formats
from crp.ui.drawing import drawn


def queue_rows(requests: Iterable[Any], *, today: date, bulk: bool, amounts: bool) -> list[SafeString]:
    """A <tr> for each request that sentences.told has told. `bulk`: with its box to tick and a button to take it."""
    return [
        drawn("requests_app/_queue_row.html", bulk=bulk, today=today, **_occasion(row, amounts), **_said(row, bulk))
        for row in requests
    ]


def _occasion(row: Any, amounts: bool) -> dict[str, Any]:
    deal = row.opportunity
    return {
        "number": row.reference,
        "deal": deal.name if deal else "",
        "amount": formats.money(deal.amount, deal.currency) if deal and amounts else "",
        "purpose": "" if deal else str(row.get_purpose_display()),
    }


def _said(row: Any, bulk: bool) -> dict[str, Any]:
    waits, colleague = row.waits, row.assigned_to
    return {
        "pk": row.pk, "title": row.title, "need_by": row.need_by, "stage": row.stage_number, "stage_name": row.stage_name,
        "who": waits.who, "you": waits.you, "what": waits.what, "at": formats.moment(waits.at),
        "since": "" if waits.at else formats.moment(waits.since), "ago": "" if waits.at else formats.ago(waits.since),
        "colleague": colleague.name if colleague else "", "colleague_id": row.assigned_to_id,
        "may_take": bulk and not colleague and row.state == "submitted",
    }  # fmt: skip
