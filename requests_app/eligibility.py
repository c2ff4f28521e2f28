"""May this deal ask for that? Said before anybody fills in a form, as data."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crp.ui import formats
from references.availability import Problem, Severity
from requests_app.models.opportunity import Opportunity, OpportunityState
from requests_app.models.rules import RequestRules


def problems(
    user: Any, opportunity: Opportunity | None, activity_type: Any, *, rules: RequestRules | None = None
) -> list[Problem]:
    """What stands against asking for `activity_type` for the deal: blockers. One query, none with `rules`."""
    if opportunity is None:
        return []
    rules = rules or RequestRules.current()
    found = [closed(opportunity), stage(opportunity, rules), amount(opportunity, activity_type, rules, user)]
    return [problem for problem in found if problem]


def closed(opportunity: Opportunity) -> Problem | None:
    if opportunity.state == OpportunityState.OPEN:
        return None
    return Problem("deal_closed", Severity.BLOCKER, _("The deal is closed."))


def stage(opportunity: Opportunity, rules: RequestRules) -> Problem | None:
    """The deal's stage must be one of the rules', whatever the case of the letters; no list: any."""
    if not rules.stages or opportunity.stage.casefold() in {name.casefold() for name in rules.stages}:
        return None
    facts = {"stages": ", ".join(rules.stages), "stage": opportunity.stage or _("no stage")}
    return Problem(
        "stage", Severity.BLOCKER, _("Deals ask in these stages: %(stages)s. This one is in “%(stage)s”.") % facts
    )


def amount(opportunity: Opportunity, activity_type: Any, rules: RequestRules, user: Any) -> Problem | None:
    """Live activities need a deal of some size; who may not read amounts is told no figure of the deal."""
    if not activity_type.live or not rules.min_amount or (opportunity.amount or 0) >= rules.min_amount:
        return None
    least = formats.money(rules.min_amount, opportunity.currency)
    return Problem(
        "amount", Severity.BLOCKER, _("A live activity needs a deal of at least %(least)s.") % {"least": least}
    )


def need_by(day: date, now: date) -> str:
    """What is wrong with the day, or nothing."""
    if day < now:
        return _("This day is over.")
    if (day - now).days > 730:
        return _("This day is more than two years away.")
    return ""
