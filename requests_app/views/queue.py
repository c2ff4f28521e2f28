"""The triage queue, one's own requests, and what is done to several at once."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from crp.ui import formats
from crp.ui.exports import csv_response
from crp.ui.forms import refuse
from crp.ui.lists import Tab, paginate
from crp.ui.pages import page_or_partial, safe_next
from crp.verbs import Refused
from requests_app.forms import ColleagueForm, MoveForm, ReasonForm
from requests_app.models import Opportunity, ReferenceRequest
from requests_app.views import triage
from requests_app.views.sentences import NEEDED, told, waiting

EXPORT_LIMIT = 20_000
BULK_LIMIT = 200


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Every open request the reader may see, the most urgent first."""
    found = triage.triage(request, request.user)
    return page_or_partial(request, "requests_app/queue.html", "requests_app/_queue.html", triage.frame(request, found))


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What the reader asked for himself."""
    view = request.GET.get("view", "")
    own = triage.requests_for_rows(request.user).filter(requested_by=request.user)
    rows = {"drafts": own.filter(state="draft"), "closed": own.closed()}.get(view, own.open())
    page = paginate(request, rows, ("-pk",) if view else ("need_by", "pk"), 30)
    page.rows = told(page.rows, request.user)
    tabs = [Tab("", _("Open")), Tab("drafts", _("Drafts")), Tab("closed", _("Closed"))]
    return render(
        request,
        "requests_app/mine.html",
        {"page": page, "tabs": tabs, "view": view, "amounts": Opportunity.amounts_visible_to(request.user)},
    )


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The queue in view as CSV."""
    rows, _view = triage.select(request, request.user)
    header = (
        _("Number"), _("What"), _("Deal"), _("Needed by"), _("State"), _("Waiting for"), _("Asked by"), _("With"), _("Came in"),
    )  # fmt: skip
    return csv_response("requests", header, _cells(list(rows.order_by("need_by", "pk")[:EXPORT_LIMIT]), request.user))


def _cells(rows: list[ReferenceRequest], user: Any) -> Iterator[tuple[Any, ...]]:
    for row in told(rows, user):
        yield (
            row.reference, row.activity_type.label, row.opportunity or row.get_purpose_display(), row.need_by,
            row.get_state_display(), waiting(row, user).who, row.requested_by, row.assigned_to, row.submitted_at,
        )  # fmt: skip


def _assign(row: ReferenceRequest, form: Any, user: Any) -> None:
    row.assign(to=form.cleaned_data["assigned_to"], by=user)


def _move(row: ReferenceRequest, form: Any, user: Any) -> None:
    row.move(by=user, need_by=form.cleaned_data["need_by"])


def _close(row: ReferenceRequest, form: Any, user: Any) -> None:
    row.close(by=user, reason=form.cleaned_data["reason"])


BULK: dict[str, tuple[type[Any], Callable[[ReferenceRequest, Any, Any], None]]] = {
    "assign": (ColleagueForm, _assign),
    "move": (MoveForm, _move),
    "close": (ReasonForm, _close),
}


@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """Assign, move or close the ticked requests: all of them or none."""
    action = request.POST.get("action") or request.GET.get("action", "")
    source = request.POST if request.method == "POST" else request.GET
    ids = [int(pk) for pk in source.getlist("id") if pk.isdecimal()][:BULK_LIMIT]
    back = safe_next(request, reverse("requests_app:queue"))
    found = ReferenceRequest.objects.visible_to(request.user).filter(pk__in=ids).select_related(*NEEDED)
    rows = told(found.order_by("pk"), request.user)
    if action not in BULK or not rows:
        messages.warning(request, _("Tick at least one request first."))
        return redirect(back)
    form_class, act = BULK[action]
    form = form_class(request.POST) if "confirmed" in request.POST else form_class()
    if form.is_bound and form.is_valid() and _all_done(rows, form, act, request.user):
        messages.success(request, _done_words(action, len(rows)))
        return redirect(back)
    return render(request, "requests_app/bulk.html", {"form": form, "rows": rows, "action": action, "back": back})


def _all_done(rows: list[ReferenceRequest], form: Any, act: Callable[..., None], user: Any) -> bool:
    """Do it to every row in one transaction; a refusal undoes all and stands on the form, naming the request."""
    row = rows[0]
    try:
        with transaction.atomic():
            for row in rows:
                act(row, form, user)
    except Refused as refusal:
        if refusal.status == 403:
            raise
        refuse(form, Refused(f"{row.reference}: {refusal.message}", code=refusal.code, field=refusal.field))
        return False
    return True


def _done_words(action: str, count: int) -> str:
    facts = {"n": formats.number(count)}
    if action == "assign":
        return ngettext("%(n)s request assigned.", "%(n)s requests assigned.", count) % facts
    if action == "move":
        return ngettext("%(n)s request moved.", "%(n)s requests moved.", count) % facts
    return ngettext("%(n)s request closed.", "%(n)s requests closed.", count) % facts
