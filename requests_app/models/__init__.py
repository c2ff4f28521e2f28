"""Deals, requests for references, and the people asked."""

from requests_app.models.assignment import Assignment, Slot
from requests_app.models.candidate import Candidate
from requests_app.models.closing_day import ClosingDay
from requests_app.models.opportunity import Opportunity, OpportunityState
from requests_app.models.request import ReferenceRequest
from requests_app.models.rules import RequestRules
from requests_app.models.states import AssignmentState, Purpose, RequestState, Waiting
from requests_app.models.touch import MaterialUse, Touch

__all__ = [
    "Assignment", "AssignmentState", "Candidate", "ClosingDay", "MaterialUse", "Opportunity", "OpportunityState",
    "Purpose", "ReferenceRequest", "RequestRules", "RequestState", "Slot", "Touch", "Waiting",
]  # fmt: skip
