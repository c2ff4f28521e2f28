"""Who may do what with deals, requests and the people asked. Mixed into the models; a state is asked for elsewhere."""

from typing import Any, ClassVar

from requests_app.deciding import Decider, runs_program


class Rights:
    """`RIGHTS` names, for each verb a page can offer, the right and (if the state matters) the transition."""

    RIGHTS: ClassVar[dict[str, tuple[str, str]]] = {}

    def may(self, verb: str, user: Any) -> bool:
        """Would the verb be allowed to the user now?"""
        right, transition = self.RIGHTS[verb]
        return bool((not transition or self.can(transition)) and getattr(self, right)(user))  # type: ignore[attr-defined]


class OpportunityRights(Rights):
    owner_id: int | None
    owner: Any

    RIGHTS = {
        "close": ("can_be_closed_by", "win"),
        "reopen": ("can_be_closed_by", "reopen"),
        "edit": ("can_be_edited_by", ""),
        "own_up": ("can_be_touched_by", ""),
        "use_material": ("can_be_touched_by", ""),
    }

    @staticmethod
    def can_be_added_by(user: Any) -> bool:
        return bool(user.is_sales or runs_program(user))

    def can_be_edited_by(self, user: Any) -> bool:
        """Its owner, the manager of his team, program managers and admins."""
        if runs_program(user):
            return True
        return bool(user.is_sales and (self.owner_id == user.pk or self.is_led_by(user)))

    def can_be_closed_by(self, user: Any) -> bool:
        return self.can_be_edited_by(user)

    def can_change_owner(self, user: Any) -> bool:
        return bool(user.is_admin)

    @staticmethod
    def can_be_touched_by(user: Any) -> bool:
        """May he note a use of a reference or of material? Who works on deals: sales, marketing, managers, admins."""
        return bool(user.is_sales or user.is_marketing or runs_program(user))

    @staticmethod
    def amounts_visible_to(user: Any) -> bool:
        """Marketing works on deals without knowing what they are worth."""
        return bool(user.is_sales or user.is_executive or runs_program(user) or not user.is_marketing)

    def is_led_by(self, user: Any) -> bool:
        team = self.owner.team if self.owner else None
        return team is not None and team.manager_id == user.pk


class RequestRights(Rights):
    requested_by_id: int
    sla_paused_at: Any

    RIGHTS = {
        "submit": ("can_be_submitted_by", "submit"),
        "take": ("can_be_taken_by", "take"),
        "assign": ("can_be_assigned_by", "take"),
        "withdraw": ("can_be_withdrawn_by", "withdraw"),
        "close": ("can_be_closed_by", "close"),
        "move": ("can_be_moved_by", "withdraw"),
        "revise": ("can_be_revised_by", "withdraw"),
        "propose": ("can_be_proposed_by", "take"),
        "pause_clock": ("can_have_clock_paused_by", "take"),
        "resume_clock": ("can_have_clock_resumed_by", "take"),
    }

    @staticmethod
    def can_be_asked_by(user: Any) -> bool:
        """Sales, marketing, program managers and admins ask."""
        return bool(user.is_sales or user.is_marketing or runs_program(user))

    def is_asked_by(self, user: Any) -> bool:
        return self.requested_by_id == user.pk

    def can_be_submitted_by(self, user: Any) -> bool:
        return self.is_asked_by(user)

    def can_be_revised_by(self, user: Any) -> bool:
        return self.is_asked_by(user) or runs_program(user)

    can_be_moved_by = can_be_withdrawn_by = can_be_revised_by

    def can_be_taken_by(self, user: Any) -> bool:
        return runs_program(user)

    can_be_assigned_by = can_be_closed_by = can_be_proposed_by = can_be_taken_by

    def can_have_clock_paused_by(self, user: Any) -> bool:
        return runs_program(user) and self.sla_paused_at is None

    def can_have_clock_resumed_by(self, user: Any) -> bool:
        return runs_program(user) and self.sla_paused_at is not None

    def may_see_matches(self, user: Any) -> bool:
        """The asker and his team, and those who see every customer; an account owner is asked about his own only."""
        return bool(user.is_sales or user.is_marketing or user.is_executive or runs_program(user))


class AssignmentRights(Rights):
    requester_id: int
    approved_by_id: int | None
    state: str
    contact: Any

    RIGHTS = {
        "approve": ("can_be_approved_by", "approve"),
        "decline": ("can_be_declined_by", "decline"),
        "invite": ("can_be_invited_by", "invite"),
        "accept": ("can_be_accepted_by", "accept"),
        "schedule": ("can_be_scheduled_by", "schedule"),
        "release": ("can_be_released_by", "complete"),
        "complete": ("can_be_completed_by", "complete"),
        "miss": ("can_be_completed_by", "miss"),
        "withdraw": ("can_be_withdrawn_by", "withdraw"),
    }

    def decider(self) -> Decider:
        """Who must agree before the person is asked."""
        return Decider.of(self.contact.customer, self.requester_id)

    def can_be_approved_by(self, user: Any) -> bool:
        """The account owner, or the program manager where nobody else can; never who asked."""
        return self.decider().allows(user)

    def can_be_declined_by(self, user: Any) -> bool:
        """Before the contact is asked, who decides; afterwards the program, for the contact."""
        return self.decider().allows(user) if self.state == "owner_approval" else runs_program(user)

    def can_be_invited_by(self, user: Any) -> bool:
        """The program; asking somebody nobody approved is approving him, so then not who asked."""
        return runs_program(user) and (self.approved_by_id is not None or self.decider().allows(user))

    def can_be_accepted_by(self, user: Any) -> bool:
        """May he record the contact's yes?"""
        return runs_program(user)

    def can_be_released_by(self, user: Any) -> bool:
        """May he open the person's mail and phone to who asked?"""
        return runs_program(user)

    def can_be_scheduled_by(self, user: Any) -> bool:
        return runs_program(user) or self.requester_id == user.pk

    can_be_completed_by = can_be_missed_by = can_be_scheduled_by

    def can_be_withdrawn_by(self, user: Any) -> bool:
        return runs_program(user) or self.requester_id == user.pk
