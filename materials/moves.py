"""The moves material can make by one press, as menus and forms offer them. The rules are the verbs'."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from materials.models import Material, MaterialState


@dataclass(frozen=True)
class Move:
    """`label` is what the button says, `done` what the toast says; `asks` when it needs a form or a second thought."""

    verb: str
    label: Any
    done: Any
    icon: str
    asks: bool = False
    danger: bool = False

    @property
    def name(self) -> str:
        return f"materials:material_{self.verb}"

    @property
    def path(self) -> str:
        return self.verb.replace("_", "-")

    def url(self, pk: int) -> str:
        return reverse(self.name, kwargs={"pk": pk})


MOVES = (
    Move("draft", _("Take it up"), _("Taken up as a draft."), "pencil"),
    Move("submit_for_review", _("Hand in for review"), _("Handed in. Your colleagues are told."), "scan-eye"),
    Move("return_to_draft", _("Send back"), _("Sent back, with your reason."), "rotate-ccw", asks=True),
    Move("send_to_customer", _("Ask the customer"), _("Asked."), "send", asks=True),
    Move("approve", _("Approve"), _("Approved."), "stamp"),
    Move("publish", _("Publish"), _("Published."), "megaphone"),
    Move("mark_review_due", _("Put up for review"), _("Put up for review. It is not shared meanwhile."), "rotate-ccw"),
    Move("renew", _("Renew"), _("Renewed."), "refresh-cw", asks=True),
    Move("expire", _("Let it expire"), _("Expired."), "archive", asks=True, danger=True),
    Move("revise", _("Revise"), _("Back to draft. Change it, then have it approved again."), "pencil", asks=True),
    Move("withdraw", _("Withdraw"), _("Withdrawn from every page it was on."), "ban", asks=True, danger=True),
)
BY_VERB = {move.verb: move for move in MOVES}
# The one way on from each state, shown as the primary button.
ONWARD = {
    MaterialState.IDEA: ("draft",),
    MaterialState.DRAFT: ("submit_for_review",),
    MaterialState.INTERNAL_REVIEW: ("send_to_customer", "approve"),
    MaterialState.APPROVED: ("publish",),
    MaterialState.REVIEW_DUE: ("renew",),
    MaterialState.EXPIRED: ("renew",),
    MaterialState.WITHDRAWN: ("revise",),
}


def moves_of(material: Material, user: Any) -> list[Move]:
    """What the user can do with it now; the state and his rights decide, problems may still refuse."""
    return [move for move in MOVES if material.can(move.verb) and _may(material, move, user)]


def _may(material: Material, move: Move, user: Any) -> bool:
    if move.verb == "approve":
        return material.can_be_approved_by(user) and not material.names_customer
    if move.verb == "send_to_customer":
        return material.can_be_edited_by(user) and material.customer_id is not None
    return material.can_be_edited_by(user)


def onward(material: Material, moves: Iterable[Move]) -> Move | None:
    """The move that leads on from here, if the user can make it."""
    possible = {move.verb: move for move in moves}
    wanted = ONWARD.get(MaterialState(material.state), ())
    if not material.names_customer:
        wanted = tuple(reversed(wanted))
    return next((possible[verb] for verb in wanted if verb in possible), None)
