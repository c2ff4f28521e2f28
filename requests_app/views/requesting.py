"""A new request, from a deal or for a marketing purpose, with the rules shown before."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crp.rest.idempotency import once
from crp.search import normalise
from crp.verbs import Forbidden
from references.models import ActivityType
from requests_app import eligibility
from requests_app.forms import AskForm
from requests_app.models import Opportunity, ReferenceRequest
from requests_app.models.states import Purpose
from requests_app.views.acting import attempt, done, sent

SHOWN = 12


@require_http_methods(["GET", "POST"])
@once
def new(request: HttpRequest) -> HttpResponse:
    """Pick a deal (or none), then say what is needed; a minute is enough."""
    if not ReferenceRequest.can_be_asked_by(request.user):
        raise Forbidden
    source = request.POST if request.method == "POST" else request.GET
    deal = _deal(source, request.user)
    if deal is None and source.get("for") != "marketing":
        return _pick(request)
    form = AskForm(sent(request), user=request.user, deal=deal, criteria=criteria_of(deal), initial=_wanted(request))
    made: list[ReferenceRequest] = []
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: made.append(_ask(form, deal, request))):
        sentence = _("Kept as a draft.") if "draft" in request.POST else _("Asked. We will look for somebody now.")
        return done(request, sentence, reverse("requests_app:request", args=[made[0].pk]))
    context = {
        "form": form,
        "deal": deal,
        "problems": _problems(request.user, deal, form["activity_type"].value()),
        "amounts": Opportunity.amounts_visible_to(request.user),
    }
    return render(request, "requests_app/new.html", context, status=422 if form.errors else 200)


def _ask(form: AskForm, deal: Opportunity | None, request: HttpRequest) -> ReferenceRequest:
    said = form.cleaned_data
    return ReferenceRequest.ask(
        by=request.user,
        activity_type=said["activity_type"],
        need_by=said["need_by"],
        opportunity=deal,
        purpose=said.get("purpose") or Purpose.DEAL,
        criteria=form.criteria(),
        topics=said["topics"],
        draft="draft" in request.POST,
    )


def _deal(source: QueryDict, user: Any) -> Opportunity | None:
    """The deal the address names; 404 when it is not the reader's to see."""
    pk = source.get("deal", "")
    if not pk:
        return None
    deals = Opportunity.objects.visible_to(user).select_related("industry", "product", "account__industry")
    return get_object_or_404(deals, pk=int(pk) if pk.isdecimal() else 0)


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """What a link may say beforehand: the type of activity."""
    if request.method == "POST":
        return {}
    slug = request.GET.get("type", "sales-call")
    found = ActivityType.objects.filter(slug=slug, in_use=True).values_list("pk", flat=True).first()
    return {"activity_type": found} if found else {}


def criteria_of(deal: Opportunity | None) -> dict[str, Any]:
    """What the deal says about a fitting reference."""
    if deal is None:
        return {}
    account = deal.account
    industry = deal.industry or (account.industry if account else None)
    country = deal.country or (account.country if account else "")
    found = {
        "industries": [industry.name] if industry else [],
        "countries": [country] if country else [],
        "products": [deal.product.name] if deal.product else [],
        "company_size": _size(account.employees) if account and account.employees else "",
    }
    return {name: value for name, value in found.items() if value}


def _size(employees: int) -> str:
    if employees < 100:
        return "1-100"
    return "100-1000" if employees < 1000 else "1000-5000" if employees <= 5000 else "5000-"


def _pick(request: HttpRequest) -> HttpResponse:
    """One of the deals to choose from, or none."""
    context = {
        "deals": deals_to_pick(request.user, request.GET.get("q", ""))[:SHOWN],
        "q": request.GET.get("q", ""),
        "amounts": Opportunity.amounts_visible_to(request.user),
    }
    return render(request, "requests_app/pick_deal.html", context)


def deals_to_pick(user: Any, text: str) -> QuerySet[Opportunity]:
    """The reader's open deals (all he sees when none is his), or those whose name holds his words; the newest first."""
    deals = Opportunity.objects.visible_to(user).open().select_related("owner").order_by("-pk")
    words = normalise(text).split()[:6]
    for word in words:
        deals = deals.filter(search_text__contains=word)
    own = deals.filter(owner=user.pk)
    return deals if words or not own.exists() else own


@require_GET
def eligible(request: HttpRequest) -> HttpResponse:
    """The rules for the chosen type of activity, as a part of the form."""
    deal = _deal(request.GET, request.user)
    context = {"problems": _problems(request.user, deal, request.GET.get("activity_type", ""))}
    return render(request, "requests_app/_eligibility.html", context)


def _problems(user: Any, deal: Opportunity | None, activity_type: Any) -> list[Any]:
    pk = str(activity_type or "")
    found = ActivityType.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
    return eligibility.problems(user, deal, found) if found else []
