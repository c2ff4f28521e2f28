"""Importing opportunities."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.imports import values
from crp.imports.spec import Field, Problems, Row, Vocabulary, Written, register
from crp.imports.upsert import Upsert
from crp.search import normalise
from references.importing.known import CRP_ID, check_ids, colleagues, companies, products, taken_ids, words_for
from requests_app.models import ClosingDay, Opportunity, OpportunityState, Touch

STAGES = {
    OpportunityState.OPEN: (
        "Prospecting", "Engaging", "Qualification", "Discovery", "Demo", "Evaluation", "Proposal", "Quote", "Negotiation",
        "Verbal", "Contract", "Commit", "Open", "New", "Lead", "On hold",
    ),
    OpportunityState.WON: ("Won", "Closed won", "Win"),
    OpportunityState.LOST: ("Lost", "Closed lost", "Loss", "Disqualified", "Abandoned"),
}  # fmt: skip


def stages(settled: Iterable[str]) -> Vocabulary:
    """Stage names with the state they settle; one that only the mapping names is an open stage."""
    known = [(name, (name, state)) for state, names in STAGES.items() for name in names]
    found = Vocabulary(_("stage"), known, create=lambda name: (name, OpportunityState.OPEN), settled=settled)
    # Those the program's own deals stand in are no news to it.
    for name, state in Opportunity.objects.order_by().values_list("stage", "state").distinct():
        if name and normalise(name) not in found.found:
            found.add(name, (name, OpportunityState(state)))
    return found


def state_of(row: Row) -> OpportunityState:
    """What the row says itself, else what its stage settles."""
    state: OpportunityState = row.get("settled") or row.get("stage")[1]
    return state


class OpportunitySpec:
    kind = "opportunities"
    label = gettext_lazy("Opportunities")
    derived = ("search_text", "name", "prospect", "touched_on")
    fields = (
        CRP_ID,
        Field("external_id", gettext_lazy("External id"), values.text(120)),
        Field("name", gettext_lazy("Name"), values.text(200)),
        Field("account", gettext_lazy("Account"), values.text(200), lookup="customer"),
        Field("owner", gettext_lazy("Owner"), values.text(200), lookup="colleague"),
        Field("product", gettext_lazy("Product"), values.text(120), lookup="product"),
        Field("stage", gettext_lazy("Stage"), values.text(60), required=True, lookup="stage"),
        Field("settled", gettext_lazy("Open, won or lost"), values.text(20), lookup="state"),
        Field("opened_on", gettext_lazy("Opened"), values.day),
        Field("closed_on", gettext_lazy("Closed"), values.day),
        Field("amount", gettext_lazy("Amount"), values.money("amount")),
        Field("currency", gettext_lazy("Currency"), values.currency),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {
            "customer": companies(),
            "colleague": colleagues(),
            "product": products(),
            "stage": stages(settled.get("stage", ())),
            "state": words_for(OpportunityState, _("state")),
        }

    def key(self, row: Row) -> Any:
        return row.get("crp_id") or row.get("external_id") or normalise(row.get("name", "")) or ("row", row.number)

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """A closed deal has its day, a won one its amount, and nothing closes before it opens."""
        check_ids(Opportunity, rows, report)
        for row in rows:
            state = state_of(row)
            if not row.get("external_id") and not row.get("name") and not row.get("crp_id"):
                report(row, "external_id", _("is needed, or else a name"))
            if state != OpportunityState.OPEN and not row.get("closed_on"):
                report(row, "closed_on", _("is needed for a closed deal"))
            if state == OpportunityState.WON and row.get("amount") is None:
                report(row, "amount", _("is needed for a won deal"))
            if row.get("opened_on") and row.get("closed_on") and row.get("closed_on") < row.get("opened_on"):
                report(row, "closed_on", _("is before the deal was opened"))

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        known = taken_ids(Opportunity, rows, source)
        names = [row.get("name") for row in rows if not row.get("external_id") and row.get("name")]
        named = {normalise(one.name): one for one in Opportunity.objects.filter(name__in=names)} if names else {}
        upsert = Upsert(
            Opportunity,
            lambda row: known(row) or (None if row.get("external_id") else named.get(normalise(row.get("name", "")))),
        )
        upsert.take(
            rows,
            opportunity_values,
            on_create={"source": source},
            fill=("currency", "amount", values.default_currency()),
        )
        written = upsert.save(derive=derive, derived=("search_text", "name", "prospect", "touched_on"))
        mark_days(upsert)
        lead_referrals(upsert)
        return written

    def undone(self, restored: list[tuple[Any, dict[str, Any]]], removed: list[Any]) -> None:
        """Search words and latest touch anew; the closing days on both sides are to be summed again."""
        days = [deal.closed_on for deal in removed]
        for deal, before in restored:
            derive(deal)
            days += [deal.closed_on, before.get("closed_on", deal.closed_on)]
        ClosingDay.objects.mark(*days)


def opportunity_values(row: Row) -> dict[str, Any]:
    """The deal's fields by attribute; a closing day of an open deal is when it is expected to close."""
    stage, state = row.get("stage")[0], state_of(row)
    wanted = {
        name: row.get(name)
        for name in ("external_id", "name", "opened_on", "amount", "currency")
        if row.get(name) is not None
    }
    for link in ("account", "owner", "product"):
        if row.get(link):
            wanted[f"{link}_id"] = row.get(link).pk
    if row.get("account"):
        wanted["prospect"] = row.get("account").name
    is_open = state == OpportunityState.OPEN
    closing = {"expected_close_on" if is_open else "closed_on": row.get("closed_on")} if row.get("closed_on") else {}
    cleared = {"closed_on": None} if is_open else {}
    return {"stage": stage, "state": state, **cleared, **closing, **wanted}


def derive(deal: Opportunity) -> None:
    """What saving one deal at a time would fill in, and the day of its latest touch before it closed."""
    deal.name = deal.name or (f"{deal.prospect}, {deal.external_id}" if deal.prospect else deal.external_id)
    deal.search_text = normalise(deal.name, deal.prospect, deal.external_id)
    if deal.pk:
        touches = Touch.objects.filter(opportunity=deal)
        touches = touches.filter(on__lte=deal.closed_on) if deal.closed_on else touches
        deal.touched_on = touches.order_by("-on").values_list("on", flat=True).first()


def lead_referrals(upsert: Upsert) -> None:
    """Referrals go the way of deals whose state the file changed."""
    steps = {OpportunityState.OPEN: "reopen", OpportunityState.WON: "win", OpportunityState.LOST: "lose"}
    for deal, before in upsert.changed:
        if deal.referral_id and before.get("state", deal.state) != deal.state:
            if before["state"] != OpportunityState.OPEN and deal.state != OpportunityState.OPEN:
                deal.referral.follow("reopen", by=None)
            deal.referral.follow(steps[deal.state], by=None)


def mark_days(upsert: Upsert) -> None:
    """The closing days whose sums changed, before and after."""
    days = [deal.closed_on for deal in upsert.new]
    for deal, before in upsert.changed:
        days += [deal.closed_on, before.get("closed_on", deal.closed_on)]
    ClosingDay.objects.mark(*days)


register(OpportunitySpec())
