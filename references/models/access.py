"""Who may do what with a customer, said once for the customer and all that hangs on him."""

from typing import Any

from crp.verbs import Forbidden


def sees_all_customers(user: Any) -> bool:
    """Managers, marketing, executives and admins see every customer; others active ones or their own."""
    return bool(user.sees_whole_program)


def may_set_up(user: Any) -> bool:
    """Limits, activity types and taxonomies belong to the program manager and the admin."""
    return bool(user.is_manager or user.is_admin)


def allow(permitted: bool) -> None:
    """Raise Forbidden unless permitted."""
    if not permitted:
        raise Forbidden


class CustomerAccess:
    """Mixed into Customer: the rights of the table in docs, by role and ownership."""

    owner_id: int | None

    def is_owned_by(self, user: Any) -> bool:
        return self.owner_id is not None and self.owner_id == user.pk

    def can_be_edited_by(self, user: Any) -> bool:
        """Facts, people and what they deployed."""
        return bool(user.is_manager or user.is_admin or user.is_marketing or self.is_owned_by(user))

    def can_be_managed_by(self, user: Any) -> bool:
        """Willingness, consent, pauses, complaints, surveys, retiring: who answers for the relationship."""
        return bool(user.is_manager or user.is_admin or self.is_owned_by(user))

    def can_change_owner(self, user: Any) -> bool:
        return bool(user.is_manager or user.is_admin)

    def shows_health_to(self, user: Any) -> bool:
        """Health, satisfaction, complaints and inside notes."""
        return sees_all_customers(user) or self.is_owned_by(user)
