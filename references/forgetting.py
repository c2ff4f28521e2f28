"""
Forgetting that survives a restored backup.

Each erasure and each withdrawal is also written to a file outside the database: the person's key and keyed fingerprints of
his address and name, no more. A program that starts reads it and forgets again whoever an older backup brought back.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from crp.search import normalise
from references.models import Contact
from references.models.merge import Merge

ERASED, WITHDRAWN, GRANTED = "erased", "withdrawn", "granted"


def ledger() -> Path:
    """The file; beside the data, not in the database."""
    return Path(settings.DATA_DIR) / "forgotten.jsonl"


def fingerprint(text: str) -> str:
    """What tells that two texts are the same without telling the text. Keyed with the program's own secret."""
    return hmac.new(settings.SECRET_KEY.encode(), normalise(text).encode(), hashlib.sha256).hexdigest()


def marks(contact: Contact) -> list[str]:
    """Fingerprints of the address, and of the name at its customer, also by the numbers of records merged into that."""
    customers = [
        contact.customer_id,
        *Merge.objects.filter(customer=contact.customer_id).values_list("gone_id", flat=True),
    ]
    named = [f"{customer}:{contact.name}" for customer in customers]
    return [fingerprint(text) for text in (contact.email, *named) if text]


def keep(contact: Contact, what: str) -> None:
    """
    Write it down once the transaction is committed, for each record that became this one too. Call while the person is
    still known.
    """
    mine = marks(contact)
    # An older backup may hold the records that became this one.
    others = contact.merges.values_list("gone_id", "marks")
    for pk, known in [(contact.pk, mine), *((gone, [*theirs, *mine]) for gone, theirs in others)]:
        line = {"contact": pk, "what": what, "at": timezone.now().isoformat(), "marks": known}
        transaction.on_commit(partial(append, json.dumps(line)))


def append(line: str) -> None:
    """One line, on the disk before we go on."""
    descriptor = os.open(ledger(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lines() -> Iterator[dict[str, Any]]:
    """What was written, in order; a line cut off by a crash is passed over."""
    if not ledger().is_file():
        return
    for line in ledger().read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def again() -> tuple[int, int]:
    """Forget and withdraw again whoever came back; (erased, withdrawn). Harmless when nobody did."""
    last: dict[tuple[int, tuple[str, ...]], str] = {}
    for line in lines():
        last[line["contact"], tuple(line["marks"])] = line["what"]
    gone = {key: what for key, what in last.items() if what != GRANTED}
    keys = {pk for pk, _marks in gone}
    back = {one.pk: one for one in Contact.objects.filter(pk__in=keys, erased_at=None).select_related("customer")}
    erased = withdrawn = 0
    for (pk, known), what in gone.items():
        person = back.get(pk)
        # A key alone may be somebody else's after a restore.
        if person is None or person.erased_at or not set(known) & set(marks(person)):
            continue
        if what == ERASED:
            person.erase(by=None)
            erased += 1
        elif not person.consent_withdrawn_at:
            person.withdraw_consent(by=None)
            withdrawn += 1
    return erased, withdrawn


@dataclass(frozen=True)
class Forgotten:
    """The fingerprints of those who were erased, read once for many questions."""

    marks: frozenset[str]

    @classmethod
    def read(cls) -> "Forgotten":
        return cls(frozenset(mark for line in lines() if line["what"] == ERASED for mark in line["marks"]))

    def knows(self, customer_id: int, name: str, email: str) -> bool:
        """Was somebody of this address, or of this name at the customer, forgotten on his request?"""
        if not self.marks:
            return False
        wanted = (email, f"{customer_id}:{name}" if name else "")
        return any(fingerprint(text) in self.marks for text in wanted if text)
