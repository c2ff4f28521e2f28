"""Opportunity: a deal, as the CRM knows it."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.search import normalise
from crp.verbs import Stateful, state_check


class OpportunityState(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """The words for asking about deals."""

    def visible_to(self, user: Any) -> Self:
        """All for managers, marketing, executives, admins; own and team's for sales; those of his customers for an account owner."""
        if user.is_manager or user.is_marketing or user.is_executive or user.is_admin:
            return self
        seen = models.Q(account__owner=user) | models.Q(owner=user)
        if user.is_sales:
            seen |= models.Q(owner__team__manager=user)
            if user.team_id:
                seen |= models.Q(owner__team=user.team_id)
        return self.filter(seen)

    def open(self) -> Self:
        return self.filter(state=OpportunityState.OPEN)

    def won(self) -> Self:
        return self.filter(state=OpportunityState.WON)

    def closed(self) -> Self:
        return self.exclude(state=OpportunityState.OPEN)

    def closed_between(self, first: Any, last: Any) -> Self:
        """Closed on days first…last, both included."""
        return self.filter(closed_on__gte=first, closed_on__lte=last)


class Opportunity(Stateful):
    """
    A deal. `account` is the company as a customer record, if known; `prospect` its name as the deal gives it.

    `touched_on` is the day of the latest touch on or before the closing day (any touch while open), kept by the
    verbs that touch and close, so that influence for any look-back is one indexed range scan.
    """

    event_ref = "opportunity"
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
        "references.Customer", models.SET_NULL, null=True, blank=True, related_name="opportunities", verbose_name=_("account")
    )
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    stage = models.CharField(_("stage"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=4, choices=OpportunityState.choices, default=OpportunityState.OPEN)
    opened_on = models.DateField(_("opened"), null=True, blank=True)
    closed_on = models.DateField(_("closed"), null=True, blank=True)
    expected_close_on = models.DateField(_("expected to close"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="opportunities", verbose_name=_("owner")
    )
    industry = models.ForeignKey("references.Industry", models.SET_NULL, null=True, blank=True, verbose_name=_("industry"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    product = models.ForeignKey("references.Product", models.SET_NULL, null=True, blank=True, verbose_name=_("product"))
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    loss_reason = models.CharField(_("loss reason"), max_length=200, blank=True)
    touched_on = models.DateField(null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            state_check(OpportunityState, "opportunity_state_known"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="opportunity_external_id_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(closed_on__isnull=False), name="opportunity_closed_has_day"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "closed_on"], include=["amount", "currency", "touched_on"], name="opportunity_closed"),
            models.Index(fields=["owner", "state", "-id"], name="opportunity_owner"),
            models.Index(fields=["account", "-id"], name="opportunity_account"),
            models.Index(fields=["state", "-id"], name="opportunity_state"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="opportunity_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = normalise(self.name, self.prospect, self.external_id)
        if kwargs.get("update_fields") is not None and {"name", "prospect", "external_id"} & set(kwargs["update_fields"]):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)
