"""Referrals: whom our customers sent to us, and what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.events import Timeline
from crp.rest.idempotency import once
from crp.ui import exports, lists
from crp.ui.pages import page_or_partial
from references.filters import ReferralFilters
from references.forms.along import HandOverForm, ReferralForm
from references.forms.customers import ReasonForm
from references.models import Customer, Referral, ReferralState
from references.models.access import allow
from references.views.customers import crumbs
from references.views.filling import Sheet, data, fill_in
from references.views.upkeep import looked_up

SHOWN = 6
RELATED = ("customer", "contact", "owner")


@require_safe
def referrals(request: HttpRequest) -> HttpResponse:
    """The latest first, narrowed by what became of them."""
    found, errors = lists.narrowed(ReferralFilters, request, Referral.objects.visible_to(request.user))
    page = lists.paginate(request, found.select_related(*RELATED), ["-on"])
    context = {"page": page, "errors": errors, "tabs": tabs(), "states": ReferralState.choices}
    return page_or_partial(request, "references/referrals.html", "references/_referrals.html", context)


def tabs() -> list[lists.Tab]:
    return [lists.Tab("", _("All")), *(lists.Tab(value, label) for value, label in ReferralState.choices)]


@require_safe
def referrals_export(request: HttpRequest) -> HttpResponseBase:
    """The same rows as CSV or XLSX."""
    found, _errors = lists.narrowed(ReferralFilters, request, Referral.objects.visible_to(request.user))
    header = [_("Day"), _("Customer"), _("Who sent them"), _("Whom"), _("State"), _("Follows up")]
    names = ("on", "customer__name", "contact__name", "company", "state", "owner__name")
    rows = found.order_by("-on", "-pk").values_list(*names).iterator(chunk_size=2_000)
    labels = dict(ReferralState.choices)
    told = ((on, customer, who, company, labels[state], owner) for on, customer, who, company, state, owner in rows)
    return exports.table_response(request.GET.get("format", "csv"), "referrals", header, told)


@require_safe
def customer_referrals(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the customer's people sent to us. One query beside the customer's own."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    seen = Referral.objects.visible_to(request.user).filter(customer=customer).select_related(*RELATED)
    rows = list(seen[: SHOWN + 1])
    context = {"customer": customer, "rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    return page_or_partial(
        request, "references/customer_referrals.html", "references/_customer_referrals.html", context
    )


@once
@require_http_methods(["GET", "POST"])
def referral_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody there sent somebody to us."""
    customer, back = looked_up(request, pk)
    form = ReferralForm(data(request), customer=customer, user=request.user)
    sentence = _("Once a deal comes of it, link the two: it shows in what references brought in.")
    sheet = Sheet(_("A referral"), _("Note the referral"), back, sentence, crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        made = Referral.objects.make(by=request.user, customer=customer, **cleaned)
        return _("The referral of %(company)s is noted") % {"company": made.company}, made.address

    return fill_in(request, form, sheet, act)


def looked(request: HttpRequest, pk: int) -> Referral:
    """The referral, if the reader may see it; else 404."""
    seen = Referral.objects.visible_to(request.user).select_related("customer__owner", "contact", "owner", "by")
    return get_object_or_404(seen, pk=pk)


@require_safe
def referral(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sent whom, where it stands, and what to do next."""
    found = looked(request, pk)
    context = {
        "found": found, "customer": found.customer, "can": found.can_be_changed_by(request.user),
        "customer_seen": Customer.objects.visible_to(request.user).filter(pk=found.customer_id).exists(),
        "verbs": {verb for verb in Referral.TRANSITIONS if found.can(verb)},
        "timeline": Timeline.about(found, user=request.user),
    }  # fmt: skip
    return render(request, "references/referral.html", context)


@require_POST
def referral_reach(request: HttpRequest, pk: int) -> HttpResponse:
    """We talk with them, perhaps again."""
    found = looked(request, pk)
    if found.state == ReferralState.DROPPED:
        found.revive(by=request.user)
    else:
        found.reach(by=request.user)
    messages.success(request, _("You are in touch with %(company)s") % {"company": found.company})
    return redirect(found.address)


@once
@require_http_methods(["GET", "POST"])
def referral_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing came of it, and why."""
    found = looked(request, pk)
    allow(found.can_be_changed_by(request.user))
    sheet = Sheet(_("Nothing came of it"), _("Put it aside"), found.address, crumbs=crumbs(found.customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        found.drop(by=request.user, reason=cleaned["reason"])
        return _("Put aside"), found.address

    return fill_in(request, ReasonForm(data(request)), sheet, act)


@once
@require_http_methods(["GET", "POST"])
def referral_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """A colleague follows it up."""
    found = looked(request, pk)
    allow(found.can_be_changed_by(request.user))
    sheet = Sheet(_("Who follows it up"), _("Hand it over"), found.address, crumbs=crumbs(found.customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        found.hand_over(by=request.user, owner=cleaned["owner"])
        return _("%(name)s follows it up now") % {"name": cleaned["owner"].name}, reverse("references:referrals")

    return fill_in(request, HandOverForm(data(request), initial={"owner": found.owner_id}), sheet, act)
