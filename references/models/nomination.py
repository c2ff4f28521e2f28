"""Nomination: a colleague, a survey or a rule says this customer should become a reference."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.verbs import Stateful, state_check
from references.models.contact import Contact
from references.models.customer import Customer


class NominationState(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class NominationOrigin(models.TextChoices):
    PERSON = "person", _("A colleague")
    SURVEY = "survey", _("Promoter survey")
    HEALTH = "health", _("Health rule")
    WON_DEAL = "won_deal", _("Won deal")


OPEN_STATES = (NominationState.SUBMITTED, NominationState.IN_REVIEW)


class NominationQuerySet(models.QuerySet["Nomination"]):
    def visible_to(self, user: Any) -> Self:
        """All for managers, marketing, executives and admins; else one's own and those of one's customers."""
        if user.is_manager or user.is_marketing or user.is_executive or user.is_admin:
            return self
        return self.filter(models.Q(by=user) | models.Q(customer__owner=user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


class Nomination(Stateful):
    event_ref = "nomination"
    TRANSITIONS = {
        "review": ({NominationState.SUBMITTED}, NominationState.IN_REVIEW),
        "approve": (set(OPEN_STATES), NominationState.APPROVED),
        "decline": (set(OPEN_STATES), NominationState.DECLINED),
    }

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="nominations")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="nominations")
    reason = models.TextField(_("why"))
    origin = models.CharField(max_length=10, choices=NominationOrigin.choices, default=NominationOrigin.PERSON)
    state = models.CharField(max_length=10, choices=NominationState.choices, default=NominationState.SUBMITTED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="nominations")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            state_check(NominationState, "nomination_state_known"),
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(state__in=OPEN_STATES), name="nomination_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at", "id"], name="nomination_queue"),
            models.Index(fields=["by", "-created_at"], name="nomination_by"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.state}"
