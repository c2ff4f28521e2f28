"""What is kept because asking each time would be too slow, and what only people know."""

from metrics.models.rate import ExchangeRate
from metrics.models.settings import InsightSettings

__all__ = ["ExchangeRate", "InsightSettings"]
