"""The least a signed-in page can do here: the session, one indexed query, the rows in a bare template; or one insert."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from crp.inbox.models import Notification
from references.models import Customer


@require_GET
def rows(request: HttpRequest, count: int) -> HttpResponse:
    """So many customers by name. LoginRequiredMiddleware has read session and user."""
    found = Customer.objects.order_by("name", "pk").values("pk", "name", "country", "status")[:count]
    return render(request, "bench/rows.html", {"rows": found})


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """One row (a notification read already: it shows nowhere else) and a redirect; the CSRF token is checked as ever."""
    user: Any = request.user
    now = timezone.now()
    Notification.objects.create(user=user, kind="bench", url="/", context={}, at=now, read_at=now)
    return redirect("/inbox/")
