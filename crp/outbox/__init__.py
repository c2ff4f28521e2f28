"""Durable sending: a row in the verb's transaction, delivered by the worker until it is out (docs/decisions.md)."""

from crp.outbox.consent import guard
from crp.outbox.enqueueing import enqueue, enqueue_mail, letter

__all__ = ["enqueue", "enqueue_mail", "guard", "letter"]
