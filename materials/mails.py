"""What mail about material looks up only when it leaves."""

from typing import Any

from django.utils.dateparse import parse_datetime

from crp.outbox.rendering import filled_by
from materials.credit import bare
from references.models import Contact


@filled_by("approval_request")
@filled_by("approval_reminder")
def with_name(context: dict[str, Any]) -> dict[str, Any]:
    """The contact's name, so that a forgotten person stays forgotten, and the end of the link as a moment."""
    person = Contact.objects.filter(pk=context["contact_id"], erased_at=None).first()
    looked_up = {"name": person.name if person else "", "until": parse_datetime(context["until"])}
    return {**context, **looked_up, "title": bare(context["title"])}
