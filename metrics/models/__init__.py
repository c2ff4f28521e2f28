"""What is kept because asking each time would be too slow, and what only people know."""

from metrics.models.closed_day import ClosedDay
from metrics.models.rate import ExchangeRate
from metrics.models.settings import InsightSettings
from metrics.models.snapshot import Snapshot

__all__ = ["ClosedDay", "ExchangeRate", "InsightSettings", "Snapshot"]
