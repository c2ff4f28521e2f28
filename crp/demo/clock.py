"""The story's clock. Verbs read the time themselves, so a story about last year has to turn the clock back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Everything inside happens at `moment`."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield moment
    finally:
        timezone.now = real
