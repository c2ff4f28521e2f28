"""What can happen to deals, requests and the people asked."""

from django.db import models

from crp.events import register


@register
class Verb(models.TextChoices):
    OPPORTUNITY_ADDED = "opportunity.added"
    OPPORTUNITY_EDITED = "opportunity.edited"
    OPPORTUNITY_WON = "opportunity.won"
    OPPORTUNITY_LOST = "opportunity.lost"
    OPPORTUNITY_REOPENED = "opportunity.reopened"
    OPPORTUNITY_REFERRED = "opportunity.referred"
    OPPORTUNITY_UNREFERRED = "opportunity.unreferred"
    MATERIAL_USE_RECORDED = "material_use.recorded"
    REQUEST_DRAFTED = "request.drafted"
    REQUEST_SUBMITTED = "request.submitted"
    REQUEST_REVISED = "request.revised"
    REQUEST_TAKEN = "request.taken"
    REQUEST_ASSIGNED = "request.assigned"
    REQUEST_MOVED = "request.moved"
    REQUEST_CLOCK_PAUSED = "request.clock_paused"
    REQUEST_CLOCK_RESUMED = "request.clock_resumed"
    REQUEST_FULFILLED = "request.fulfilled"
    REQUEST_CLOSED = "request.closed"
    REQUEST_WITHDRAWN = "request.withdrawn"
    REQUEST_EXPIRED = "request.expired"
    ASSIGNMENT_PROPOSED = "assignment.proposed"
    ASSIGNMENT_OWNER_ASKED = "assignment.owner_asked"
    ASSIGNMENT_APPROVED = "assignment.approved"
    ASSIGNMENT_INVITED = "assignment.invited"
    ASSIGNMENT_SUGGESTED = "assignment.suggested"
    ASSIGNMENT_ACCEPTED = "assignment.accepted"
    ASSIGNMENT_DECLINED = "assignment.declined"
    ASSIGNMENT_SCHEDULED = "assignment.scheduled"
    ASSIGNMENT_RELEASED = "assignment.released"
    ASSIGNMENT_COMPLETED = "assignment.completed"
    ASSIGNMENT_MISSED = "assignment.missed"
    ASSIGNMENT_WITHDRAWN = "assignment.withdrawn"
    ASSIGNMENT_LAPSED = "assignment.lapsed"
    REQUEST_RULES_EDITED = "request_rules.edited"

    @classmethod
    def glyphs(cls) -> dict[str, tuple[str, str]]:
        """Icon and tint beside the sentence."""
        return {
            cls.OPPORTUNITY_ADDED: ("handshake", ""),
            cls.OPPORTUNITY_EDITED: ("pencil", ""),
            cls.OPPORTUNITY_WON: ("trophy", "go"),
            cls.OPPORTUNITY_LOST: ("circle-x", ""),
            cls.OPPORTUNITY_REOPENED: ("rotate-ccw", ""),
            cls.OPPORTUNITY_REFERRED: ("handshake", "accent"),
            cls.OPPORTUNITY_UNREFERRED: ("handshake", ""),
            cls.MATERIAL_USE_RECORDED: ("link", "accent"),
            cls.REQUEST_DRAFTED: ("pencil", ""),
            cls.REQUEST_SUBMITTED: ("messages-square", "accent"),
            cls.REQUEST_REVISED: ("pencil", ""),
            cls.REQUEST_TAKEN: ("hand", ""),
            cls.REQUEST_ASSIGNED: ("user-plus", ""),
            cls.REQUEST_MOVED: ("calendar-clock", "ask"),
            cls.REQUEST_CLOCK_PAUSED: ("pause", "rest"),
            cls.REQUEST_CLOCK_RESUMED: ("clock", ""),
            cls.REQUEST_FULFILLED: ("circle-check", "go"),
            cls.REQUEST_CLOSED: ("archive", ""),
            cls.REQUEST_WITHDRAWN: ("x", ""),
            cls.REQUEST_EXPIRED: ("clock-alert", "stop"),
            cls.ASSIGNMENT_PROPOSED: ("users", "accent"),
            cls.ASSIGNMENT_OWNER_ASKED: ("hand", "ask"),
            cls.ASSIGNMENT_APPROVED: ("check", "go"),
            cls.ASSIGNMENT_INVITED: ("send", "accent"),
            cls.ASSIGNMENT_SUGGESTED: ("calendar-range", "accent"),
            cls.ASSIGNMENT_ACCEPTED: ("circle-check", "go"),
            cls.ASSIGNMENT_DECLINED: ("x", ""),
            cls.ASSIGNMENT_SCHEDULED: ("calendar-check", "go"),
            cls.ASSIGNMENT_RELEASED: ("key-round", "accent"),
            cls.ASSIGNMENT_COMPLETED: ("phone", "go"),
            cls.ASSIGNMENT_MISSED: ("circle-alert", "stop"),
            cls.ASSIGNMENT_WITHDRAWN: ("x", ""),
            cls.ASSIGNMENT_LAPSED: ("hourglass", ""),
            cls.REQUEST_RULES_EDITED: ("sliders-horizontal", ""),
        }
