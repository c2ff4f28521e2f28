"""Deals: the list, the record, and what a rep writes down on one."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from crp.accounts.models import User
from crp.events.timeline import Timeline
from crp.imports import exporting
from crp.rest.idempotency import once
from crp.ui import formats
from crp.ui.forms import Choices
from crp.ui.lists import CURSOR, Tab, kept, narrowed, paginate, sorting
from crp.ui.pages import page_or_partial
from crp.verbs import today
from materials.models import Material
from references.importing import known
from references.models import Contact
from requests_app.filters import OpportunityFilter
from requests_app.forms import CloseDealForm, MaterialUseForm, OwnUpForm
from requests_app.models import Opportunity, OpportunityState, ReferenceRequest, RequestState
from requests_app.views import actions
from requests_app.views.acting import attempt, done, guard, sent
from requests_app.views.sentences import told

SORTS: dict[str, Sequence[str]] = {"newest": ("-pk",), "name": ("name", "pk")}
SORT_NAMES = (("newest", gettext_lazy("Newest first")), ("name", gettext_lazy("By name")))
EXPORT_LIMIT, PICKED = 100_000, 8
EXPORTED = (
    "name", "external_id", "account", "owner", "product", "stage", "settled", "opened_on", "closed_on", "crp_id",
)  # fmt: skip
HELPED = (RequestState.SUBMITTED, RequestState.IN_REVIEW, RequestState.FULFILLED)


def without_reference(deals: QuerySet[Opportunity]) -> QuerySet[Opportunity]:
    """Deals for which nobody asked yet, or in vain."""
    return deals.filter(~Exists(ReferenceRequest.objects.filter(opportunity=OuterRef("pk"), state__in=HELPED)))


def _selected(request: HttpRequest) -> QuerySet[Opportunity]:
    user: Any = request.user
    rows: Any = Opportunity.objects.visible_to(user).select_related("owner", "account", "product")
    if request.GET.get("view") == "mine":
        rows = rows.filter(owner=user)
    if request.GET.get("view") == "bare":
        rows = without_reference(rows.open())
    found: QuerySet[Opportunity] = narrowed(OpportunityFilter, request, rows)[0]
    return found


@require_GET
def deals(request: HttpRequest) -> HttpResponse:
    """The deals the reader may see."""
    rows = _selected(request)
    sort, order = sorting(request, SORTS, "newest")
    page = paginate(request, rows, order, 50)
    tabs = [Tab("", _("All")), Tab("mine", _("Mine")), Tab("bare", _("Open, without a reference"))]
    context = {
        "page": page, "tabs": tabs, "sort": sort, "sorts": SORT_NAMES, "states": OpportunityState.choices,
        "owner": _owner(request), "amounts": shows_amounts(request.user),
        "kept": kept(request, "search", CURSOR),
    }  # fmt: skip
    return page_or_partial(request, "requests_app/deals.html", "requests_app/_deals.html", context)


def _owner(request: HttpRequest) -> User | None:
    """The colleague the filter names, for its pill."""
    pk = request.GET.get("owner", "")
    return User.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None


def shows_amounts(user: Any) -> bool:
    """Marketing reads deals without their amounts, unless another role shows them."""
    return Opportunity.amounts_visible_to(user)


@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The list in view as CSV or XLSX, in columns the importer takes back."""
    rows, amounts = _selected(request).order_by("-pk")[:EXPORT_LIMIT], shows_amounts(request.user)
    names = (*EXPORTED, "amount", "currency") if amounts else EXPORTED
    return exporting.respond(request, "opportunities", names, _cells(rows, amounts), [_("Prospect")])


def _cells(rows: Any, amounts: bool) -> Iterator[list[Any]]:
    company, colleague = exporting.spelling(known.companies()), exporting.spelling(known.colleagues())
    for row in rows.iterator(chunk_size=1000):
        closes = row.expected_close_on if row.state == OpportunityState.OPEN else row.closed_on
        account, owner = row.account and row.account.name, row.owner and row.owner.name
        cells = [
            row.name, row.external_id, company(row.account_id, account), colleague(row.owner_id, owner),
            row.product and row.product.name, row.stage, row.get_state_display(), row.opened_on, closes, row.pk,
        ]  # fmt: skip
        yield [*cells, *([row.amount, row.currency] if amounts else []), row.prospect]


def visible(request: HttpRequest, pk: int) -> Opportunity:
    """The deal, if the reader may see it; else 404."""
    rows = Opportunity.objects.visible_to(request.user).select_related(
        "owner", "account", "industry", "product", "referral__customer"
    )
    found: Opportunity = get_object_or_404(rows, pk=pk)
    return found


def _page(deal: Opportunity) -> str:
    return reverse("requests_app:opportunity", args=[deal.pk])


@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The deal: facts, requests for it, what touched it."""
    deal = visible(request, pk)
    asked = deal.requests.visible_to(request.user).for_rows()
    touches = deal.touches.select_related(
        "activity__contact__customer", "activity__activity_type", "material_use__material", "material_use__by"
    )
    touched = list(touches[:50])
    context = {
        "deal": deal, "requests": told(asked.order_by("-pk")[:20], request.user), "touches": touched,
        "amounts": shows_amounts(request.user), "can": actions.on_opportunity(deal, request.user),
        "sentence": _sentence(deal, touched),
        "asks": ReferenceRequest.can_be_asked_by(request.user),
        "can_part": bool(deal.referral_id and deal.can_be_edited_by(request.user)),
        "timeline": Timeline.about(deal, user=request.user, limit=20),
    }  # fmt: skip
    return render(request, "requests_app/deal.html", context)


def _sentence(deal: Opportunity, touched: list[Any]) -> str:
    """How the deal ended, and whether anybody helped."""
    facts = {
        "day": formats.day(deal.closed_on),
        "n": formats.number(len(touched)),
        "owner": deal.owner.name if deal.owner else "",
    }
    if deal.state == OpportunityState.WON:
        helped = ngettext(
            "Won on %(day)s, with %(n)s touch by a reference or material.",
            "Won on %(day)s, with %(n)s touches by references or material.",
            len(touched),
        )
        return (helped if touched else _("Won on %(day)s, without a reference.")) % facts
    if deal.state == OpportunityState.LOST:
        return _("Lost on %(day)s.") % facts
    if touched:
        return ngettext("Open. %(n)s touch so far.", "Open. %(n)s touches so far.", len(touched)) % facts
    return _("Open. No reference has helped yet.")


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Won or lost, and on which day."""
    deal = visible(request, pk)
    guard(deal, "close", request.user)
    start = {"state": request.GET.get("state", "won"), "closed_on": today(request.user), "amount": deal.amount}
    form = CloseDealForm(sent(request), initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: deal.close(by=request.user, **said)):
            won = said["state"] == OpportunityState.WON
            return done(request, _("Won. Congratulations.") if won else _("Noted as lost."), _page(deal))
    return _form(request, deal, form, _("How did it end?"), _("Close the deal"))


@require_http_methods(["GET", "POST"])
@once
def own_up(request: HttpRequest, pk: int) -> HttpResponse:
    """A reference helped without a request: say so, and it counts."""
    deal = visible(request, pk)
    guard(deal, "own_up", request.user)
    words = request.POST.get("q") or request.GET.get("q", "")
    people = Contact.objects.visible_to(request.user).present().select_related("customer").matching_words(words)
    form = picking(OwnUpForm, "contact", people[:PICKED] if words else (), _("Who helped?"))(
        sent(request), initial={"on": today(request.user)}
    )
    if request.method == "POST" and form.is_valid():
        said = {**form.cleaned_data, "contact": get_object_or_404(people, pk=form.cleaned_data["contact"])}
        if attempt(form, lambda: deal.own_up(by=request.user, **said)):
            return done(request, _("Thank you for saying so. It counts now."), _page(deal))
    return _form(
        request,
        deal,
        form,
        _("Who helped without a request?"),
        _("Write it down"),
        q=words,
        look_for=_("Name or job title"),
    )


@require_http_methods(["GET", "POST"])
@once
def use_material(request: HttpRequest, pk: int) -> HttpResponse:
    """Material was used on this deal."""
    deal = visible(request, pk)
    guard(deal, "use_material", request.user)
    words = request.POST.get("q") or request.GET.get("q", "")
    rows = Material.objects.visible_to(request.user).to_share()
    for word in words.split()[:6]:
        rows = rows.filter(title__icontains=word)
    form = picking(MaterialUseForm, "material", rows.order_by("-pk")[:PICKED], _("What did you use?"))(
        sent(request), initial={"on": today(request.user)}
    )
    if request.method == "POST" and form.is_valid():
        material = get_object_or_404(rows, pk=form.cleaned_data["material"])
        if attempt(form, lambda: deal.use_material(by=request.user, material=material, on=form.cleaned_data["on"])):
            return done(request, _("Noted. It counts for the deal."), _page(deal))
    return _form(
        request,
        deal,
        form,
        _("What did you use on this deal?"),
        _("Write it down"),
        q=words,
        look_for=_("Words of the title"),
    )


def picking(form_class: type[forms.Form], name: str, rows: Any, label: Any) -> type[forms.Form]:
    """The form with the found rows to choose from."""
    choices = [(row.pk, _said(row)) for row in rows]
    field = forms.TypedChoiceField(label=label, coerce=int, choices=choices, widget=Choices)
    if len(choices) == 1:
        field.initial = choices[0][0]
    return type(form_class.__name__, (form_class,), {name: field, "field_order": (name,), "has_choices": bool(choices)})


def _said(row: Any) -> str:
    return f"{row.name}, {row.customer.name}" if isinstance(row, Contact) else str(row)


def _form(request: HttpRequest, deal: Opportunity, form: Any, title: Any, button: Any, **more: Any) -> HttpResponse:
    context = {"deal": deal, "form": form, "title": title, "button": button, **more}
    return render(request, "requests_app/deal_form.html", context, status=422 if form.errors else 200)
