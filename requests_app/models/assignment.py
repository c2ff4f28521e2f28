"""Assignment: one person asked for one request."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.inbox import notify
from crp.verbs import Forbidden, Refused, Stateful, WrongState, state_check
from references import availability, capacity
from references.models.contact import Release
from requests_app.models.asking import Asking
from requests_app.models.candidate import Candidate
from requests_app.models.meeting import Meeting
from requests_app.models.releasing import Releasing
from requests_app.models.request import ReferenceRequest
from requests_app.models.states import LIVE_STATES, OPEN_STATES, AssignmentState
from requests_app.notices import Kind
from requests_app.rights import AssignmentRights
from requests_app.verbs import Verb

S = AssignmentState


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> Self:
        """Those of the requests the user may see; an account owner sees only those of his customers."""
        if user.sees_whole_program:
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

    def overdue(self, now: datetime, owner_grace: timedelta) -> Self:
        """Nobody answered in time; account owners get the grace on top, while the manager is told."""
        return self.filter(
            models.Q(state=S.INVITED, answer_by__lte=now)
            | models.Q(state=S.OWNER_APPROVAL, answer_by__lte=now - owner_grace)
        )

    def with_released_to(self, user: Any) -> Self:
        """Each with `released`: whether the user, selling, may read mail and phone because they were released to him."""
        if not user.is_sales:
            return self.annotate(released=models.Value(False))
        live = Release.objects.filter(contact=models.OuterRef("contact"), user=user).live(timezone.now())
        return self.annotate(released=models.Exists(live))

    def waits_for_owner(self, user: Any) -> Self:
        """Those the user must agree to as account owner."""
        return self.filter(state=S.OWNER_APPROVAL, contact__customer__owner=user).exclude(requester=user)


class Assignment(AssignmentRights, Asking, Meeting, Releasing, Stateful):
    """Runs proposed → owner_approval → invited → accepted → scheduled → completed or missed."""

    event_ref = "assignment"
    event_private = True
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
    state = models.CharField(
        _("state"), max_length=14, choices=AssignmentState.choices, default=AssignmentState.PROPOSED
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Copied from the request, so that the rule against approving one's own wish is a CHECK.
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    override_reason = models.TextField(_("reason to go over"), blank=True)
    # Who let it go over a limit; empty where none was in the way.
    override_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    message = models.TextField(_("message"), blank=True)
    approval_asked_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    invited_at = models.DateTimeField(null=True)
    answer_by = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
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
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("requester")),
                name="no_self_approval",
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

    @property
    def ref(self) -> str:
        """What holds, releases and the ledger call it."""
        return f"assignment:{self.pk}"

    @property
    def facts(self) -> dict[str, Any]:
        """What every event and notice about it tells."""
        return {**self.request.facts, "customer": self.contact.customer.name}

    def get_absolute_url(self) -> str:
        return reverse("requests_app:assignment", args=[self.pk])

    def lock(self) -> Self:
        """The request's row first, then this one's: the order of every verb that needs both."""
        ReferenceRequest.objects.select_for_update().only("pk").get(pk=self.request_id)
        return super().lock()

    @classmethod
    @transaction.atomic
    def propose(cls, *, request: ReferenceRequest, contact: Any, by: Any, override_reason: str = "") -> "Assignment":
        """
        Choose the person for the request and hold his capacity; taking the request if nobody has.

        Goes to the account owner when he must agree, else is ready to invite. A reason goes over limits, over nothing else.
        What spoke for and against the person is kept as a Candidate. Raises Forbidden, WrongState, Refused naming the problem.
        """
        from requests_app import matching

        if not request.can_be_proposed_by(by):
            raise Forbidden
        request.lock()
        if request.state not in OPEN_STATES:
            raise WrongState(request.state, "propose", OPEN_STATES)
        if request.assignments.live().filter(contact=contact).exists():
            raise Refused(_("This person is asked for this request already."), code="already_asked", field="contact")
        match = matching.score(request, contact)
        must_agree = guard_askable(request, contact, by, override_reason, match.problems)
        if request.assigned_to_id is None:
            request.take(by=by)
        agreed = (
            {}
            if must_agree or contact.customer.owner_id != by.pk
            else {"approved_by": by, "approved_at": timezone.now()}
        )
        found = cls.objects.create(
            request=request, contact=contact, proposed_by=by, requester_id=request.requested_by_id,
            override_reason=override_reason.strip(), **agreed,
        )  # fmt: skip
        Candidate.objects.keep(request, match)
        held = capacity.hold(
            contact, request.activity_type, on=request.need_by, reason=found.ref, label=request.reference, by=by,
            override_reason=override_reason,
        )  # fmt: skip
        if held.override_by_id:
            found.override_by = held.override_by
            found.save(update_fields=["override_by"])
        found._record(Verb.ASSIGNMENT_PROPOSED, by=by, override=override_reason.strip())
        if must_agree:
            found.ask_owner(by=by)
        return found._kept()

    def _record(self, verb: Verb, *, by: Any, **facts: Any) -> Any:
        """One event about the assignment, its request, deal, customer and contact."""
        about = (self.request, self.request.opportunity, self.contact.customer)
        return record(verb, self, *about, by=by, contact=self.contact, **self.facts, **facts)

    def _tell_manager(self, kind: Kind, event: Any, **facts: Any) -> None:
        manager = self.request.assigned_to or self.proposed_by
        notify([manager], kind, event=event, url=self.get_absolute_url(), context={**self.facts, **facts})

    def _tell_both(self, kind: Kind, event: Any, **facts: Any) -> None:
        people = [self.request.assigned_to or self.proposed_by, self.requester]
        notify(people, kind, event=event, url=self.get_absolute_url(), context={**self.facts, **facts})

    def _kept(self) -> Self:
        """The request's progress, then this."""
        self.request.keep_progress()
        return self


def guard_askable(
    request: ReferenceRequest, contact: Any, by: Any, override_reason: str, found: list[availability.Problem]
) -> bool:
    """
    Must somebody agree first, with these problems? Raises Refused with the first that bars the ask.

    A reason clears limits only; the account owner's own proposal is his agreement, unless he asked for it himself.
    """
    for problem in found:
        over = problem.code in availability.LIMITS and override_reason.strip()
        if problem.severity == availability.Severity.BLOCKER and not over:
            raise Refused(problem.text, code=problem.code, field="contact")
        if over and request.requested_by_id == by.pk:
            text = _("You asked for this yourself: another program manager decides whether it goes over the limit.")
            raise Refused(text, code="own_override", field="override_reason")
    deal = request.opportunity
    if deal and deal.account_id == contact.customer_id:
        raise Refused(_("This person works for the prospect."), code="prospects_own", field="contact")
    owner = contact.customer.owner_id
    if owner == by.pk and request.requested_by_id != by.pk:
        return False
    return owner is not None or any(problem.severity == availability.Severity.APPROVAL for problem in found)


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
