"""What ends, is named and is forgotten on this floor when a person takes no part any more."""

from typing import Any

from django.utils.translation import gettext as _

from references.stopping import forgets, stops
from references.whereabouts import MOST, Use, names_uses
from requests_app.models import Assignment
from requests_app.models.states import LIVE_STATES


@stops
def call_off_asks(contact: Any) -> None:
    """Every ask under way is taken back: its place is free again, its calendar entry cancelled, whoever asked hears of it."""
    asks = Assignment.objects.live().filter(contact=contact).select_related("request", "contact__customer__owner")
    for ask in asks.order_by("request_id", "pk"):
        ask.withdraw(by=None, reason=str(_("Takes no part any more.")))


@names_uses
def asks(contact: Any, user: Any) -> list[Use]:
    """What he was asked for. One query."""
    rows = Assignment.objects.visible_to(user).filter(contact=contact).select_related("request__activity_type")[:MOST]
    return [
        Use(
            _("Ask"), f"{row.request.reference}, {row.request.activity_type}", row.get_absolute_url(),
            str(row.get_state_display()), (row.invited_at or row.created_at).date(), row.state in LIVE_STATES,
        )
        for row in rows
    ]  # fmt: skip


@forgets
def words(contact: Any) -> None:
    """What he said and what was written to him."""
    mine = Assignment.objects.filter(contact=contact)
    mine.update(message="", answer_note="", feedback="", end_reason="")
    for ask in mine:
        ask.slots.all().delete()
