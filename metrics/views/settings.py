"""What the figures assume, and the exchange rates: an admin sets them, a program manager may look."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crp.rest.idempotency import once
from crp.ui.forms import refuse
from crp.verbs import Forbidden, Refused, today
from metrics.forms import RateForm, SettingsForm
from metrics.models import ExchangeRate, InsightSettings


@once
def settings_page(request: HttpRequest) -> HttpResponse:
    """GET shows, POST changes."""
    user: Any = request.user
    if not (user.is_admin or user.is_manager or user.is_executive):
        raise Forbidden
    current = InsightSettings.current()
    form = SettingsForm(request.POST or None, instance=current, initial={"version": current.version})
    if request.method == "POST" and form.is_valid():
        try:
            InsightSettings.change(by=user, **form.cleaned_data)
            messages.success(request, _("Saved. The figures follow."))
            return redirect("metrics:settings")
        except Refused as error:
            if error.status == 403:
                raise
            refuse(form, error)
    return _page(request, form, RateForm(initial={"on": today()}), status=200 if request.method == "GET" else 422)


@require_POST
@once
def rate_set(request: HttpRequest) -> HttpResponse:
    """Set a currency's rate from a day on."""
    form = RateForm(request.POST)
    if not _is_admin(request):
        raise Forbidden
    if form.is_valid():
        try:
            rate = ExchangeRate.set(by=request.user, **form.cleaned_data)
            messages.success(request, _("The rate of %(currency)s is set.") % {"currency": rate.currency})
            return redirect("metrics:settings")
        except Refused as error:
            refuse(form, error)
    current = InsightSettings.current()
    return _page(request, SettingsForm(instance=current, initial={"version": current.version}), form, status=422)


@require_POST
def rate_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rate away."""
    if not _is_admin(request):
        raise Forbidden
    rate = get_object_or_404(ExchangeRate, pk=pk)
    rate.remove(by=request.user)
    messages.success(request, _("The rate of %(currency)s is removed.") % {"currency": rate.currency})
    return redirect("metrics:settings")


def _is_admin(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_admin", False))


def _page(request: HttpRequest, form: SettingsForm, rate_form: RateForm, *, status: int) -> HttpResponse:
    if not _is_admin(request):
        for field in (*form.fields.values(), *rate_form.fields.values()):
            field.disabled = True
    context = {
        "form": form,
        "rate_form": rate_form,
        "rates": ExchangeRate.objects.all()[:200],
        "currency": settings.PROGRAM_CURRENCY,
    }
    return render(request, "metrics/settings.html", context, status=status)
