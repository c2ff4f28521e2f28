"""The watch: who is asked too often, who rests, and who is never asked; why, and what to do."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crp.ui import formats, lists
from crp.ui.pages import page_or_partial
from references.filters import WatchFilters
from references.models import UsagePolicy, Watch
from references.models.access import sees_all_customers
from references.models.watch import Alarm

VIEWS: dict[str, tuple[str, ...]] = {
    "": (Alarm.OVER, Alarm.LIMIT), "near": (Alarm.NEAR,), "resting": (Alarm.RESTING,), "unasked": (Alarm.UNASKED,),
}  # fmt: skip


@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """The rows of one tab, those longest in it first."""
    user = request.user
    seen = Watch.objects.watched_by(user)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    found, errors = lists.narrowed(WatchFilters, request, seen.filter(alarm__in=VIEWS[view]))
    rows = found.select_related("customer__owner", "contact")
    page = lists.paginate(request, rows, ["since"], size=25)
    policy = UsagePolicy.current()
    for row in page:
        row.why = why(row, policy)
        row.manages = row.customer.can_be_managed_by(user)
    counts = dict(seen.exclude(alarm="").values_list("alarm").annotate(n=Count("pk")))
    context = {
        "page": page, "view": view, "errors": errors, "tabs": tabs(counts), "standing": standing(counts),
        "everyone": sees_all_customers(user),
    }  # fmt: skip
    return page_or_partial(request, "references/watch.html", "references/_watch.html", context)


def tabs(counts: dict[str, int]) -> list[lists.Tab]:
    labels = {
        "": _("At or over the limit"),
        "near": _("Near"),
        "resting": _("Resting"),
        "unasked": _("Not asked for long"),
    }
    return [lists.Tab(key, labels[key], sum(counts.get(one, 0) for one in alarms)) for key, alarms in VIEWS.items()]


def standing(counts: dict[str, int]) -> str:
    """How things stand, in one sentence."""
    full = counts.get(Alarm.OVER, 0) + counts.get(Alarm.LIMIT, 0)
    if full:
        text = ngettext(
            "%(n)s reference can't be asked more for now.", "%(n)s references can't be asked more for now.", full
        )
        return text % {"n": formats.number(full)}
    idle = counts.get(Alarm.UNASKED, 0)
    if idle:
        text = ngettext(
            "Nobody is at a limit; %(n)s would like to be asked.",
            "Nobody is at a limit; %(n)s would like to be asked.",
            idle,
        )
        return text % {"n": formats.number(idle)}
    return _("Nobody is at a limit, and nobody waits to be asked.")


def why(row: Watch, policy: UsagePolicy) -> str:
    """The reason in a sentence."""
    if row.alarm == Alarm.UNASKED:
        unused = {"days": formats.number(policy.unused_days)}
        return _("Willing, and not asked in %(days)s days or more.") % unused
    if row.alarm == Alarm.RESTING:
        if row.until:
            return _("Left in peace until %(day)s.") % {"day": formats.day(row.until)}
        return _("Left in peace until somebody lifts the pause.")
    days = policy.live_days if row.by_uses else policy.contact_days if row.contact_id else policy.customer_days
    numbers = dict(zip(("used", "held", "most", "days"), (*row.filling, days), strict=True))
    text = (
        _("%(used)s live uses and %(held)s held, of %(most)s in %(days)s days.")
        if row.by_uses
        else _("%(used)s points used and %(held)s held, of %(most)s in %(days)s days.")
    )
    return text % {name: formats.number(number) for name, number in numbers.items()}
