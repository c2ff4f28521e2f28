"""The ask calendar: of one customer, and of the whole program."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from crp.ui import formats
from crp.ui.pages import page_or_partial
from crp.verbs import today
from references.calendar import Month, grid
from references.models import Contact, Customer

IN_A_CELL = 4


@require_safe
def customer_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Every ask, hold, use, pause and mail of the customer in a month; of one person with `?contact=`."""
    found = get_object_or_404(Customer.objects.visible_to(request.user).select_related("owner"), pk=pk)
    people = list(Contact.objects.filter(customer=found).present().only("name"))
    asked = request.GET.get("contact", "")
    person = next((one for one in people if str(one.pk) == asked), None)
    return show(request, found, {"customer": found, "people": people, "person": person}, person.pk if person else None)


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The whole program's month, as far as the reader may see it."""
    return show(request, None, {})


def show(
    request: HttpRequest, customer: Customer | None, context: dict[str, Any], contact: int | None = None
) -> HttpResponse:
    """The grid of the month in the address."""
    on = today(request.user)
    month = Month.asked(request.GET.get("day", ""), on)
    weeks = grid(month, request.user, on, customer, contact)
    context |= {
        "month": month, "title": formats.month(month.first), "weeks": weeks, "heads": [day.day for day in weeks[0]],
        "total": sum(len(day.entries) for week in weeks for day in week if day.inside), "most": IN_A_CELL,
    }  # fmt: skip
    return page_or_partial(request, "references/calendar.html", "references/_calendar.html", context)
