"""Asking the customer, and what is done about open questions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.rest.idempotency import once
from crp.ui.pages import confirm
from crp.verbs import Forbidden
from materials.board import waiting
from materials.forms import AskCustomerForm, RecordAnswerForm, UntilForm
from materials.models import Approval, Material
from materials.views.acting import attempt, back_to, editable, sent


def _seen(request: HttpRequest, pk: int) -> Approval:
    rows = Approval.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("material__customer", "material__owner", "version", "contact", "asked_by"), pk=pk
    )


def _managed(request: HttpRequest, pk: int) -> Approval:
    approval = _seen(request, pk)
    if not approval.can_be_managed_by(request.user):
        raise Forbidden
    return approval


@once
@require_http_methods(["GET", "HEAD", "POST"])
def send_to_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is to approve, with which words, until when."""
    material = editable(request, pk)
    form = AskCustomerForm(sent(request), material=material, user=request.user)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        if attempt(form, lambda: material.send_to_customer(by=request.user, **wanted)):
            return back_to(request, material, _("%(name)s gets a mail with a link.") % {"name": wanted["contact"].name})
    people = form.fields["contact"].queryset.exists()  # type: ignore[attr-defined]
    context = {"form": form, "material": material, "people": people}
    return render(request, "materials/ask_customer.html", context, status=422 if form.errors else 200)


@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """Every open question to a customer, the oldest first."""
    asks = waiting(request.user, timezone.now(), limit=200)
    may_make = Material().can_be_edited_by(request.user)
    return render(request, "materials/approvals.html", {"asks": asks, "may_make": may_make})


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    approval = _managed(request, pk)
    approval.remind(by=request.user)
    return back_to(request, approval.material, _("Reminded. The mail carries a new link; earlier ones stop working."))


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    approval = _managed(request, pk)
    form = UntilForm(sent(request))
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt(form, lambda: approval.extend(by=request.user, until=form.cleaned_data["until"])):
        return back_to(request, approval.material, _("The link works longer, and a mail says so."))
    context = {
        "form": form,
        "approval": approval,
        "material": approval.material,
        "title": _("Let the link work longer"),
        "press": _("Extend"),
    }
    return render(request, "materials/approval_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def record_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer answered by another way; the page of a colleague who did not ask."""
    approval = _managed(request, pk)
    if not approval.can_be_recorded_by(request.user):
        raise Forbidden(_("Who asked the customer does not record the answer; a colleague does."))
    form = RecordAnswerForm(sent(request))
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt(form, lambda: approval.answer(by=request.user, **form.cleaned_data)):
        return back_to(request, approval.material, _("Recorded."))
    context = {
        "form": form,
        "approval": approval,
        "material": approval.material,
        "title": _("What did the customer say?"),
        "press": _("Record the answer"),
    }
    return render(request, "materials/approval_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    approval = _managed(request, pk)
    if request.method == "POST":
        approval.withdraw(by=request.user)
        messages.success(request, _("The link no longer works."))
        return redirect(approval.material)
    return confirm(
        request,
        title=_("Stop waiting for %(name)s?") % {"name": approval.contact.name},
        text=_("The link stops working, and the material goes back to internal review."),
        yes=_("Stop waiting"),
        no=_("Keep it"),
        back=approval.material.get_absolute_url(),
    )
