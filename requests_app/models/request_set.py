"""The words for asking about requests."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models

from crp.search import normalise
from requests_app.models.states import CLOSED_STATES, OPEN_STATES

if TYPE_CHECKING:
    from requests_app.models.request import ReferenceRequest  # noqa: F401


# All that a row says of a request and of what hangs on it.
SAID_OF = {
    "activity_type": ("name", "icon"),
    "opportunity": ("name", "amount", "currency"),
    "assigned_to": ("name",),
    "requested_by": ("name",),
    "waiting_user": ("name",),
    "waiting_contact": ("name",),
}
SAID = (
    "number", "purpose", "need_by", "criteria", "state", "submitted_at", "closed_at", "close_reason", "stage", "waiting_for",
    "waiting_since", "asked_count", "created_at",
)  # fmt: skip


class RequestQuerySet(models.QuerySet["ReferenceRequest"]):
    """The words for asking about requests."""

    def visible_to(self, user: Any) -> Self:
        """All for the staff; own and team's for sales; asks about his customers for an account owner."""
        if user.sees_whole_program:
            return self
        # A subquery, not a join: a request with three people asked must not appear three times.
        asked = apps.get_model("requests_app", "Assignment").objects.filter(contact__customer__owner=user)
        seen = models.Q(requested_by=user) | models.Q(pk__in=asked.values("request"))
        if user.is_sales:
            seen |= models.Q(requested_by__team__manager=user)
            if user.team_id:
                seen |= models.Q(requested_by__team=user.team_id)
        return self.filter(seen)

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def closed(self) -> Self:
        return self.filter(state__in=CLOSED_STATES)

    def for_rows(self) -> Self:
        """With what a row says, so that none asks again; whatever else is asked of such a request costs a query."""
        beyond = [f"{name}__{field}" for name, fields in SAID_OF.items() for field in fields]
        return self.select_related(*SAID_OF).only(*SAID, *beyond)

    def matching_words(self, text: str) -> Self:
        """By number (R-1191 or 1191), or by words of the deal."""
        plain = normalise(text)
        digits = plain.removeprefix("r-")
        if digits.isdecimal() and len(digits) < 10:
            return self.filter(number=int(digits))
        found = self
        for word in plain.split()[:8]:
            found = found.filter(opportunity__search_text__contains=word)
        return found

    def due_by(self, day: date) -> Self:
        """Open, and needed on the day or before."""
        return self.open().filter(need_by__lte=day)
