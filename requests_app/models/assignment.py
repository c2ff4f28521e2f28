"""Assignment: one person asked for one request."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.verbs import Stateful, state_check


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


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the requests the user may see; an account owner sees only those of his customers."""
        if user.is_manager or user.is_marketing or user.is_executive or user.is_admin:
            return self
        seen = models.Q(contact__customer__owner=user) | models.Q(request__requested_by=user)
        if user.is_sales:
            seen |= models.Q(request__requested_by__team__manager=user)
            if user.team_id:
                seen |= models.Q(request__requested_by__team=user.team_id)
        return self.filter(seen)

    def live(self) -> Self:
        """Still under way."""
        return self.filter(state__in=LIVE_STATES)


class Assignment(Stateful):
    """Runs proposed → owner_approval → invited → accepted → scheduled → completed or missed."""

    event_ref = "assignment"
    TRANSITIONS = {
        "ask_owner": ({S.PROPOSED}, S.OWNER_APPROVAL),
        "approve": ({S.PROPOSED, S.OWNER_APPROVAL}, S.PROPOSED),
        "invite": ({S.PROPOSED}, S.INVITED),
        "accept": ({S.INVITED}, S.ACCEPTED),
        "schedule": ({S.ACCEPTED, S.SCHEDULED}, S.SCHEDULED),
        "complete": ({S.ACCEPTED, S.SCHEDULED}, S.COMPLETED),
        "miss": ({S.ACCEPTED, S.SCHEDULED}, S.MISSED),
        "decline": ({S.OWNER_APPROVAL, S.INVITED, S.ACCEPTED, S.SCHEDULED}, S.DECLINED),
        "withdraw": (set(LIVE_STATES), S.WITHDRAWN),
        "lapse": ({S.OWNER_APPROVAL, S.INVITED}, S.LAPSED),
    }

    request = models.ForeignKey("requests_app.ReferenceRequest", models.CASCADE, related_name="assignments")
    contact = models.ForeignKey("references.Contact", models.PROTECT, related_name="assignments")
    state = models.CharField(_("state"), max_length=14, choices=AssignmentState.choices, default=AssignmentState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Copied from the request, so that the rule against approving one's own wish is a CHECK.
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    override_reason = models.TextField(_("reason to go over"), blank=True)
    message = models.TextField(_("message"), blank=True)
    approval_asked_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_note = models.TextField(blank=True)
    scheduled_at = models.DateTimeField(null=True)
    scheduled_minutes = models.PositiveSmallIntegerField(default=30)
    calendar_sequence = models.PositiveSmallIntegerField(default=0)
    occurred_on = models.DateField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    rep_rating = models.PositiveSmallIntegerField(null=True)
    prospect_rating = models.PositiveSmallIntegerField(null=True)
    contact_rating = models.PositiveSmallIntegerField(null=True)
    feedback = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            state_check(AssignmentState, "assignment_state_known"),
            models.UniqueConstraint(
                fields=["request", "contact"], condition=models.Q(state__in=LIVE_STATES), name="assignment_live_once"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("requester")), name="no_self_approval"
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{name}": None}) | models.Q(**{f"{name}__gte": 1, f"{name}__lte": 5}),
                    name=f"assignment_{name}_range",
                )
                for name in ("rep_rating", "prospect_rating", "contact_rating")
            ),
        ]
        indexes = [
            models.Index(fields=["request", "id"], name="assignment_request"),
            models.Index(fields=["contact", "-id"], name="assignment_contact"),
            models.Index(fields=["state", "answer_by"], name="assignment_due"),
            models.Index(fields=["invited_at"], name="assignment_invited"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.contact_id}"


class Slot(models.Model):
    """A time offered for an assignment."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=30)
    suggested_by_contact = models.BooleanField(default=False)

    class Meta:
        ordering = ("starts_at",)
        constraints = [models.UniqueConstraint(fields=["assignment", "starts_at"], name="slot_once")]

    def __str__(self) -> str:
        return self.starts_at.isoformat()
