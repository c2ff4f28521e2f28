"""Linking a referral to the deal it created."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crp.ui import pages
from crp.verbs import Forbidden
from references.models import Referral
from requests_app.models import Opportunity
from requests_app.views.deals import shows_amounts

SHOWN = 8


def looked(request: HttpRequest, pk: int) -> Referral:
    """The referral, if the reader may see it; else 404."""
    return get_object_or_404(Referral.objects.visible_to(request.user).select_related("customer"), pk=pk)


@require_http_methods(["GET", "POST"])
def referral_deal(request: HttpRequest, pk: int) -> HttpResponse:
    """Which deal came of it: those with the company's name first, or by words."""
    referral, user = looked(request, pk), request.user
    rows: Any = Opportunity.objects.visible_to(user).filter(referral=None)
    if request.method == "POST":
        wanted = request.POST.get("deal", "")
        deal = get_object_or_404(rows, pk=int(wanted) if wanted.isdecimal() and len(wanted) < 18 else 0)
        deal.come_from(referral, by=user)
        messages.success(request, _("%(deal)s came of this referral") % {"deal": deal.name})
        return redirect(referral.address)
    words = request.GET.get("q", referral.company)[:200]
    found = rows.matching_words(words).select_related("owner").order_by("-pk")
    deals = [deal for deal in found[: SHOWN * 3] if deal.can_be_edited_by(user)][:SHOWN]
    context = {"referral": referral, "q": words, "deals": deals, "amounts": shows_amounts(user)}
    return render(request, "requests_app/referral_deal.html", context)


@require_GET
def referral_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The deal that came of it, if the reader may see it."""
    referral = looked(request, pk)
    deal = Opportunity.objects.visible_to(request.user).filter(referral=referral).select_related("owner").first()
    context = {"deal": deal, "referral": referral, "amounts": shows_amounts(request.user)}
    return render(request, "requests_app/_referral_deal.html", context)


@require_POST
def part_from_referral(request: HttpRequest, pk: int) -> HttpResponse:
    """It did not come of it after all."""
    deal = get_object_or_404(Opportunity.objects.visible_to(request.user), pk=pk)
    if not deal.can_be_edited_by(request.user):
        raise Forbidden
    deal.part_from_referral(by=request.user)
    messages.success(request, _("The two are apart again"))
    return redirect(pages.safe_next(request, deal.get_absolute_url()))
