"""The words around the numbers: whole sentences, chosen by what the figures say."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from crp.ui import formats
from metrics.comparison import Group
from metrics.intervals import Rate
from metrics.periods import Period
from references.models.taxonomy import industry_name


def headline(influence: dict[str, Any], period: Period) -> str:
    """How things stand, in one sentence."""
    won = Decimal(influence["revenue_won"])
    if not influence["deals_won"]:
        return _("No deal was won in this period.")
    if not won:
        return _("The deals won in this period carry no amount.")
    share = formats.percent(Decimal(influence["influenced_revenue"]) / won)
    sentences = {
        "year": _("%(share)s of the revenue won this year had a reference in the deal."),
        "quarter": _("%(share)s of the revenue won this quarter had a reference in the deal."),
        "months": _("%(share)s of the revenue won in the last 12 months had a reference in the deal."),
        "all": _("%(share)s of all revenue won had a reference in the deal."),
        "custom": _("%(share)s of the revenue won from %(first)s to %(last)s had a reference in the deal."),
    }
    facts = {"share": share, "first": formats.day_year(period.first), "last": formats.day_year(period.last)}
    return sentences[period.kind] % facts


def spoken(influence: dict[str, Any]) -> dict[str, Any]:
    """With, for each side of the win rate, its `n` and the sentence its band stands for."""
    sides = {}
    for name, side in influence["win_rate"].items():
        words = ""
        if side["rate"] is not None:
            words = _("%(rate)s won; the 95%% interval runs from %(low)s to %(high)s.") % {
                part: formats.percent(side[part]) for part in ("rate", "low", "high")
            }
        sides[name] = {**side, "n": side["won"] + side["lost"], "spoken": words}
    return {**influence, "win_rate": sides}


def shares(program: dict[str, Any]) -> dict[str, Any]:
    """With the shares the small figures show, the difference in points, and the number that decides a plural."""
    outcomes, use = program["outcomes"], program["use"]
    median, difference = outcomes["first_yes"]["median"], program["comparison"]["difference"]
    return {
        **program,
        "outcomes": {
            **outcomes,
            # "1.0 day", yet "1.4 days".
            "first_yes": {**outcomes["first_yes"], "plural": 1 if median is not None and round(median, 1) == 1 else 2},
            "in_time": {**outcomes["in_time"], "share": _share(outcomes["in_time"], "met")},
            "acceptance": {**outcomes["acceptance"], "share": _share(outcomes["acceptance"], "yes")},
        },
        "use": {**use, "concentration": {**use["concentration"], "share": _share(use["concentration"], "taken")}},
        "comparison": {**program["comparison"], "points": None if difference is None else points(difference)},
    }


def place(axis: str, name: str) -> str:
    """An industry or a region in the reader's words; without a name, what belongs nowhere."""
    if axis == "industry":
        return industry_name(name) or _("Other industries")
    return name or _("Other countries")


def shortest(coverage: dict[str, Any] | None) -> str:
    """Where we are short, or nothing."""
    if not coverage or not coverage["gaps"]:
        return ""
    gap = coverage["gaps"][0]
    names = {
        axis: place(axis, next(entry["name"] for entry in coverage[plural] if entry["id"] == gap[axis]))
        for axis, plural in (("industry", "industries"), ("region", "regions"))
    }
    return _("We are shortest in %(industry)s, %(region)s.") % names


def comparison(figures: dict[str, Any]) -> str:
    """The difference among comparable deals, between its limits; "" when there is none to state."""
    if figures["difference"] is None:
        return ""
    low, high = points(figures["low"]), points(figures["high"])
    limits = {"low": formats.number(low), "high": formats.number(high)}
    if low <= 0 <= high:
        return _("between %(low)s and %(high)s, so it may be chance") % limits
    return _("between %(low)s and %(high)s") % limits


def points(share: float) -> int:
    """A share as whole percentage points."""
    return round(share * 100)


def interval(rate: dict[str, Any]) -> str:
    """`0.34 to 0.49`, for files."""
    return (
        ""
        if rate["low"] is None
        else _("%(low)s to %(high)s") % {"low": f"{rate['low']:.3f}", "high": f"{rate['high']:.3f}"}
    )


def rates(influence: dict[str, Any]) -> str:
    """Which rates the amounts were converted by, or nothing."""
    if not influence["rates"]:
        return ""
    listed = [
        f"{rate['currency']} {formats.localise(rate['rate'])} ({formats.day_year(_date(rate['on']))})"
        for rate in influence["rates"]
    ]
    return _("Converted at %(rates)s.") % {"rates": pgettext("between the items of a list", ", ").join(listed)}


def left_out(influence: dict[str, Any]) -> list[str]:
    """What the amounts lack."""
    found = [
        _("%(amount)s is left out: there is no rate for %(currency)s.")
        % {"amount": formats.money(each["amount"], each["currency"]), "currency": each["currency"]}
        for each in influence["left_out"]
    ]
    missing = influence["deals_without_amount"]
    if missing:
        words = ngettext("%(n)s won deal has no amount.", "%(n)s won deals have no amount.", missing)
        found.append(words % {"n": formats.number(missing)})
    return found


def trends(program: dict[str, Any]) -> dict[str, tuple[float, str, bool | None]]:
    """How the four small figures moved against as many days before: {name: (change, words, good)}, where known."""
    before = program["before"]
    if not before:
        return {}
    now, then = program["outcomes"], before["outcomes"]
    found = {
        "first_yes": _faster(now["first_yes"]["median"], then["first_yes"]["median"]),
        "in_time": _moved(_share(now["in_time"], "met"), _share(then["in_time"], "met")),
        "acceptance": _moved(_share(now["acceptance"], "yes"), _share(then["acceptance"], "yes")),
        "busiest": _moved(
            _share(program["use"]["concentration"], "taken"), _share(before["concentration"], "taken"), up_is_good=False
        ),
    }
    return {name: trend for name, trend in found.items() if trend}


STEPS = {
    "taken": gettext_lazy("From submitted to taken up"),
    "proposed": gettext_lazy("From taken up to somebody proposed"),
    "owner": gettext_lazy("Until the account owner agreed"),
    "answered": gettext_lazy("From asked to an answer"),
    "booked": gettext_lazy("From yes to the agreed time"),
    "held": gettext_lazy("From the first yes to done"),
}
SIZES = {
    "small": gettext_lazy("under 50 people"),
    "middle": gettext_lazy("50 to 249 people"),
    "large": gettext_lazy("250 to 999 people"),
    "giant": gettext_lazy("1,000 people and more"),
    "": gettext_lazy("size not known"),
}


def use(figures: dict[str, Any]) -> dict[str, Any]:
    """With the busiest tenth's share and the share of effort used."""
    share = figures["effort_used"] / figures["effort_agreed"] if figures["effort_agreed"] else None
    busiest = figures["concentration"]
    return {**figures, "share": share, "concentration": {**busiest, "share": _share(busiest, "taken")}}


def compared(figures: dict[str, Any]) -> dict[str, Any]:
    """With the points and their range."""
    difference = figures["difference"]
    return {**figures, "points": None if difference is None else points(difference), "range": comparison(figures)}


def groups(found: list[Group], names: dict[str, dict[int, str]]) -> list[dict[str, Any]]:
    """Each group with its names and rates."""
    return [
        {
            "segment": place("industry", names["segment"].get(group.segment or 0, "")),
            "size": SIZES[group.size],
            "product": names["product"].get(group.product or 0, "") or _("Other products"),
            "enough": group.enough,
            "with": Rate(group.stratum.won_with, group.stratum.with_),
            "without": Rate(group.stratum.won_without, group.stratum.without),
        }
        for group in found
    ]


def _share(counts: dict[str, Any], hits: str) -> float | None:
    return counts[hits] / counts["n"] if counts["n"] else None


def _moved(now: float | None, then: float | None, *, up_is_good: bool = True) -> tuple[float, str, bool | None] | None:
    if now is None or then is None:
        return None
    change = points(now) - points(then)
    if not change:
        return 0, _("same"), None
    words = ngettext("%(n)s point", "%(n)s points", abs(change)) % {"n": formats.number(abs(change))}
    return change, words, (change > 0) == up_is_good


def _faster(now: float | None, then: float | None) -> tuple[float, str, bool | None] | None:
    if now is None or then is None:
        return None
    change = round(now, 1) - round(then, 1)
    if abs(change) < 0.05:
        return 0, _("same"), None
    words = _("%(n)s slower") if change > 0 else _("%(n)s faster")
    return change, words % {"n": formats.number(abs(change), 1)}, change < 0


def _date(text: str) -> date:
    return date.fromisoformat(text)
