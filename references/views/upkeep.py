"""What is noted along the way: pauses, notes, complaints, surveys, deployments, uses off the books."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crp.rest.idempotency import once
from crp.verbs import today
from references.forms.customers import DeploymentForm
from references.forms.upkeep import ActivityForm, ComplaintForm, NoteForm, PauseForm, SurveyForm
from references.models import Activity, Complaint, Contact, Customer, Deployment, Note, Pause, SurveyResponse
from references.models.access import allow
from references.views.customers import crumbs
from references.views.filling import Sheet, data, fill_in


def looked_up(request: HttpRequest, pk: int) -> tuple[Customer, str]:
    """The customer, if the reader may see it, and the address of its page."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("owner"), pk=pk)
    return customer, reverse("references:customer", args=[pk])


@once
@require_http_methods(["GET", "POST"])
def customer_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the whole customer in peace for a time."""
    customer, back = looked_up(request, pk)
    allow(customer.can_be_managed_by(request.user))
    form = PauseForm(data(request), customer=customer, user=request.user)
    sheet = Sheet(
        _("Pause"),
        _("Pause"),
        back,
        _("Nobody at %(name)s is asked meanwhile.") % {"name": customer.name},
        crumbs(customer),
    )

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        customer.pause(by=request.user, **cleaned)
        return _("%(name)s is left in peace") % {"name": customer.name}, back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def contact_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave one person in peace for a time."""
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("customer"), pk=pk)
    allow(contact.customer.can_be_managed_by(request.user))
    back = reverse("references:contact", args=[pk])
    form = PauseForm(data(request), customer=contact.customer, user=request.user)
    sentence = _("%(name)s is not asked meanwhile.") % {"name": contact.name}
    sheet = Sheet(_("Pause"), _("Pause"), back, sentence, crumbs(contact.customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        contact.pause(by=request.user, **cleaned)
        return _("%(name)s is left in peace") % {"name": contact.name}, back

    return fill_in(request, form, sheet, act)


@require_POST
def pause_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a pause now."""
    pause = get_object_or_404(Pause.objects.visible_to(request.user).select_related("customer", "contact"), pk=pk)
    pause.lift(by=request.user)
    messages.success(request, _("The pause is lifted"))
    return redirect("references:customer", pause.customer_id)


@once
@require_http_methods(["GET", "POST"])
def customer_note(request: HttpRequest, pk: int) -> HttpResponse:
    """An inside note."""
    customer, back = looked_up(request, pk)
    allow(customer.shows_health_to(request.user))
    posted = data(request)
    if posted and "on" not in posted:
        posted = posted.copy()
        posted["on"] = today(request.user).isoformat()
    form = NoteForm(posted, customer=customer, user=request.user)
    sheet = Sheet(_("Note"), _("Save the note"), back, crumbs=crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        Note.objects.write(by=request.user, customer=customer, **cleaned)
        return _("Noted"), back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def complaint_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A complaint: while it is open, nobody there is asked."""
    customer, back = looked_up(request, pk)
    allow(customer.can_be_managed_by(request.user))
    form = ComplaintForm(data(request), customer=customer, user=request.user)
    sheet = Sheet(
        _("Complaint"), _("Note the complaint"), back, _("While it is open, nobody there is asked."), crumbs(customer)
    )

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        Complaint.objects.file(by=request.user, customer=customer, **cleaned)
        return _("The complaint is noted"), back

    return fill_in(request, form, sheet, act)


@require_POST
def complaint_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Settled today."""
    complaint = get_object_or_404(
        Complaint.objects.visible_to(request.user).select_related("customer", "contact"), pk=pk
    )
    complaint.close(by=request.user, on=max(today(request.user), complaint.opened_on))
    messages.success(request, _("The complaint is settled"))
    return redirect("references:customer", complaint.customer_id)


@once
@require_http_methods(["GET", "POST"])
def survey_new(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody said of us."""
    customer, back = looked_up(request, pk)
    allow(customer.can_be_managed_by(request.user))
    form = SurveyForm(data(request), customer=customer, user=request.user)
    sentence = _("A 9 or 10 of somebody at a candidate nominates the company by itself.")
    sheet = Sheet(_("Survey answer"), _("Save the answer"), back, sentence, crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        SurveyResponse.objects.note(by=request.user, customer=customer, **cleaned)
        return _("The answer is noted"), back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def activity_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A use off the books: anyone who sees the customer may own up to it."""
    customer, back = looked_up(request, pk)
    form = ActivityForm(data(request), customer=customer, user=request.user)
    sentence = _("It counts against what they agreed to, so that nobody is asked too often. Thank you for saying so.")
    sheet = Sheet(_("Something we did not know of"), _("Own up to it"), back, sentence, crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        Activity.objects.log(by=request.user, customer=customer, **cleaned)
        return _("Noted, and counted"), back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def deployment_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A product that runs there."""
    customer, _back = looked_up(request, pk)
    return deployment_form(request, Deployment(customer=customer))


@once
@require_http_methods(["GET", "POST"])
def deployment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a product that runs there."""
    seen = Customer.objects.visible_to(request.user)
    found = get_object_or_404(Deployment.objects.select_related("customer", "product"), pk=pk, customer__in=seen)
    return deployment_form(request, found)


def deployment_form(request: HttpRequest, found: Deployment) -> HttpResponse:
    """The form of both."""
    customer = found.customer
    allow(customer.can_be_edited_by(request.user))
    back = reverse("references:customer", args=[customer.pk])
    form = DeploymentForm(data(request), instance=found)
    sheet = Sheet(_("What runs there"), _("Save"), back, crumbs=crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        found.edit(by=request.user, **cleaned)
        return _("%(product)s saved") % {"product": found.product}, back

    return fill_in(request, form, sheet, act)
