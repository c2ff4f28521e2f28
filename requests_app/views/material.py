"""Material and deals, seen from the material: note a use, and where it was used."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from crp.rest.idempotency import once
from crp.verbs import Forbidden, today
from materials.models import Material
from requests_app.forms import UseOnDealForm
from requests_app.models import MaterialUse, Opportunity
from requests_app.views.acting import attempt, done, sent
from requests_app.views.deals import PICKED, picking
from requests_app.views.requesting import deals_to_pick

SHOWN = 8


@require_http_methods(["GET", "POST"])
@once
def use_material(request: HttpRequest) -> HttpResponse:
    """The material that `material` names was used on one of the reader's open deals."""
    if not Opportunity.can_be_touched_by(request.user):
        raise Forbidden
    source = request.POST if request.method == "POST" else request.GET
    pk, words = source.get("material", ""), source.get("q", "")
    rows = Material.objects.visible_to(request.user).to_share()
    material = get_object_or_404(rows, pk=int(pk) if pk.isdecimal() else 0)
    deals = deals_to_pick(request.user, words)
    form = picking(UseOnDealForm, "opportunity", deals[:PICKED], _("On which deal?"))(
        sent(request), initial={"on": today(request.user)}
    )
    if request.method == "POST" and form.is_valid():
        deal = get_object_or_404(deals, pk=form.cleaned_data["opportunity"])
        if attempt(form, lambda: deal.use_material(by=request.user, material=material, on=form.cleaned_data["on"])):
            back = reverse("requests_app:opportunity", args=[deal.pk])
            return done(request, _("Noted. It counts for the deal."), back)
    context = {"material": material, "form": form, "q": words}
    return render(request, "requests_app/use_material.html", context, status=422 if form.errors else 200)


@require_GET
def material_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """On which deals the material was used, as far as the reader may see them: a part of its page."""
    material = get_object_or_404(Material.objects.visible_to(request.user), pk=pk)
    rows = MaterialUse.objects.visible_to(request.user).filter(material=material).select_related("opportunity", "by")
    return render(request, "requests_app/_material_uses.html", {"rows": list(rows[: SHOWN + 1])})
