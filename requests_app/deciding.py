"""Who may decide whether somebody's customer is asked."""

from dataclasses import dataclass
from typing import Any


def runs_program(user: Any) -> bool:
    """Program managers and admins take, match, propose and record."""
    return bool(user.is_manager or user.is_admin)


@dataclass(frozen=True)
class Decider:
    """
    The account owner, or (then `owner` is None) the program manager in his stead.

    `instead` says why: no_owner, asked_himself, cannot_sign_in; empty when the owner decides.
    """

    owner: Any
    instead: str
    requester_id: int

    @classmethod
    def of(cls, customer: Any, requester_id: int) -> "Decider":
        """Who decides about `customer` for a request of the user `requester_id`, who never decides himself."""
        owner = customer.owner
        if owner is None:
            return cls(None, "no_owner", requester_id)
        if owner.pk == requester_id:
            return cls(None, "asked_himself", requester_id)
        if not owner.is_active or not owner.email:
            return cls(None, "cannot_sign_in", requester_id)
        return cls(owner, "", requester_id)

    def allows(self, user: Any) -> bool:
        """May the user decide?"""
        if user.pk == self.requester_id:
            return False
        return bool(self.owner.pk == user.pk if self.owner else user.is_manager)
