"""What could not be sent, for the admin to decide."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crp.outbox.models import Message, MessageState
from crp.ui import lists
from crp.ui.pages import page_or_partial
from crp.verbs import Forbidden

SHOWN = (MessageState.PENDING, MessageState.SENT, MessageState.SUPPRESSED)


@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """Parked and uncertain messages; other states behind tabs."""
    if not request.user.is_admin:  # type: ignore[union-attr]
        raise PermissionDenied
    state = request.GET.get("view", "")
    mine = Message.objects.visible_to(request.user)
    shown = mine.filter(state=state) if state in SHOWN else mine.held()
    context = {
        "page": lists.paginate(request, shown, ("-id",), size=30),
        "tabs": [lists.Tab("", _("Needs you")), *(lists.Tab(each, MessageState(each).label) for each in SHOWN)],
    }
    return page_or_partial(request, "outbox/held.html", "outbox/_rows.html", context)


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it after all."""
    allowed(request, pk).retry(by=request.user)
    messages.success(request, _("It is on its way again."))
    return redirect("outbox:list")


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Never send it."""
    allowed(request, pk).drop(by=request.user)
    messages.success(request, _("It will not be sent."))
    return redirect("outbox:list")


def allowed(request: HttpRequest, pk: int) -> Message:
    """The message if the user may see and settle it. Raises Http404, Forbidden."""
    message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)
    if not message.can_be_settled_by(request.user):
        raise Forbidden
    return message
