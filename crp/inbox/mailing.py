"""The mail of a notice: the same sentence as in the inbox, made when it leaves."""

from typing import Any

from django.utils.safestring import mark_safe

from crp.events import named
from crp.events.models import Event
from crp.inbox.models import sentence
from crp.outbox.rendering import filled_by, words_of


@filled_by("notification")
def fill(context: dict[str, Any]) -> dict[str, Any]:
    """The sentence, as HTML and as words, with the names of today."""
    events = named(Event.objects.filter(pk=context["event_id"])) if context.get("event_id") else []
    markup = sentence(context["kind"], events[0] if events else None, context.get("facts", {}))
    return {"sentence": mark_safe(markup), "words": words_of(markup), "url": context.get("url", "")}
