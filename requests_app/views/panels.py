"""Parts of other pages: what a customer's record shows of requests and deals."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from references.models import Customer
from requests_app.models import Assignment, Opportunity
from requests_app.views.deals import shows_amounts

SHOWN = 8


@require_GET
def customer_requests(request: HttpRequest, pk: int) -> HttpResponse:
    """The people of this customer who were asked, and for what."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    rows = Assignment.objects.visible_to(request.user).filter(contact__customer=customer)
    rows = rows.select_related("contact", "request__activity_type", "request__opportunity").order_by("-pk")
    context = {"customer": customer, "rows": list(rows[: SHOWN + 1])}
    return render(request, "requests_app/_customer_requests.html", context)


@require_GET
def customer_deals(request: HttpRequest, pk: int) -> HttpResponse:
    """The deals with this customer itself."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    rows = Opportunity.objects.visible_to(request.user).filter(account=customer).select_related("owner").order_by("-pk")
    context = {"customer": customer, "rows": list(rows[: SHOWN + 1]), "amounts": shows_amounts(request.user)}
    return render(request, "requests_app/_customer_deals.html", context)
