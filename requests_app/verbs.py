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
    ASSIGNMENT_COMPLETED = "assignment.completed"
    ASSIGNMENT_MISSED = "assignment.missed"
    ASSIGNMENT_WITHDRAWN = "assignment.withdrawn"
    ASSIGNMENT_LAPSED = "assignment.lapsed"
    REQUEST_RULES_EDITED = "request_rules.edited"
