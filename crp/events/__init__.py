"""What happened: an append-only record of verbs, and the timelines read from it."""

from crp.events.registry import register
from crp.events.writing import record

__all__ = ["register", "record"]
