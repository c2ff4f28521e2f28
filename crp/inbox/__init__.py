"""A user's notifications: written by verbs, read in his language, mailed as he prefers."""

from crp.inbox.notifying import notify
from crp.inbox.registry import register

__all__ = ["notify", "register"]
