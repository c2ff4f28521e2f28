"""What happened: an append-only record of verbs, and the timelines read from it."""

from crp.events.registry import person_names_from, register
from crp.events.timeline import Timeline, named
from crp.events.writing import record

__all__ = ["Timeline", "named", "person_names_from", "record", "register"]
