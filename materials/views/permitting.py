"""Permission given outside a link, and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crp.rest.idempotency import once
from crp.ui import formats
from crp.ui.pages import confirm, safe_next
from crp.verbs import Forbidden
from materials.forms import PermissionForm, ReasonForm
from materials.models import ConsentGrant, Material
from materials.views.acting import attempt, back_to, editable, sent
from references.models import Customer


@once
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a permission with its proof."""
    material = editable(request, pk)
    form = PermissionForm(sent(request), material=material, user=request.user)
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt(form, lambda: ConsentGrant.grant(material, by=request.user, **form.cleaned_data)):
        return back_to(request, material, _("The permission is recorded."))
    return render(
        request, "materials/permission.html", {"form": form, "material": material}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a permission back; says beforehand what falls with it."""
    found = get_object_or_404(ConsentGrant.objects.select_related("customer", "material", "contact"), pk=pk)
    get_object_or_404(Customer.objects.visible_to(request.user), pk=found.customer_id)
    if not found.can_be_withdrawn_by(request.user):
        raise Forbidden
    form = ReasonForm(sent(request))
    form.fields["reason"].required = False
    back = safe_next(request, found.material.get_absolute_url() if found.material else "/")
    if request.method == "POST" and form.is_valid():
        fallen = found.withdraw(by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _fallen_words(len(fallen)))
        return redirect(back)
    resting = (
        Material.objects.standing().filter(pk=found.material_id)
        if found.material_id
        else found.customer.materials.standing()
    )
    return confirm(
        request,
        title=_("Withdraw this permission?"),
        text=_resting_words(resting.count()),
        yes=_("Withdraw it"),
        no=_("Keep it"),
        back=back,
        form=form,
    )


def _fallen_words(n: int) -> str:
    words = ngettext(
        "Permission withdrawn. %(n)s piece is off every page, and whoever shared it is told.",
        "Permission withdrawn. %(n)s pieces are off every page, and whoever shared them is told.",
        n,
    )
    return words % {"n": formats.number(n)}


def _resting_words(n: int) -> str:
    words = ngettext(
        "%(n)s piece may rest on it. Every share page drops it at once, and whoever shared it is told.",
        "%(n)s pieces may rest on it. Every share page drops them at once, and whoever shared them is told.",
        n,
    )
    return words % {"n": formats.number(n)}
