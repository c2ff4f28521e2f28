"""What a user was told, and how he wants to be told."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crp.events import named
from crp.inbox.models import Delivery, Notification, Preference
from crp.ui import lists
from crp.ui.pages import page_or_partial, safe_next

ORDER = ("-id",)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Unread first in view, all behind the second tab."""
    mine = Notification.objects.visible_to(request.user)
    shown = mine if request.GET.get("view") == "all" else mine.unread()
    page: lists.Page[Notification] = lists.paginate(request, shown.select_related("event"), ORDER, size=30)
    named(notice.event for notice in page.rows if notice.event)
    context = {
        "page": page,
        "tabs": [lists.Tab("", _("Unread")), lists.Tab("all", _("All"))],
    }
    return page_or_partial(request, "inbox/inbox.html", "inbox/_rows.html", context)


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    Notification.objects.filter(pk=pk).mark_read(timezone.now())
    return redirect(notice.url if notice.is_local and "stay" not in request.POST else safe_next(request, "/inbox/"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    Notification.objects.visible_to(request.user).mark_read(timezone.now())
    messages.success(request, _("Everything is marked as read."))
    return redirect("inbox:list")


def preferences(request: HttpRequest) -> HttpResponse:
    """Inbox, mail, both or neither, for each kind the user may get."""
    if request.method == "POST":
        Preference.objects.choose(request.user, {kind: request.POST.get(kind, "") for kind in kinds(request)})
        messages.success(request, _("Your choice is saved."))
        return redirect("inbox:preferences")
    chosen = Preference.objects.chosen_by(request.user)
    rows = [(kind, label, chosen[kind]) for kind, label in kinds(request).items()]
    return render(request, "inbox/preferences.html", {"rows": rows, "choices": Delivery.choices})


def kinds(request: HttpRequest) -> dict[str, Any]:
    """What concerns the user's roles."""
    return Preference.objects.kinds_for(request.user)
