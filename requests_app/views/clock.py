"""How much of the answer clock is left."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from requests_app.models import ReferenceRequest, RequestRules, RequestState


@dataclass(frozen=True)
class Clock:
    """Hours since the request came in, pauses taken out, of the hours the rules allow; `answered` stops it for good."""

    used: float
    of: int
    paused: bool
    answered: bool

    @property
    def left(self) -> int:
        return max(round(self.of - self.used), 0)

    @property
    def over(self) -> bool:
        return self.used > self.of

    @property
    def kind(self) -> str:
        return "stop" if self.over else "ask" if self.used > self.of / 2 else "go"


def clock_of(request: ReferenceRequest, now: datetime | None = None) -> Clock | None:
    """The clock of a request that was sent; None for drafts and closed ones. One query at most."""
    if not request.submitted_at or request.state not in (RequestState.SUBMITTED, RequestState.IN_REVIEW):
        return None
    now = now or timezone.now()
    end = request.first_accepted_at or request.sla_paused_at or now
    seconds = (end - request.submitted_at).total_seconds() - request.sla_paused_seconds
    # Ranking leaves the rules it read on the request.
    rules = getattr(request, "_rules", None) or RequestRules.current()
    return Clock(
        max(seconds, 0) / 3600,
        rules.sla_hours,
        request.sla_paused_at is not None,
        request.first_accepted_at is not None,
    )
