"""Reading what an address asks for: period, look-back, whose figures."""

from dataclasses import dataclass

from django.http import HttpRequest

from crp.verbs import today
from metrics import periods
from metrics.counting import Known
from metrics.periods import Period
from metrics.rows import Asked
from metrics.scope import Scope


@dataclass(frozen=True)
class Question:
    """A page's question: the period, and what is known now. Raises BadPeriod on nonsense."""

    known: Known
    period: Period
    lookback_days: int
    asked: Asked


def question(request: HttpRequest, scope: Scope) -> Question:
    """One query."""
    known, on = Known.now(), today()
    period = periods.read(request.GET, on, known.closed)
    lookback = periods.lookback(request.GET, known.settings.lookback_days)
    return Question(known, period, lookback, Asked(scope, period, known.settings, lookback, on))
