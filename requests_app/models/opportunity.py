"""Opportunity: a deal, as the CRM knows it."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.search import normalise
from crp.verbs import Forbidden, Refused, Stale, Stateful, state_check, today
from references import thanking
from references.models.activity import Activity
from references.models.referral import Referral
from requests_app.models.closing_day import ClosingDay
from requests_app.rights import OpportunityRights
from requests_app.verbs import Verb


class OpportunityState(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """The words for asking about deals."""

    def visible_to(self, user: Any) -> Self:
        """All for the staff; own and team's for sales; those of his customers for an account owner."""
        if user.sees_whole_program:
            return self
        seen = models.Q(account__owner=user) | models.Q(owner=user)
        if user.is_sales:
            seen |= models.Q(owner__team__manager=user)
            if user.team_id:
                seen |= models.Q(owner__team=user.team_id)
        return self.filter(seen)

    def open(self) -> Self:
        return self.filter(state=OpportunityState.OPEN)

    def sourced(self) -> Self:
        """Those a reference's referral created."""
        return self.filter(referral__isnull=False)

    def won(self) -> Self:
        return self.filter(state=OpportunityState.WON)

    def closed(self) -> Self:
        return self.exclude(state=OpportunityState.OPEN)

    def matching_words(self, text: str) -> Self:
        """Deals whose folded name, prospect or external id contains every word."""
        found = self
        for word in normalise(text).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found

    def closed_between(self, first: Any, last: Any) -> Self:
        """Closed on days first…last, both included."""
        return self.filter(closed_on__gte=first, closed_on__lte=last)

    @transaction.atomic
    def add(self, *, by: Any, **facts: Any) -> "Opportunity":
        """A new open deal, the colleague's own unless `owner` is given by a manager or admin. Raises Forbidden."""
        if by is not None and not Opportunity.can_be_added_by(by):
            raise Forbidden
        if by is not None and not (by.is_manager or by.is_admin):
            facts["owner"] = by
        facts.setdefault("owner", by)
        facts["currency"] = facts.get("currency") or settings.PROGRAM_CURRENCY
        deal = self.create(**facts)
        record(Verb.OPPORTUNITY_ADDED, deal, by=by, name=deal.name)
        return deal


class Opportunity(OpportunityRights, Stateful):
    """
    A deal. `account` is the company as a customer record, if known; `prospect` its name as the deal gives it.

    `touched_on` is the day of the latest touch on or before the closing day (any touch while open), kept by the
    verbs that touch and close, so that influence for any look-back is one indexed range scan.
    """

    event_ref = "opportunity"
    event_private = True
    TRANSITIONS = {
        "win": ({OpportunityState.OPEN}, OpportunityState.WON),
        "lose": ({OpportunityState.OPEN}, OpportunityState.LOST),
        "reopen": ({OpportunityState.WON, OpportunityState.LOST}, OpportunityState.OPEN),
    }

    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(_("external id"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=200)
    prospect = models.CharField(_("prospect"), max_length=200, blank=True)
    account = models.ForeignKey(
        "references.Customer",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("account"),
    )
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    stage = models.CharField(_("stage"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=4, choices=OpportunityState.choices, default=OpportunityState.OPEN)
    opened_on = models.DateField(_("opened"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    expected_close_on = models.DateField(_("expected to close"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="opportunities",
        verbose_name=_("owner"),
    )
    industry = models.ForeignKey(
        "references.Industry", models.SET_NULL, null=True, blank=True, verbose_name=_("industry")
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    product = models.ForeignKey("references.Product", models.SET_NULL, null=True, blank=True, verbose_name=_("product"))
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    loss_reason = models.CharField(_("loss reason"), max_length=200, blank=True)
    touched_on = models.DateField(null=True, blank=True, editable=False)
    # The referral it came of; what such deals bring in is counted apart from influence.
    referral = models.OneToOneField(
        "references.Referral", models.SET_NULL, null=True, blank=True, related_name="opportunity", editable=False
    )
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            state_check(OpportunityState, "opportunity_state_known"),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="opportunity_external_id_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(closed_on__isnull=False), name="opportunity_closed_has_day"
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "closed_on"], include=["amount", "currency", "touched_on"], name="opportunity_closed"
            ),
            models.Index(fields=["owner", "state", "-id"], name="opportunity_owner"),
            models.Index(fields=["account", "-id"], name="opportunity_account"),
            models.Index(fields=["closed_on"], condition=models.Q(referral__isnull=False), name="opportunity_sourced"),
            models.Index(fields=["state", "-id"], name="opportunity_state"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="opportunity_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = normalise(self.name, self.prospect, self.external_id)
        if kwargs.get("update_fields") is not None and {"name", "prospect", "external_id"} & set(
            kwargs["update_fields"]
        ):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("requests_app:opportunity", args=[self.pk])

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **facts: Any) -> Self:
        """Change facts; the owner only by an admin. Raises Forbidden, Stale."""
        self.lock()
        if not self.can_be_edited_by(by) or ("owner" in facts and not self.can_change_owner(by)):
            raise Forbidden
        if version is not None and version != self.version:
            raise Stale
        changed = [name for name, value in facts.items() if getattr(self, name) != value]
        if not changed:
            return self
        for name in changed:
            setattr(self, name, facts[name])
        self.version += 1
        self.save(update_fields=[*changed, "version"])
        if {"amount", "currency"} & set(changed):
            ClosingDay.objects.mark(self.closed_on)
        record(Verb.OPPORTUNITY_EDITED, self, by=by, name=self.name, fields=",".join(changed))
        return self

    @transaction.atomic
    def close(self, *, by: Any, state: str, closed_on: date, amount: Decimal | None = None) -> Self:
        """
        Win or lose the deal on a day that is not in the future; a won one needs an amount, now or before.

        Raises Forbidden, WrongState, Refused.
        """
        if by is not None and not self.can_be_closed_by(by):
            raise Forbidden
        if state not in (OpportunityState.WON, OpportunityState.LOST):
            raise Refused(_("A deal closes as won or lost."), code="bad_state", field="state")
        verb = "win" if state == OpportunityState.WON else "lose"
        self.lock().guard(verb)
        worth = self.amount if amount is None else amount
        self._guard_closing(state, closed_on, worth, today(by))
        touched_on = self._last_touch(until=closed_on)
        currency = self.currency or (settings.PROGRAM_CURRENCY if worth is not None else "")
        self.step(
            verb, closed_on=closed_on, amount=worth, currency=currency, touched_on=touched_on, version=self.version + 1
        )
        ClosingDay.objects.mark(closed_on)
        said = Verb.OPPORTUNITY_WON if state == OpportunityState.WON else Verb.OPPORTUNITY_LOST
        record(said, self, by=by, name=self.name, on=closed_on.isoformat())
        self._lead_referral(verb, by=by)
        if state == OpportunityState.WON:
            self._thank(closed_on)
        return self

    def _thank(self, closed_on: date) -> None:
        """Tell those who spoke for it that it was won; once each, however often it is closed."""
        touches = self.touches.filter(on__lte=closed_on, activity__live=True, activity__contact__isnull=False)
        spoken = touches.select_related("activity__contact__customer", "activity__activity_type").order_by("pk")
        uses: list[Any] = [touch.activity for touch in spoken]
        for use in {use.contact_id: use for use in uses}.values():
            thanking.helped_win(use.contact, use.activity_type, deal=self.pk, on=closed_on)

    @transaction.atomic
    def reopen(self, *, by: Any) -> Self:
        """Undo the closing. Raises Forbidden, WrongState."""
        if by is not None and not self.can_be_closed_by(by):
            raise Forbidden
        day = self.lock().closed_on
        self.step("reopen", closed_on=None, touched_on=self._last_touch(until=None), version=self.version + 1)
        ClosingDay.objects.mark(day)
        record(Verb.OPPORTUNITY_REOPENED, self, by=by, name=self.name)
        self._lead_referral("reopen", by=by)
        return self

    def _lead_referral(self, verb: str, *, by: Any) -> None:
        """The referral it came of goes the same way."""
        if self.referral:
            self.referral.follow(verb, by=by)

    @transaction.atomic
    def come_from(self, referral: Referral, *, by: Any) -> Self:
        """
        Say that a referral created the deal: once it is won, that is revenue the reference brought in.

        Raises Forbidden, WrongState for a referral with another deal; Refused when the deal has one or is the reference's own.
        """
        if by is not None and not (
            self.can_be_edited_by(by) and Referral.objects.visible_to(by).filter(pk=referral.pk).exists()
        ):
            raise Forbidden
        self.lock()
        if self.referral_id:
            raise Refused(_("This deal came of another referral."), code="referred_already", field="referral")
        if self.account_id == referral.customer_id:
            raise Refused(_("A company does not refer itself."), code="same_company", field="referral")
        referral.follow("link", by=by)
        self.referral = referral
        self.save(update_fields=["referral"])
        record(Verb.OPPORTUNITY_REFERRED, self, referral, by=by, name=self.name, customer=referral.customer.name)
        if self.state != OpportunityState.OPEN:
            referral.follow("win" if self.state == OpportunityState.WON else "lose", by=by)
        return self

    @transaction.atomic
    def part_from_referral(self, *, by: Any) -> Self:
        """It did not come of the referral after all. Raises Forbidden, Refused when there is none."""
        if by is not None and not self.can_be_edited_by(by):
            raise Forbidden
        self.lock()
        referral = self.referral
        if referral is None:
            raise Refused(_("This deal came of no referral."), code="no_referral", field="referral")
        self.referral = None
        self.save(update_fields=["referral"])
        referral.follow("unlink", by=by)
        record(Verb.OPPORTUNITY_UNREFERRED, self, referral, by=by, name=self.name, customer=referral.customer.name)
        return self

    @transaction.atomic
    def own_up(self, *, by: Any, contact: Any, activity_type: Any, on: date, note: str = "") -> Any:
        """A reference helped without a request: it counts for him and for the deal. Raises Forbidden, Refused."""
        if not self.can_be_touched_by(by):
            raise Forbidden
        activity = Activity.objects.log(
            contact=contact, activity_type=activity_type, on=on, by=by, note=note, prospect=self.prospect or self.name
        )
        self.touches.model.objects.add(self, on=on, activity=activity)
        return activity

    def use_material(self, *, by: Any, material: Any, on: date, share_ref: str = "") -> Any:
        """See MaterialUse.record."""
        return self.material_uses.model.record(by=by, opportunity=self, material=material, on=on, share_ref=share_ref)

    def touched(self) -> None:
        """Keep `touched_on` and mark the day, after a touch came or went. Needs an open transaction."""
        self.lock()
        self.touched_on = self._last_touch(until=self.closed_on)
        self.save(update_fields=["touched_on"])
        ClosingDay.objects.mark(self.closed_on)

    def _last_touch(self, *, until: date | None) -> date | None:
        found = self.touches.filter(on__lte=until) if until else self.touches.all()
        return found.aggregate(day=models.Max("on"))["day"]

    def _guard_closing(self, state: str, closed_on: date, worth: Decimal | None, now: date) -> None:
        if closed_on > now:
            raise Refused(_("This day is still to come."), code="in_the_future", field="closed_on")
        if self.opened_on and closed_on < self.opened_on:
            raise Refused(_("The deal was opened after this day."), code="before_opening", field="closed_on")
        if worth is not None and worth < 0:
            raise Refused(_("An amount can't be below zero."), code="negative", field="amount")
        if state == OpportunityState.WON and worth is None:
            raise Refused(_("A won deal needs its amount."), code="amount_missing", field="amount")
