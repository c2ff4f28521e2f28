"""The states of requests and assignments, and the named sets of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    FULFILLED = "fulfilled", _("Fulfilled")
    UNFULFILLED = "unfulfilled", _("Unfulfilled")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class Purpose(models.TextChoices):
    """What the request is for when there is no deal."""

    DEAL = "deal", _("A deal")
    ANALYST = "analyst", _("Analyst relations")
    PRESS = "press", _("Press")
    EVENT = "event", _("Event")


OPEN_STATES = (RequestState.SUBMITTED, RequestState.IN_REVIEW)
CLOSED_STATES = (RequestState.FULFILLED, RequestState.UNFULFILLED, RequestState.WITHDRAWN, RequestState.EXPIRED)


class Waiting(models.TextChoices):
    """Whom an open request waits for."""

    TAKER = "taker", _("Somebody to take it")
    MANAGER = "manager", _("The program manager")
    OWNER = "owner", _("The account owner")
    CONTACT = "contact", _("The reference")
    DATE = "date", _("A date")
    CALL = "call", _("The day itself")


class AssignmentState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    OWNER_APPROVAL = "owner_approval", _("Owner to agree")
    INVITED = "invited", _("Asked")
    ACCEPTED = "accepted", _("Said yes")
    SCHEDULED = "scheduled", _("Booked")
    COMPLETED = "completed", _("Done")
    MISSED = "missed", _("Missed")
    DECLINED = "declined", _("Said no")
    WITHDRAWN = "withdrawn", _("Taken back")
    LAPSED = "lapsed", _("No answer")


S = AssignmentState
LIVE_STATES = (S.PROPOSED, S.OWNER_APPROVAL, S.INVITED, S.ACCEPTED, S.SCHEDULED)
# The contact said yes and is counted on.
AGREED_STATES = (S.ACCEPTED, S.SCHEDULED)
# The contact has heard of it and must hear when it is off.
TOLD_STATES = (S.INVITED, S.ACCEPTED, S.SCHEDULED)
