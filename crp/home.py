"""The home page, by role, and the one search box: both look across the apps, so they live above them."""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crp import finding
from crp.accounts.models import Role
from crp.search import normalise
from crp.verbs import today
from materials.models import Material
from references.availability import problems_of, standing, told_to
from references.models import ActivityType, Answer, Contact, Customer, CustomerStatus, Willingness
from requests_app.models import Opportunity, ReferenceRequest
from requests_app.views import triage
from requests_app.views.deals import without_reference
from requests_app.views.sentences import told

QUEUE_ROWS, OPEN_ROWS, REQUEST_ROWS, DEAL_ROWS, CHIPS, SPEAKERS, FOUND = 12, 20, 4, 4, 3, 20, 6
SPOKEN = ("sales-call", "site-visit")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What the user's first role comes for; his other roles are a link away by the menu."""
    user: Any = request.user
    wanted = request.GET.get("as", "")
    for role, show in HOMES:
        if role in user.roles and wanted in ("", role):
            return show(request)
    return _seller(request) if _owns_customers(user) else render(request, "home/no_role.html")


def _owns_customers(user: Any) -> bool:
    """An account owner may hold no role; he still has asks to answer."""
    return bool(Customer.objects.filter(owner=user).exists())


def _manager(request: HttpRequest) -> HttpResponse:
    """Greeting, how the queue stands, the queue; beside it what may go wrong."""
    found = triage.triage(request, request.user, QUEUE_ROWS)
    context = {**triage.frame(request, found), "greeting": _greeting(request.user), "others": _others(request.user)}
    return render(request, "home/manager.html", context)


def _greeting(user: Any) -> str:
    hour, name = timezone.localtime().hour, user.name.split()[0] if user.name.split() else user.name
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": name}
    return (_("Good afternoon, %(name)s") if hour < 18 else _("Good evening, %(name)s")) % {"name": name}


def _seller(request: HttpRequest) -> HttpResponse:
    """The one question, what waits for him, his requests, his deals nobody helps with yet, what he may share now."""
    user: Any = request.user
    near = ReferenceRequest.objects.filter(Q(requested_by=user) | Q(waiting_user=user)).open().for_rows()
    rows = told(near.order_by("need_by", "pk")[:OPEN_ROWS], user)
    bare = list(_bare_deals(user)[:DEAL_ROWS])
    for deal in bare:
        deal.speakers = min(len({*deal.by_product, *deal.by_industry}), SPEAKERS)  # type: ignore[attr-defined]
    context = {
        "asks": [row for row in rows if row.waiting_user_id == user.pk],
        "requests": [row for row in rows if row.waiting_user_id != user.pk][:REQUEST_ROWS],
        "deals": bare, "chips": bare[:CHIPS], "amounts": True, "others": _others(user), "speakers": SPEAKERS,
    }  # fmt: skip
    return render(request, "home/seller.html", context)


def _bare_deals(user: Any) -> QuerySet[Opportunity]:
    """His open deals without a request, soonest to close first, each with up to SPEAKERS people by product and by industry."""
    agreed = Willingness.objects.filter(contact=OuterRef("pk"), activity_type__slug__in=SPOKEN).exclude(
        answer=Answer.NO
    )
    people = (
        Contact.objects.consenting().present().filter(Exists(agreed), customer__status=CustomerStatus.ACTIVE).order_by()
    )
    # Two index walks that end early; one condition with OR would read every contact when few fit.
    by_product = people.filter(customer__deployments__product=OuterRef("product"))
    by_industry = people.filter(customer__industry=OuterRef("industry"))
    deals = without_reference(Opportunity.objects.filter(owner=user).open()).select_related("account", "owner")
    deals = deals.annotate(
        by_product=ArraySubquery(by_product.values("pk")[:SPEAKERS]),
        by_industry=ArraySubquery(by_industry.values("pk")[:SPEAKERS]),
    )
    return deals.order_by(F("expected_close_on").asc(nulls_last=True), "-pk")


def _marketing(request: HttpRequest) -> HttpResponse:
    return redirect("materials:board")


def _executive(request: HttpRequest) -> HttpResponse:
    return redirect("metrics:insight")


def _admin(request: HttpRequest) -> HttpResponse:
    return redirect("set_up")


HOMES: tuple[tuple[str, Callable[[HttpRequest], HttpResponse]], ...] = (
    (Role.MANAGER, _manager),
    (Role.MARKETING, _marketing),
    (Role.EXECUTIVE, _executive),
    (Role.SALES, _seller),
    (Role.ADMIN, _admin),
)


def _others(user: Any) -> list[tuple[str, Any]]:
    """The homes of his further roles."""
    held = [role for role, _show in HOMES if role in user.roles]
    return [(role, Role(role).label) for role in held[1:]]


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Who can speak to a prospect: free words, or `?deal=` read for the rep."""
    user: Any = request.user
    text = request.GET.get("q", "").strip()[:200]
    deal = _deal(request)
    reading = finding.read_deal(deal) if deal else finding.read(text)
    people = list(finding.find(user, reading)) if reading else []
    kind = ActivityType.objects.filter(slug="sales-call").first()
    known = problems_of(people, kind, today(user)) if people and kind else {}
    for person in people:
        person.problems = told_to(known.get(person.pk, []), person, user)  # type: ignore[attr-defined]
        person.standing = standing(person.problems)  # type: ignore[attr-defined]
    context = {"q": text, "deal": deal, "reading": reading, "people": people}
    return render(request, "home/find.html", context)


def _deal(request: HttpRequest) -> Opportunity | None:
    pk = request.GET.get("deal", "")
    if not pk:
        return None
    rows = Opportunity.objects.visible_to(request.user).select_related("industry", "product", "account__industry")
    return get_object_or_404(rows, pk=int(pk) if pk.isdecimal() else 0)


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Customers, contacts, deals, requests and material that match, of those the user may see. Five queries."""
    user, text = request.user, request.GET.get("q", "").strip()[:200]
    context: dict[str, Any] = {"q": text, "amounts": Opportunity.amounts_visible_to(user)}
    if normalise(text):
        rows = triage.by_words(ReferenceRequest.objects.visible_to(user).for_rows(), text)
        context |= {
            "customers": list(_customers(user, text)),
            "contacts": list(_people(user, text)),
            "deals": list(_deals(user, text)),
            "requests": told(rows.order_by("-pk")[:FOUND], user),
            "materials": list(_material(user, text)),
        }
    context["found"] = any(context.get(name) for name in ("customers", "contacts", "deals", "requests", "materials"))
    return render(request, "home/search.html", context)


def _customers(user: Any, text: str) -> QuerySet[Customer]:
    found = Customer.objects.visible_to(user).matching_words(text).only("name", "status")
    return found.order_by("name", "pk")[:FOUND]


def _people(user: Any, text: str) -> QuerySet[Contact]:
    found = Contact.objects.visible_to(user).matching_words(text).select_related("customer")
    return found.only("name", "job_title", "customer__name").order_by("name", "pk")[:FOUND]


def _deals(user: Any, text: str) -> QuerySet[Opportunity]:
    found = Opportunity.objects.visible_to(user).matching_words(text).select_related("owner").defer("search_text")
    return found.order_by("-pk")[:FOUND]


def _material(user: Any, text: str) -> QuerySet[Material]:
    rows = Material.objects.visible_to(user).only("title", "kind", "state")
    for word in normalise(text).split()[:6]:
        rows = rows.filter(search_text__contains=word)
    return rows.order_by("-pk")[:FOUND]
