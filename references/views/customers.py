"""The list of customers, its filters and its export; adding and editing one."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import FilteredRelation, Q
from django.forms import Select
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crp.accounts.models import User
from crp.imports import exporting
from crp.rest.idempotency import once
from crp.ui import lists
from crp.ui.drawing import drawn
from crp.ui.marks import ago_time
from crp.ui.pages import confirm, page_or_partial
from references.countries import country_name
from references.filters import CustomerFilters
from references.forms.customers import CustomerForm, ReasonForm
from references.importing import known
from references.models import ActivityType, Customer, CustomerStatus, Industry, Product
from references.models.access import allow, sees_all_customers
from references.models.taxonomy import industry_name
from references.models.watch import Availability
from references.templatetags.references import stands
from references.views.filling import Sheet, data, fill_in

SORTS: dict[str, Sequence[str]] = {
    "name": ["name"],
    "country": ["country", "name"],
    "tier": ["tier", "name"],
    "status": ["status", "name"],
    "rest": ["rested_since", "name"],
    "room": ["-effort_left", "name"],
}
SHOWN = ("name", "status", "country", "tier", "industry__name", "owner__name")
STANDING = tuple(
    f"stands__{name}" for name in ("availability", "until", "used", "held", "most", "speakers", "last_asked_on")
)
EXPORTED = (
    "name", "external_id", "industry", "founded", "annual_revenue", "currency", "employees", "country", "website",
    "parent", "owner", "crp_id",
)  # fmt: skip


@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """The customers the reader may see, filtered by the address."""
    found, errors = lists.narrowed(CustomerFilters, request, Customer.objects.visible_to(request.user))
    sort, order = lists.sorting(request, SORTS, "name")
    page = lists.paginate(
        request, with_standing(found).values("pk", *SHOWN, *STANDING, "rested_since", "effort_left"), order
    )
    context = {
        "page": page,
        "rows": [drawn_row(row) for row in page.rows],
        "sort": sort,
        "tabs": tabs(request.user),
        "pills": pills(request),
        "errors": errors,
        "availabilities": Availability.choices,
        "types": [(kind.slug, kind.label) for kind in ActivityType.objects.in_use()],
        "can_add": Customer().can_be_edited_by(request.user),
        "kept": lists.kept(request, "search", lists.CURSOR),
    }
    return page_or_partial(request, "references/customers.html", "references/_customers.html", context)


def drawn_row(row: dict[str, Any]) -> SafeString:
    """A row of the list, drawn once for what it says: words that go by the day are finished before it is kept."""
    facts = {name: row[name] for name in ("pk", *SHOWN)}
    gauge = {name: row[f"stands__{name}"] for name in ("used", "held", "most", "speakers")}
    today = stands(row["stands__availability"], row["stands__until"])
    return drawn(
        "references/_customer_row.html", **facts, **gauge, today=today, asked=ago_time(row["stands__last_asked_on"])
    )


def with_standing(found: Any) -> Any:
    """Customers with the watch's row of each, as `stands__…`."""
    return found.annotate(stands=FilteredRelation("watches", condition=Q(watches__contact=None)))


def tabs(user: Any) -> list[lists.Tab]:
    """Sets by status, for those who see more than active ones."""
    if not sees_all_customers(user):
        return []
    return [lists.Tab("", _("All")), *(lists.Tab(value, label) for value, label in CustomerStatus.choices)]


def pills(request: HttpRequest) -> list[tuple[str, str, str]]:
    """(words, parameter, icon) of each filter that is set and has no menu of its own; names come in one query a kind."""
    found = []
    names: dict[str, tuple[Any, str]] = {
        "industry": (Industry.objects.all(), "building-2"),
        "owner": (User.objects.all(), "user-plus"),
        "product": (Product.objects.all(), "package"),
        "parent": (Customer.objects.visible_to(request.user), "workflow"),
    }
    for param, (rows, icon) in names.items():
        value = request.GET.get(param, "")
        if value.isdecimal() and len(value) < 18:
            name = rows.filter(pk=value).values_list("name", flat=True).first()
            found.append((industry_name(name) if name and param == "industry" else name or value, param, icon))
        elif value:
            found.append((value, param, icon))
    countries = [country_name(code) for code in request.GET.getlist("country") if code]
    if countries:
        found.append((_(", ").join(countries), "country", "globe"))
    tiers = [_("Tier %(letter)s") % {"letter": letter} for letter in request.GET.getlist("tier") if letter]
    if tiers:
        found.append((_(", ").join(tiers), "tier", "star"))
    return found


@require_safe
def customer_filters(request: HttpRequest) -> HttpResponse:
    """All filters as a form that leads back to the list; a page of its own, or a part of the list."""
    form = CustomerFilters(request.GET or None, queryset=Customer.objects.none()).form
    form.fields["industry"].widget = industry_select()
    form.fields["owner"].queryset = User.objects.active().filter(roles__len__gt=0).only("name")
    return page_or_partial(
        request, "references/customer_filters.html", "references/_customer_filters.html", {"form": form}
    )


def industry_select() -> Select:
    """Industries by id; the filter itself also takes a name."""
    names = Industry.objects.values_list("pk", "name")
    return Select(choices=[("", "–"), *((str(pk), industry_name(name)) for pk, name in names)])


@require_safe
def customers_export(request: HttpRequest) -> HttpResponseBase:
    """The same rows as CSV or XLSX, in columns the importer takes back."""
    found, _errors = lists.narrowed(CustomerFilters, request, Customer.objects.visible_to(request.user))
    _sort, order = lists.sorting(request, SORTS, "name")
    more = [_("Status"), _("Tier"), _("Customer since")]
    return exporting.respond(
        request, "customers", EXPORTED, export_rows(request.user, found.order_by(*order, "pk")), more
    )


def export_rows(user: Any, found: Any) -> Iterator[Sequence[Any]]:
    """Cells by EXPORTED, then those only for reading."""
    company, colleague = exporting.spelling(known.companies()), exporting.spelling(known.colleagues())
    labels = dict(CustomerStatus.choices)
    parents = Customer.objects.exclude(parent=None).order_by().values("parent")
    seen = set(Customer.objects.visible_to(user).filter(pk__in=parents).values_list("pk", flat=True))
    columns = (
        "name", "external_id", "industry__name", "founded", "annual_revenue", "currency", "employees", "country",
        "website", "pk", "parent_id", "parent__name", "owner_id", "owner__name", "status", "tier", "customer_since",
    )  # fmt: skip
    for row in found.values_list(*columns).iterator(chunk_size=2_000):
        *facts, pk, parent_id, parent, owner_id, owner, status, tier, since = row
        yield (
            *facts,
            company(parent_id if parent_id in seen else None, parent),
            colleague(owner_id, owner),
            pk,
            labels[status],
            tier,
            since,
        )


@require_safe
def customer_suggest(request: HttpRequest) -> HttpResponse:
    """Names that begin or go on like `q`, as <option>s for a text box; only of customers the reader may see."""
    words = request.GET.get("q", "").strip()
    names: Any = (
        Customer.objects.visible_to(request.user).matching_words(words).order_by("name").values_list("name", flat=True)
    )
    options = "".join(f'<option value="{escape(name)}"></option>' for name in names[:10]) if len(words) > 1 else ""
    return HttpResponse(options)


@once
@require_http_methods(["GET", "POST"])
def customer_new(request: HttpRequest) -> HttpResponse:
    """A new candidate."""
    allow(Customer().can_be_edited_by(request.user))
    form = CustomerForm(data(request), user=request.user, suggest_url=reverse("references:customer_suggest"))
    back = reverse("references:customers")
    sheet = Sheet(_("New customer"), _("Add the customer"), back, crumbs=[(_("References"), back)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        made = Customer.objects.add(by=request.user, **form.facts())
        return _("%(name)s added") % {"name": made.name}, reverse("references:customer", args=[made.pk])

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def customer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the facts."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("parent", "owner"), pk=pk)
    allow(customer.can_be_edited_by(request.user))
    suggest = reverse("references:customer_suggest")
    form = CustomerForm(data(request), instance=customer, user=request.user, suggest_url=suggest)
    back = reverse("references:customer", args=[pk])
    sheet = Sheet(_("Facts"), _("Save the facts"), back, crumbs=crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        customer.edit(by=request.user, version=cleaned["version"], **form.facts())
        return _("Facts about %(name)s saved") % {"name": customer.name}, back

    return fill_in(request, form, sheet, act)


def crumbs(customer: Customer) -> list[tuple[Any, str]]:
    """The way from the list to a page of the customer."""
    list_url, own_url = reverse("references:customers"), reverse("references:customer", args=[customer.pk])
    return [(_("References"), list_url), (customer.name, own_url)]


@once
@require_http_methods(["GET", "POST"])
def customer_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """No longer a reference: a question first, and a reason."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    allow(customer.can_be_managed_by(request.user))
    back = reverse("references:customer", args=[pk])
    form = ReasonForm(data(request))
    if request.method == "POST" and form.is_valid():
        customer.retire(by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("%(name)s is retired") % {"name": customer.name})
        return redirect(back)
    return confirm(
        request,
        title=_("Retire %(name)s?") % {"name": customer.name},
        text=_("Nobody there is asked any more. What they did stays counted, and a new nomination brings them back."),
        yes=_("Retire"),
        no=_("Keep as it is"),
        back=back,
        form=form,
    )
