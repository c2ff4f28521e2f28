"""What colleagues hear of from this floor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role
from crp.inbox import register


@register
class Kind(models.TextChoices):
    REQUEST_SUBMITTED = "request.submitted", _("A new request came in")
    REQUEST_ASSIGNED = "request.assigned", _("A request was given to you")
    REQUEST_TAKEN = "request.taken", _("Somebody took your request")
    REQUEST_ENDED = "request.ended", _("A request of yours ended")
    REQUEST_DUE = "request.due", _("A request is due soon")
    OWNER_ASKED = "assignment.owner_asked", _("Your agreement is needed")
    OWNER_SILENT = "assignment.owner_silent", _("An account owner has not answered")
    CONTACT_SILENT = "assignment.contact_silent", _("A reference has not answered")
    APPROVED = "assignment.approved", _("An account owner agreed")
    DECLINED = "assignment.declined", _("Somebody said no")
    ACCEPTED = "assignment.accepted", _("A reference said yes")
    SUGGESTED = "assignment.suggested", _("A reference suggested other times")
    SCHEDULED = "assignment.scheduled", _("A time is agreed")
    RELEASED = "assignment.released", _("A reference's details were released to you")
    CALLED_OFF = "assignment.withdrawn", _("An ask was taken back")
    DEBRIEF_MISSING = "assignment.debrief_missing", _("A debrief is missing")
    COMPLETED = "assignment.completed", _("An activity took place")

    @classmethod
    def defaults(cls) -> dict[str, str]:
        """Bookkeeping stays in the inbox; what waits for somebody is mailed too."""
        return dict.fromkeys((cls.REQUEST_TAKEN, cls.APPROVED, cls.COMPLETED, cls.SCHEDULED), "inbox")

    @classmethod
    def roles(cls) -> dict[str, frozenset[str]]:
        return {cls.REQUEST_SUBMITTED: frozenset({Role.MANAGER}), cls.REQUEST_ASSIGNED: frozenset({Role.MANAGER})}
