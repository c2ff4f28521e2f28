"""The board, the library, the record, and what other pages show of material."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crp.events.models import ref
from crp.ui import lists
from crp.ui.exports import csv_response
from crp.ui.pages import page_or_partial
from crp.verbs import today
from materials import credit, rendering
from materials.board import COLUMNS, Board, urgency, waiting
from materials.filters import MaterialFilter
from materials.models import Audience, Language, Material, MaterialKind, MaterialState
from materials.models.shelf import sees_everything
from materials.moves import moves_of, onward
from references.models import Customer, Product

PAGE = 30
SORTS: dict[str, Sequence[str]] = {"newest": ("-created_at",), "title": ("title",)}
PANEL = 6
SHARE_NOW = 3
EXPORT = 10_000


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Material by state; who only uses material is better off in the library."""
    if not sees_everything(request.user):
        raise Http404
    everything = request.GET.get("all") == "1"
    mine = Material.objects.visible_to(request.user)
    narrowed = MaterialFilter(request.GET, queryset=mine, request=request).qs
    asks = waiting(request.user, timezone.now())
    day = today(request.user)
    found = Board.of(narrowed, mine, everything=everything)
    for column in found.columns:
        for card in column.cards:
            card.urgency = urgency(card, day)  # type: ignore[attr-defined]
            card.moves = [(move, move.url(card.pk)) for move in moves_of(card, request.user)]  # type: ignore[attr-defined]
    context = {
        "board": found, "asks": asks, "unopened": sum(ask.state != "opened" for ask in asks), "everything": everything,
        "folded": sum(found.folded.values()), "owners": [("me", _("Mine")), *found.owners], "kinds": MaterialKind.choices,
        "languages": Language.choices, "may_make": Material().can_be_edited_by(request.user), "columns": COLUMNS,
    }  # fmt: skip
    return page_or_partial(request, "materials/board.html", "materials/_board.html", context)


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """All material the user sees, narrowed by the address."""
    rows, sort, order = _rows(request)
    page = lists.paginate(request, rows, order, PAGE)
    context = {
        "page": page, "sort": sort, "makes": sees_everything(request.user), "kinds": MaterialKind.choices,
        "languages": Language.choices, "audiences": Audience.choices, "states": MaterialState.choices,
        "products": [(product.pk, product.name) for product in Product.objects.all()[:200]],
        "may_make": Material().can_be_edited_by(request.user), "narrowed": bool(request.GET),
        "kept": lists.kept(request, "q", lists.CURSOR), "shares": Material().can_be_shared_by(request.user),
    }  # fmt: skip
    _dress(page.rows, request.user)
    return page_or_partial(request, "materials/library.html", "materials/_rows.html", context)


def _rows(request: HttpRequest) -> Any:
    rows = Material.objects.visible_to(request.user)
    rows = MaterialFilter(request.GET, queryset=rows, request=request).qs
    rows = rows.select_related("customer__industry", "owner").defer("body", "search_text")
    return rows, *lists.sorting(request, SORTS, "newest")


def _dress(rows: list[Material], user: Any) -> None:
    """Each with `company`: the customer as far as the user may know him."""
    for row in rows:
        told = row.customer_visible_to(user)
        row.company = row.customer.name if row.customer and told else credit.spoken_of(row)  # type: ignore[attr-defined]
        row.known = bool(row.customer and told)  # type: ignore[attr-defined]


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The list as CSV."""
    rows, _sort, order = _rows(request)
    header = [
        _("Number"),
        _("Title"),
        _("Kind"),
        _("Customer"),
        _("Language"),
        _("State"),
        _("Audience"),
        _("Naming"),
        _("Review on"),
        _("Expires on"),
    ]
    found = list(rows.order_by(*order, "pk")[:EXPORT])
    _dress(found, request.user)
    return csv_response("material", header, (_cells(row) for row in found))


def _cells(row: Any) -> list[Any]:
    return [
        row.pk, row.title, row.get_kind_display(), row.company, row.get_language_display(), row.get_state_display(),
        row.get_audience_display(), row.get_naming_display(), row.review_on, row.expires_on,
    ]  # fmt: skip


@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece: its text, what it rests on, and, for those who make it, how it came about."""
    material = get_object_or_404(Material.objects.visible_to(request.user).with_making().with_taxonomy(), pk=pk)
    user, day = request.user, today(request.user)
    making = material.making_visible_to(user)
    moves = moves_of(material, user)
    on = onward(material, moves)
    grant = material.permission(day)
    _dress([material], user)
    context = {
        "material": material, "making": making, "moves": [move for move in moves if move != on], "onward": on,
        "problems": material.problems(day) if making else [], "grant": grant, "text": rendering.html(material.body),
        "files": material.latest_files, "permission_words": credit.permission_words(material, grant),
        "people": credit.people(material), "may_edit": material.can_be_edited_by(user),
        "may_share": material.can_be_shared_by(user) and material.is_out, "open_to_change": material.can_change_words,
        "may_withdraw": any(one.can_be_withdrawn_by(user) for one in material.grants[:1]),
        "rtl": Language(material.language).rtl,
    }  # fmt: skip
    if making:
        approvals = material.approvals.with_opened().select_related("contact", "version", "asked_by", "recorded_by")
        context |= {
            "approvals": list(approvals[:10]),
            "events": ref(material),
        }
    return render(request, "materials/material.html", context)


def quote_text(pk: int, user: Any) -> str:
    """The words and the permission line, as plain text."""
    material = Material.objects.with_making().get(pk=pk)
    day = today(user)
    words = (material.body or material.summary or material.title).strip()
    return f"{words}\n\n{credit.permission_line(material, material.permission(day), day)}"


@require_safe
def where_used(request: HttpRequest, pk: int) -> HttpResponse:
    """Which share pages carry it, for those who see how it came about; one's own for others."""
    from materials.models import ShareLink

    material = get_object_or_404(Material.objects.visible_to(request.user), pk=pk)
    shares = ShareLink.objects.visible_to(request.user).of(material).select_related("link", "made_by", "collection")
    found = list(shares[:20])
    now = timezone.now()
    for share in found:
        share.live = share.is_live(now)  # type: ignore[attr-defined]
    return page_or_partial(
        request, "materials/where_used.html", "materials/_where_used.html", {"material": material, "shares": found}
    )


@require_safe
def customer_panel(request: HttpRequest) -> HttpResponse:
    """`?customer=ID`: what is made with a customer, as far as the user may know."""
    number = request.GET.get("customer", "")
    pk = int(number) if number.isdecimal() and len(number) < 18 else 0
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    rows = Material.objects.visible_to(request.user).about_customer(customer, request.user)
    found = list(rows.defer("body", "search_text").order_by("-state_since", "-pk")[: PANEL + 1])
    context = {
        "customer": customer,
        "rows": found[:PANEL],
        "more": len(found) > PANEL,
        "may_make": Material().can_be_edited_by(request.user),
    }
    return render(request, "materials/_customer_panel.html", context)


@require_safe
def share_now(request: HttpRequest) -> HttpResponse:
    """The newest pieces that may be shared, as cards."""
    day = today(request.user)
    rows = Material.objects.visible_to(request.user).to_share().with_making().order_by("-published_at", "-pk")
    found = [material for material in rows[: SHARE_NOW * 2] if not material.blockers(day)][:SHARE_NOW]
    _dress(found, request.user)
    for material in found:
        material.words = credit.permission_words(material, material.permission(day))  # type: ignore[attr-defined]
    return render(request, "materials/_share_now.html", {"rows": found})
