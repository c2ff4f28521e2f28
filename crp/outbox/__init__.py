"""Durable sending: a row in the verb's transaction, delivered by the worker until it is out (docs/decisions.md)."""

from crp.outbox.consent import guard
from crp.outbox.enqueueing import enqueue_mail

__all__ = ["enqueue_mail", "guard"]
