"""ReferenceRequest: somebody needs a reference by a day."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.verbs import Stateful, state_check


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


class RequestQuerySet(models.QuerySet["ReferenceRequest"]):
    """The words for asking about requests."""

    def visible_to(self, user: Any) -> Self:
        """All for managers, marketing, executives, admins; own and team's for sales; asks about his customers for an account owner."""
        if user.is_manager or user.is_marketing or user.is_executive or user.is_admin:
            return self
        # A subquery, not a join: a request with three people asked must not appear three times.
        from requests_app.models.assignment import Assignment

        seen = models.Q(requested_by=user) | models.Q(
            pk__in=Assignment.objects.filter(contact__customer__owner=user).values("request")
        )
        if user.is_sales:
            seen |= models.Q(requested_by__team__manager=user)
            if user.team_id:
                seen |= models.Q(requested_by__team=user.team_id)
        return self.filter(seen)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class ReferenceRequest(Stateful):
    """`criteria` holds {industries, countries, products, company_size, languages, functions, use_cases, notes}: names, not ids."""

    event_ref = "request"
    TRANSITIONS = {
        "submit": ({RequestState.DRAFT}, RequestState.SUBMITTED),
        "take": ({RequestState.SUBMITTED, RequestState.IN_REVIEW}, RequestState.IN_REVIEW),
        "fulfil": (set(OPEN_STATES), RequestState.FULFILLED),
        "close": (set(OPEN_STATES), RequestState.UNFULFILLED),
        "withdraw": ({RequestState.DRAFT, *OPEN_STATES}, RequestState.WITHDRAWN),
        "expire": (set(OPEN_STATES), RequestState.EXPIRED),
    }

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False)
    opportunity = models.ForeignKey(
        "requests_app.Opportunity", models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("deal")
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.DEAL)
    activity_type = models.ForeignKey("references.ActivityType", models.PROTECT, related_name="requests", verbose_name=_("what"))
    need_by = models.DateField(_("needed by"))
    criteria = models.JSONField(default=dict, blank=True)
    topics = models.TextField(_("topics"), blank=True)
    state = models.CharField(_("state"), max_length=11, choices=RequestState.choices, default=RequestState.DRAFT)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="requests")
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_requests")
    submitted_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    first_accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(blank=True)
    # The furthest anyone asked has come, kept by the assignment's verbs, so that the queue needs no join per row.
    stage = models.CharField(max_length=16, blank=True)
    waiting_for = models.CharField(max_length=16, blank=True)
    waiting_since = models.DateTimeField(null=True)
    waiting_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    waiting_contact = models.ForeignKey("references.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_count = models.PositiveSmallIntegerField(default=0)
    sla_paused_at = models.DateTimeField(null=True)
    sla_paused_seconds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering = ("need_by", "pk")
        constraints = [
            state_check(RequestState, "request_state_known"),
            models.CheckConstraint(
                condition=models.Q(purpose="deal", opportunity__isnull=False) | ~models.Q(purpose="deal"),
                name="request_has_deal_or_purpose",
            ),
        ]
        indexes = [
            models.Index(fields=["need_by", "id"], condition=models.Q(state__in=["submitted", "in_review"]), name="request_queue"),
            models.Index(
                fields=["assigned_to", "need_by", "id"],
                condition=models.Q(state__in=["submitted", "in_review"]),
                name="request_queue_mine",
            ),
            models.Index(fields=["requested_by", "-id"], name="request_by"),
            models.Index(fields=["opportunity", "-id"], name="request_opportunity"),
            models.Index(fields=["state", "-id"], name="request_state"),
            models.Index(fields=["submitted_at"], name="request_submitted"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it: R-1191."""
        return f"R-{self.number}"
