"""Nominating a customer, and deciding on nominations."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.events import Timeline
from crp.imports import exporting
from crp.rest.idempotency import once
from crp.ui import lists
from crp.ui.pages import page_or_partial
from references import likeness
from references.filters import NominationFilters
from references.forms.customers import ReasonForm
from references.forms.nominations import NominateForm, asked_of
from references.importing import known
from references.importing.nominations import EXPORTED, day_of
from references.models import Customer, Nomination, NominationState
from references.models.access import allow, may_set_up
from references.views.filling import Sheet, data, fill_in

LATE = timedelta(days=7)
VIEWS = {
    "": lambda found: found.open(),
    "approved": lambda found: found.filter(state=NominationState.APPROVED),
    "declined": lambda found: found.filter(state=NominationState.DECLINED),
}


def listed(request: HttpRequest) -> tuple[str, Any, list[str]]:
    """The view asked for, its rows for list and export, and their order."""
    view = request.GET.get("view", "")
    seen = Nomination.objects.visible_to(request.user)
    found, _errors = lists.narrowed(NominationFilters, request, VIEWS.get(view, VIEWS[""])(seen))
    order = ["created_at"] if view not in ("approved", "declined") else ["-created_at"]
    return view, found.select_related("customer", "contact", "by", "decided_by"), order


@require_safe
def nominations(request: HttpRequest) -> HttpResponse:
    """The queue, oldest first; what was decided, newest first."""
    view, rows, order = listed(request)
    page = lists.paginate(request, rows, order)
    now = timezone.now()
    for nomination in page:
        nomination.late = nomination.state in ("submitted", "in_review") and now - nomination.created_at > LATE
    context = {"page": page, "tabs": tabs(), "view": view, "late": sum(nomination.late for nomination in page)}
    return page_or_partial(request, "references/nominations.html", "references/_nominations.html", context)


@require_safe
def nominations_export(request: HttpRequest) -> HttpResponseBase:
    """The same rows as CSV or XLSX, in columns the importer takes back."""
    _view, rows, order = listed(request)
    more = [_("Nominated by"), _("From"), _("Decided by"), _("Decided on"), _("Reason of the decision")]
    return exporting.respond(request, "nominations", EXPORTED, export_rows(rows.order_by(*order, "pk")), more)


def export_rows(found: Any) -> Iterator[Sequence[Any]]:
    """Cells by EXPORTED, then those only for reading."""
    company = exporting.spelling(known.companies())
    for row in found.iterator(chunk_size=2_000):
        person = row.contact.name if row.contact and not row.contact.erased_at else ""
        names = [each.name if each else "" for each in (row.by, row.decided_by)]
        decided = timezone.localdate(row.decided_at) if row.decided_at else ""
        yield (
            company(row.customer_id, row.customer.name), person, row.reason, day_of(row), row.get_state_display(), row.pk,
            names[0], row.get_origin_display(), names[1], decided, row.decision_reason,
        )  # fmt: skip


def tabs() -> list[lists.Tab]:
    return [lists.Tab("", _("Waiting")), lists.Tab("approved", _("Approved")), lists.Tab("declined", _("Declined"))]


@once
@require_http_methods(["GET", "POST"])
def nominate(request: HttpRequest) -> HttpResponse:
    """Suggest a company, known or new, in under a minute."""
    allow(bool(request.user.roles))  # type: ignore[union-attr]
    known = {name: request.GET.get(name, "")[:200] for name in ("company", "website", "contact_name", "contact_email")}
    form = NominateForm(data(request), initial=known, user=request.user)
    back = reverse("references:nominations")
    sentence = _("A company and a sentence are enough. A program manager looks at it, and you hear what came of it.")
    sheet = Sheet(_("Nominate a customer"), _("Nominate"), back, sentence, [(_("Nominations"), back)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        facts = {name: cleaned[name] for name in ("customer", "company", "website", "reason")}
        made = Nomination.submit(by=request.user, **facts)
        if cleaned["contact_name"]:
            made.name_contact(cleaned["contact_name"], cleaned["contact_email"], by=request.user)
        said = _("%(name)s is nominated") % {"name": made.customer.name}
        return said, reverse("references:nomination", args=[made.pk])

    return fill_in(request, form, sheet, act)


@require_safe
def nomination_alike(request: HttpRequest) -> HttpResponse:
    """The companies like what is being typed: a part of the form, or a page of its own."""
    allow(bool(request.user.roles))  # type: ignore[union-attr]
    context = {"alike": asked_of(request.GET, request.user), "which": ""}
    return page_or_partial(request, "references/alike.html", "references/_alike.html", context)


@require_safe
def nomination(request: HttpRequest, pk: int) -> HttpResponse:
    """One nomination, and what may be done with it."""
    found = looked_up(request, pk)
    decides = found.can_be_decided_by(request.user) and found.can("approve")
    context = {
        "nomination": found,
        "alike": doubles(found) if decides else [],
        "customer": found.customer,
        "customer_seen": Customer.objects.visible_to(request.user).filter(pk=found.customer_id).exists(),
        "can_decide": decides,
        "own": found.by_id == request.user.pk,
        "can_merge": may_set_up(request.user),
        "timeline": Timeline.about(found, user=request.user),
    }
    return render(request, "references/nomination.html", context)


def doubles(found: Nomination) -> list[likeness.Alike]:
    """Customers that may be the nominated company under another name."""
    customer = found.customer
    email = found.contact.email if found.contact else ""
    return likeness.alike(customer.name, website=customer.website, email=email, but=[customer.pk])


def looked_up(request: HttpRequest, pk: int) -> Nomination:
    """The nomination, if the reader may see it."""
    seen = Nomination.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("customer__industry", "contact", "by", "decided_by"), pk=pk)


@require_POST
def nomination_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it up."""
    found = looked_up(request, pk)
    found.review(by=request.user)
    messages.success(request, _("You are looking at %(name)s") % {"name": found.customer.name})
    return redirect("references:nomination", pk)


@require_POST
def nomination_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the customer an active reference."""
    found = looked_up(request, pk)
    found.approve(by=request.user, reason=request.POST.get("reason", "")[:2000])
    messages.success(request, _("%(name)s is an active reference now") % {"name": found.customer.name})
    return redirect("references:customer", found.customer_id)


@once
@require_http_methods(["GET", "POST"])
def nomination_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Not now, and why."""
    found = looked_up(request, pk)
    found.guard_decider(request.user)
    back = reverse("references:nomination", args=[pk])
    sentence = _("Whoever nominated %(name)s reads your reason.") % {"name": found.customer.name}
    sheet = Sheet(
        _("Decline the nomination"),
        _("Decline"),
        back,
        sentence,
        [(_("Nominations"), reverse("references:nominations"))],
    )

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        found.decline(by=request.user, reason=cleaned["reason"])
        return _("The nomination of %(name)s is declined") % {"name": found.customer.name}, back

    return fill_in(request, ReasonForm(data(request)), sheet, act)
