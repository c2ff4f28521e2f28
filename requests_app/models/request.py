"""ReferenceRequest: somebody needs a reference by a day."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role, User
from crp.events import record
from crp.inbox import notify
from crp.verbs import Forbidden, Refused, Stale, Stateful, state_check, today
from requests_app import criteria as wished
from requests_app import eligibility, progress
from requests_app.deciding import runs_program
from requests_app.models.request_set import RequestQuerySet
from requests_app.models.states import AGREED_STATES, LIVE_STATES, OPEN_STATES, Purpose, RequestState, Waiting
from requests_app.notices import Kind
from requests_app.rights import RequestRights
from requests_app.verbs import Verb

if TYPE_CHECKING:
    from requests_app.models.assignment import Assignment
    from requests_app.models.opportunity import Opportunity


class NextNumber(models.Func):
    """The next number from the sequence: unique however many ask at once, not gapless."""

    template = "nextval('requests_app_request_number')"
    output_field = models.PositiveIntegerField()
    allowed_default = True


class ReferenceRequest(RequestRights, Stateful):
    """`criteria` are names, not ids, in the spelling of requests_app.criteria."""

    event_ref = "request"
    event_private = True
    TRANSITIONS = {
        "submit": ({RequestState.DRAFT}, RequestState.SUBMITTED),
        "take": ({RequestState.SUBMITTED, RequestState.IN_REVIEW}, RequestState.IN_REVIEW),
        "fulfil": (set(OPEN_STATES), RequestState.FULFILLED),
        "close": (set(OPEN_STATES), RequestState.UNFULFILLED),
        "withdraw": ({RequestState.DRAFT, *OPEN_STATES}, RequestState.WITHDRAWN),
        "expire": (set(OPEN_STATES), RequestState.EXPIRED),
    }

    number = models.PositiveIntegerField(_("number"), unique=True, editable=False, db_default=NextNumber())
    opportunity = models.ForeignKey(
        "requests_app.Opportunity",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("deal"),
    )
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.DEAL)
    activity_type = models.ForeignKey(
        "references.ActivityType", models.PROTECT, related_name="requests", verbose_name=_("what")
    )
    need_by = models.DateField(_("needed by"))
    criteria = models.JSONField(default=dict, blank=True)
    topics = models.TextField(_("topics"), blank=True)
    state = models.CharField(_("state"), max_length=11, choices=RequestState.choices, default=RequestState.DRAFT)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="requests")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_requests"
    )
    submitted_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    first_accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(blank=True)
    # The furthest anyone asked has come, kept by the assignment's verbs, so that the queue needs no join per row.
    stage = models.CharField(max_length=16, blank=True)
    waiting_for = models.CharField(max_length=16, blank=True, choices=Waiting.choices)
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
            models.Index(
                fields=["need_by", "id"], condition=models.Q(state__in=["submitted", "in_review"]), name="request_queue"
            ),
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

    @property
    def deal_name(self) -> str:
        """What events and mails call the occasion: the prospect, else the deal's name; nothing where that is only a CRM's id."""
        deal = self.opportunity
        return (deal.prospect or ("" if deal.name == deal.external_id else deal.name)) if deal else ""

    @property
    def facts(self) -> dict[str, Any]:
        """What every event and notice about the request tells."""
        return {"number": self.reference, "activity": self.activity_type.name, "deal": self.deal_name}

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def get_absolute_url(self) -> str:
        return reverse("requests_app:request", args=[self.pk])

    # Verbs

    @classmethod
    def ask(
        cls, *, by: Any, activity_type: Any, need_by: date, opportunity: "Opportunity | None" = None, purpose: str = Purpose.DEAL,
        criteria: dict[str, Any] | None = None, topics: str = "", draft: bool = False,
    ) -> "ReferenceRequest":  # fmt: skip
        """
        Ask for a reference; a draft is kept for later. Raises Forbidden, and Refused naming the field.

        `criteria` are those of requests_app.criteria; a deal must be eligible (requests_app.eligibility).
        """
        if not cls.can_be_asked_by(by):
            raise Forbidden
        request = cls(
            requested_by=by, activity_type=activity_type, need_by=need_by, opportunity=opportunity,
            purpose=Purpose.DEAL if opportunity else purpose, criteria=wished.clean(criteria), topics=topics.strip(),
        )  # fmt: skip
        request._guard_wish(today(by))
        if not draft:
            request._guard_eligible(by)
            request._submitted()
        # Nothing below refuses, so an outer transaction needs no savepoint to go on after a refusal.
        with transaction.atomic(savepoint=False):
            request.save()
            request._say_asked(by)
        return request

    @transaction.atomic
    def submit(self, *, by: Any) -> Self:
        """Send a draft. Raises Forbidden, WrongState, Refused."""
        if not self.can_be_submitted_by(by):
            raise Forbidden
        self.lock().guard("submit")
        self._guard_wish(today(by))
        self._guard_eligible(by)
        self._submitted()
        self.save()
        self._say_asked(by)
        return self

    @transaction.atomic
    def revise(self, *, by: Any, version: int | None = None, **facts: Any) -> Self:
        """Change criteria or topics while it is open or a draft. Raises Forbidden, WrongState, Stale, Refused."""
        if not self.can_be_revised_by(by):
            raise Forbidden
        self.lock().guard("withdraw")
        if version is not None and version != self.version:
            raise Stale
        if "criteria" in facts:
            facts["criteria"] = wished.clean(facts["criteria"])
        changed = [name for name, value in facts.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, facts[name])
        if changed:
            self.version += 1
            self.save(update_fields=[*changed, "version"])
            record(Verb.REQUEST_REVISED, self, self.opportunity, by=by, **self.facts, fields=",".join(changed))
        return self

    @transaction.atomic
    def relax(self, *, by: Any, criterion: str) -> Self:
        """Leave one criterion out for good. Raises as `revise` does."""
        return self.revise(by=by, criteria=wished.relaxed(self.lock(), criterion))

    @transaction.atomic
    def take(self, *, by: Any) -> Self:
        """Take it on. Taking what one has changes nothing. Raises Forbidden, WrongState, Refused when a colleague was quicker."""
        if not self.can_be_taken_by(by):
            raise Forbidden
        self.lock().guard("take")
        if self.assigned_to_id == by.pk and self.state == RequestState.IN_REVIEW:
            return self
        if self.assigned_to_id not in (None, by.pk) and self.assigned_to and self.assigned_to.is_active:
            raise AlreadyTaken(self.assigned_to)
        return self._given(to=by, by=by)

    @transaction.atomic
    def assign(self, *, to: Any, by: Any) -> Self:
        """Give it to a program manager. Raises Forbidden, WrongState, Refused."""
        if not self.can_be_assigned_by(by):
            raise Forbidden
        if not runs_program(to) or not to.is_active:
            raise Refused(_("Only a program manager can look after a request."), code="no_manager", field="assigned_to")
        self.lock().guard("take")
        return self if self.assigned_to_id == to.pk else self._given(to=to, by=by)

    @transaction.atomic
    def move(self, *, by: Any, need_by: date) -> Self:
        """Need it on another day. Raises Forbidden, WrongState, Refused."""
        if not self.can_be_moved_by(by):
            raise Forbidden
        self.lock().guard("withdraw")
        before, self.need_by = self.need_by, need_by
        self._guard_wish(today(by))
        self.save(update_fields=["need_by"])
        record(
            Verb.REQUEST_MOVED, self, self.opportunity, by=by, **self.facts,
            before=before.isoformat(), need_by=need_by.isoformat(),
        )  # fmt: skip
        return self

    @transaction.atomic
    def pause_clock(self, *, by: Any) -> Self:
        """Stop the clock while the asker is waited for. Stopping a stopped clock changes nothing."""
        return self._clock(by, Verb.REQUEST_CLOCK_PAUSED, running=True)

    @transaction.atomic
    def resume_clock(self, *, by: Any) -> Self:
        """Let the clock run on."""
        return self._clock(by, Verb.REQUEST_CLOCK_RESUMED, running=False)

    @transaction.atomic
    def withdraw(self, *, by: Any, reason: str = "") -> Self:
        """It is not needed any more: whoever was asked hears of it, and what was held is free. Raises Forbidden, WrongState."""
        if not self.can_be_withdrawn_by(by):
            raise Forbidden
        return self._end("withdraw", Verb.REQUEST_WITHDRAWN, by=by, reason=reason)

    @transaction.atomic
    def close(self, *, by: Any, reason: str) -> Self:
        """Nobody could be found. Raises Forbidden, WrongState, Refused without a reason."""
        if not self.can_be_closed_by(by):
            raise Forbidden
        self.lock().guard("close")
        if not reason.strip():
            raise Refused(_("Say why nobody was found."), code="reason_missing", field="reason")
        return self._end("close", Verb.REQUEST_CLOSED, by=by, reason=reason)

    @transaction.atomic
    def expire(self, *, now: date) -> bool:
        """End it when its day is long over and nobody has agreed; False when it need not end."""
        self.lock()
        agreed = self.assignments.filter(state__in=AGREED_STATES).exists()
        if not self.can("expire") or self.need_by >= now or agreed:
            return False
        self._end("expire", Verb.REQUEST_EXPIRED, by=None, reason="")
        return True

    @transaction.atomic
    def fulfil(self, *, by: Any) -> Self:
        """Somebody did it: those not yet agreed are asked no more. Called by Assignment.complete."""
        return self._end("fulfil", Verb.REQUEST_FULFILLED, by=by, reason="", spare=AGREED_STATES)

    def propose(self, *, contact: Any, by: Any, override_reason: str = "") -> "Assignment":
        """See Assignment.propose."""
        from requests_app.models.assignment import Assignment

        return Assignment.propose(request=self, contact=contact, by=by, override_reason=override_reason)

    def keep_progress(self) -> None:
        """See requests_app.progress."""
        progress.keep(self)

    # What the verbs share

    def _guard_wish(self, now: date) -> None:
        if self.purpose == Purpose.DEAL and self.opportunity is None:
            raise Refused(_("Name the deal, or another purpose."), code="deal_missing", field="opportunity")
        if self.purpose not in Purpose.values:
            raise Refused(_("There is no such purpose."), code="bad_purpose", field="purpose")
        wrong = eligibility.need_by(self.need_by, now)
        if wrong:
            raise Refused(wrong, code="bad_day", field="need_by")
        if len(self.topics) > 2000:
            raise Refused(_("At most 2,000 characters."), code="too_long", field="topics")

    def _guard_eligible(self, by: Any) -> None:
        for problem in eligibility.problems(by, self.opportunity, self.activity_type):
            raise Refused(problem.text, code=problem.code, field="opportunity")

    def _submitted(self) -> None:
        self.state, self.submitted_at = RequestState.SUBMITTED, timezone.now()
        self.waiting_for, self.waiting_since = Waiting.TAKER, self.submitted_at

    def _say_asked(self, by: Any) -> None:
        if self.state == RequestState.DRAFT:
            record(Verb.REQUEST_DRAFTED, self, self.opportunity, by=by, **self.facts)
            return
        event = record(
            Verb.REQUEST_SUBMITTED, self, self.opportunity, by=by, **self.facts, need_by=self.need_by.isoformat()
        )
        self._tell(User.objects.with_role(Role.MANAGER), Kind.REQUEST_SUBMITTED, event)

    def _given(self, *, to: Any, by: Any) -> Self:
        self.step("take", assigned_to=to, taken_at=self.taken_at or timezone.now())
        self.keep_progress()
        if to == by:
            event = record(Verb.REQUEST_TAKEN, self, self.opportunity, by=by, **self.facts)
        else:
            event = record(Verb.REQUEST_ASSIGNED, self, self.opportunity, by=by, **self.facts, to=to.name)
            self._tell([to], Kind.REQUEST_ASSIGNED, event)
        self._tell([self.requested_by], Kind.REQUEST_TAKEN, event, manager=to.name)
        return self

    def _clock(self, by: Any, verb: Verb, *, running: bool) -> Self:
        if not runs_program(by):
            raise Forbidden
        self.lock().guard("take")
        if (self.sla_paused_at is None) != running:
            return self
        if running:
            self.sla_paused_at = timezone.now()
        else:
            assert self.sla_paused_at
            self.sla_paused_seconds += int((timezone.now() - self.sla_paused_at).total_seconds())
            self.sla_paused_at = None
        self.save(update_fields=["sla_paused_at", "sla_paused_seconds"])
        record(verb, self, self.opportunity, by=by, **self.facts)
        return self

    def _end(self, verb: str, said: Verb, *, by: Any, reason: str, spare: Any = ()) -> Self:
        """End it, and with it what is under way but for the states in `spare`."""
        self.step(verb, closed_at=timezone.now(), close_reason=reason.strip())
        ended = [state for state in LIVE_STATES if state not in spare]
        for assignment in self.assignments.filter(state__in=ended).order_by("pk"):
            assignment.call_off(by=by)
        self.keep_progress()
        event = record(said, self, self.opportunity, by=by, **self.facts, reason=reason.strip())
        people = [self.requested_by, self.assigned_to]
        self._tell(people, Kind.REQUEST_ENDED, event, state=self.state)
        return self

    def _tell(self, people: Any, kind: Kind, event: Any, **facts: Any) -> None:
        notify(people, kind, event=event, url=self.get_absolute_url(), context={**self.facts, **facts})


class AlreadyTaken(Refused):
    """A colleague was quicker."""

    status = 409

    def __init__(self, manager: Any) -> None:
        super().__init__(_("%(name)s has taken this already.") % {"name": manager.name}, code="already_taken")
