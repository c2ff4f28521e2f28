"""
The vitals: each customer's health as kept on its row, for lists, and what follows when it falls or recovers.

Judged once a day and after what changes it. Low begins below the line of the rules and ends MARGIN points above it, so that
a score that trembles at the line tells nobody twice. Only references (active or paused) are told of and paused.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.urls import reverse

from crp import inbox
from crp.accounts.models import Role, User
from crp.events import record
from references import health
from references.models import Customer, CustomerStatus, HealthRules, Pause
from references.models.pause import PauseReason
from references.notices import Kind
from references.verbs import Verb

CHUNK, MOST, MARGIN = 500, 20_000, 5
CAUSE = "health:"
# Who is locked by somebody else is judged at the next look.
WRITE = """
UPDATE references_customer c SET health = v.health, health_on = %(on)s
FROM (SELECT k.id, v.health FROM references_customer k JOIN unnest(%(ids)s, %(scores)s) AS v(id, health) ON v.id = k.id
    ORDER BY k.id FOR NO KEY UPDATE OF k SKIP LOCKED) v
WHERE c.id = v.id AND (c.health, c.health_on) IS DISTINCT FROM (v.health, %(on)s)
"""


def keep_due(on: date) -> int:
    """Judge the customers not judged on the day yet, up to MOST of them; how many."""
    stale = Customer.objects.exclude(status=CustomerStatus.RETIRED).filter(Q(health_on=None) | Q(health_on__lt=on))
    ids = list(stale.order_by("pk").values_list("pk", flat=True)[:MOST])
    for start in range(0, len(ids), CHUNK):
        keep(ids[start : start + CHUNK], on)
    return len(ids)


def keep(ids: Iterable[int], on: date) -> None:
    """Judge these customers and write their scores; tell and pause where one crossed a line. Eight queries a chunk."""
    customers = list(Customer.objects.filter(pk__in=ids))
    rules = HealthRules.current()
    found = {pk: well.score for pk, well in health.of_each(customers, on, rules).items()}
    write(found, on)
    resumable = set(
        Pause.objects.open().filter(customer__in=found, cause__startswith=CAUSE).values_list("customer", flat=True)
    )
    for customer in customers:
        score = found[customer.pk]
        if customer.status not in (CustomerStatus.ACTIVE, CustomerStatus.PAUSED):
            continue
        if is_low(score, customer.health_low, rules.caution_below) != customer.health_low:
            turn(customer, score, low=not customer.health_low)
        if rules.pauses_below and score < rules.pauses_below <= reached(customer.health):
            pause(customer, on)
        if customer.pk in resumable and score >= rules.pauses_below + MARGIN * bool(rules.pauses_below):
            resume(customer)


def reached(before: int) -> int:
    """What a score fell from; one never judged fell from the top."""
    return 100 if before < 0 else before


def is_low(score: int, was: bool, line: int) -> bool:
    """Below the line; who was low stays so until MARGIN above it."""
    return score < (line + MARGIN if was and line else line)


def write(scores: dict[int, int], on: date) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITE, {"on": on, "ids": list(scores), "scores": list(scores.values())})


@transaction.atomic
def turn(customer: Customer, score: int, *, low: bool) -> bool:
    """Mark the fall or the recovery and tell of a fall; False when somebody was quicker."""
    if not Customer.objects.filter(pk=customer.pk, health_low=not low).update(health_low=low):
        return False
    facts: dict[str, Any] = {"customer": customer.name, "score": score}
    event = record(Verb.HEALTH_FELL if low else Verb.HEALTH_RECOVERED, customer, **facts)
    if low:
        people = {user.pk: user for user in User.objects.with_role(Role.MANAGER)}
        if customer.owner:
            people[customer.owner.pk] = customer.owner
        url = reverse("references:customer", args=[customer.pk])
        inbox.notify(people.values(), Kind.HEALTH_FELL, event=event, url=url, context=facts)
    return True


@transaction.atomic
def pause(customer: Customer, on: date) -> None:
    """Leave the customer in peace until its health is back. One fall pauses once."""
    cause = f"{CAUSE}{on.isoformat()}"
    Customer.objects.select_for_update().get(pk=customer.pk)
    if not customer.pauses.filter(Q(cause=cause) | Q(cause__startswith=CAUSE, lifted_at=None)).exists():
        Pause.objects.start(
            by=None, customer=customer, starts_on=on, until=None, reason=PauseReason.ESCALATION, cause=cause
        )


@transaction.atomic
def resume(customer: Customer) -> None:
    """Lift what the rule paused."""
    for found in customer.pauses.open().filter(cause__startswith=CAUSE).select_for_update().order_by(F("pk")):
        found.lift(by=None)
