"""What happened to one thing, page by page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crp.events.subjects import visible
from crp.events.timeline import Timeline
from crp.ui.pages import page_or_partial


@require_safe
def about(request: HttpRequest, reference: str) -> HttpResponse:
    """The events about one object, the newest first, before the one in the address."""
    subject = visible(reference, request.user)
    before = request.GET.get("before", "")
    earlier_than = int(before) if before.isdecimal() and len(before) <= 18 else None
    only = request.GET.get("only", "")
    timeline = Timeline.about(subject, user=request.user, limit=20, before=earlier_than, only=only)
    context = {"timeline": timeline, "subject": subject}
    return page_or_partial(request, "events/about.html", "events/_events.html", context)
