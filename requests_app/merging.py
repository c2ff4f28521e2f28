"""What may be there once on this floor when two records of a person become one."""

from typing import Any

from django.utils.translation import gettext as _

from crp.verbs import Refused
from references.merging import once
from requests_app.models import Assignment, Candidate


@once("requests_app.Candidate", "contact")
def candidates(kept: Any, gone: Any) -> None:
    """Of two on one shortlist the better stays."""
    mine = {one.request_id: one for one in Candidate.objects.filter(contact=kept)}
    for other in Candidate.objects.filter(contact=gone, request__in=mine):
        worse = min(mine[other.request_id], other, key=lambda one: one.score)
        worse.delete()


@once("requests_app.Assignment", "contact")
def asks(kept: Any, gone: Any) -> None:
    """Raise Refused when both are asked for one request just now: one of the asks is to be taken back first."""
    live = Assignment.objects.live()
    both = (
        live.filter(contact=gone, request__in=live.filter(contact=kept).values("request"))
        .select_related("request")
        .first()
    )
    if both:
        text = _("Both are asked for %(number)s just now. Take one of the two asks back first.")
        raise Refused(text % {"number": both.request.reference}, code="both_asked", field="other")
