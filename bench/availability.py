"""
May these thousand people be asked? `problems_of` against the bare SQL that fetches the same rows, in the same run.

The floor is five hand-written statements read into tuples: it applies no rule and words no sentence.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.jobs import Ratio, in_turn

CANDIDATES = 1_000
FLOOR = (
    """SELECT p.*, c.*, u.* FROM references_contact p JOIN references_customer c ON c.id = p.customer_id
    LEFT JOIN accounts_user u ON u.id = c.owner_id WHERE p.id = ANY(%(people)s)""",
    "SELECT * FROM references_usagepolicy WHERE id = 1",
    """SELECT * FROM references_willingness WHERE activity_type_id = %(type)s AND (until IS NULL OR until >= %(on)s)
    AND (contact_id = ANY(%(people)s) OR customer_id = ANY(%(customers)s))""",
    """SELECT customer_id, contact_id, activity_type_id, live, "on", effort, false FROM references_activity
    WHERE customer_id = ANY(%(customers)s) AND "on" > %(since)s
    UNION ALL SELECT customer_id, contact_id, activity_type_id, live, "on", effort, true FROM references_hold
    WHERE customer_id = ANY(%(customers)s) AND released_at IS NULL AND expires_at > %(now)s""",
    """SELECT customer_id, contact_id, until, false FROM references_pause WHERE customer_id = ANY(%(customers)s)
    AND lifted_at IS NULL AND starts_on <= %(on)s AND (until IS NULL OR until >= %(on)s)
    UNION ALL SELECT customer_id, contact_id, NULL, true FROM references_complaint
    WHERE customer_id = ANY(%(customers)s) AND closed_on IS NULL""",
)


def bare(facts: dict[str, Any], statements: tuple[str, ...] = FLOOR) -> list[int]:
    """How many rows each statement of the floor gave."""
    counts = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, facts)
            counts.append(len(cursor.fetchall()))
    return counts


def measure(rounds: int) -> list[Ratio]:
    """A thousand who answered for sales calls, from their keys to their problems; and the rules alone, on people read before."""
    from references import availability
    from references.book import Book
    from references.models import ActivityType, Contact

    call = ActivityType.objects.get(slug="sales-call")
    on = timezone.localdate() + timedelta(days=7)
    keys = list(
        Contact.objects.filter(willingness__activity_type=call).order_by("pk").values_list("pk", flat=True)[:CANDIDATES]
    )
    people = Contact.objects.filter(pk__in=keys).select_related("customer__owner")
    read = list(people)
    since = Book.open(read, call, on).earliest(call, on)
    facts = {
        "people": keys, "customers": list({person.customer_id for person in read}), "type": call.pk, "on": on, "since": since,
        "now": timezone.now(),
    }  # fmt: skip
    counts = bare(facts)
    whole = in_turn(lambda: availability.problems_of(people.all(), call, on), lambda: bare(facts), rounds)
    known = in_turn(lambda: availability.problems_of(read, call, on), lambda: bare(facts, FLOOR[1:]), rounds)
    note = "the same {:,} rows by bare SQL, no rule applied"
    return [
        Ratio("availability, from keys", *whole, n=len(keys), note=note.format(sum(counts))),
        Ratio("availability, people already read", *known, n=len(keys), note=note.format(sum(counts[1:]))),
    ]
