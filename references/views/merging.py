"""Two records of one customer, or of one person, become one: choose, compare, confirm."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crp.rest.idempotency import once
from crp.verbs import Refused
from references import likeness, merging
from references.countries import country_name
from references.models import Contact, Customer
from references.models.access import allow, may_set_up
from references.views.customers import crumbs

SHOWN = 8


@once
@require_http_methods(["GET", "POST"])
def customer_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Which other record is the same company; then both side by side, and which to keep."""
    allow(may_set_up(request.user))
    seen = Customer.objects.visible_to(request.user).select_related("owner", "industry", "parent")
    here = get_object_or_404(seen, pk=pk)
    other = chosen(request, seen)
    if other and request.method == "POST":
        kept, gone = (other, here) if request.POST.get("keep") == str(other.pk) else (here, other)
        return done(request, merging.merge_customers, (kept, gone, here), "customer")
    found = [] if other else alike(request, here, seen)
    return page(request, here, other, found, customer_facts, reverse("references:customer", args=[pk]), crumbs(here))


@once
@require_http_methods(["GET", "POST"])
def contact_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Which other record is the same person; then both side by side, and which to keep."""
    allow(may_set_up(request.user))
    seen = Contact.objects.visible_to(request.user).select_related("customer")
    here = get_object_or_404(seen, pk=pk)
    colleagues = seen.filter(customer=here.customer_id)
    other = chosen(request, seen)
    if other and request.method == "POST":
        kept, gone = (other, here) if request.POST.get("keep") == str(other.pk) else (here, other)
        return done(request, merging.merge_contacts, (kept, gone, here), "contact")
    words = request.GET.get("q", "")[:200]
    found = [] if other else [
        (one, one.job_title) for one in colleagues.matching_words(words).exclude(pk=pk).order_by("name", "pk")[:SHOWN]
    ]  # fmt: skip
    return page(
        request, here, other, found, contact_facts, reverse("references:contact", args=[pk]), crumbs(here.customer)
    )


def chosen(request: HttpRequest, seen: Any) -> Any:
    """The other record the address or the form names; 404 for one that the reader does not see."""
    wanted = request.POST.get("other") or request.GET.get("other", "")
    if not wanted:
        return None
    return get_object_or_404(seen, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0)


def alike(request: HttpRequest, here: Customer, seen: Any) -> list[tuple[Customer, str]]:
    """(customer, why) that may be meant: by the words given, else those that look alike."""
    words = request.GET.get("q", "").strip()[:200]
    if words:
        named = seen.matching_words(words).exclude(pk=here.pk).order_by("name", "pk")[:SHOWN]
        return [(one, one.get_status_display()) for one in named]
    why = {
        likeness.Why.SAME_NAME: _("The same name"), likeness.Why.SAME_DOMAIN: _("The same website or mail domain"),
        likeness.Why.NEAR_NAME: _("A similar name"),
    }  # fmt: skip
    found = likeness.alike(here.name, website=here.website, among=seen, but=[here.pk], limit=SHOWN)
    return [(one.customer, str(why[one.why])) for one in found]


def done(request: HttpRequest, verb: Any, records: tuple[Any, Any, Any], kind: str) -> HttpResponse:
    """Merge (kept, gone), and go to the kept one; a refusal goes back to the choice of the record one stood at."""
    kept, gone, here = records
    try:
        verb(kept, gone, by=request.user)
    except Refused as refusal:
        if refusal.status != 422:
            raise
        messages.error(request, str(refusal.message))
        return redirect(f"references:{kind}_merge", here.pk)
    messages.success(request, _("The two records are one now"))
    return redirect(f"references:{kind}", kept.pk)


def page(request: HttpRequest, here: Any, other: Any, found: Any, facts: Any, back: str, way: Any) -> HttpResponse:
    """The choice, or both side by side."""
    words = request.GET.get("q", "")
    context: dict[str, Any] = {"here": here, "other": other, "found": found, "q": words, "back": back, "crumbs": way}
    if other:
        mine, theirs = facts(here), facts(other)
        context["facts"] = [(label, mine[label], theirs[label]) for label in mine if mine[label] or theirs[label]]
        context["counts"] = [(here, merging.counts(here)), (other, merging.counts(other))]
    return render(request, "references/merge.html", context)


def customer_facts(one: Customer) -> dict[str, Any]:
    return {
        _("Name"): one.name, _("Status"): one.get_status_display(), _("Website"): one.website,
        _("Industry"): str(one.industry or ""), _("Country"): country_name(one.country) if one.country else "",
        _("Owner"): one.owner.name if one.owner else "", _("Part of"): one.parent.name if one.parent else "",
        _("External id"): one.external_id,
    }  # fmt: skip


def contact_facts(one: Contact) -> dict[str, Any]:
    return {
        _("Name"): one.name, _("Customer"): one.customer.name, _("Job title"): one.job_title, _("Email"): one.email,
        _("Phone"): one.phone, _("Consent"): _("yes") if one.has_consent else _("no"), _("External id"): one.external_id,
    }  # fmt: skip
