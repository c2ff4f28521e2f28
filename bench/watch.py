"""
The watch over a million activities: `watching.refresh` against the bare aggregates it rests on, in the same run.

The floor counts and sums uses and holds by person and by customer, joins nothing else and keeps nothing.
"""

from django.db import connection, transaction
from django.utils import timezone

from bench.jobs import Ratio, in_turn

ACTIVITIES = 1_000_000
# Uses over four years, spread over everybody; only what is missing.
MORE = """
INSERT INTO references_activity
    (customer_id, contact_id, activity_type_id, "on", effort, live, outcome, origin, origin_ref, prospect, note, over_limit,
    override_reason, created_at)
SELECT p.customer_id, p.id, t.id, CURRENT_DATE - (n %% 1461)::int, t.effort, t.live, 'held', 'import', '', '', '', FALSE, '',
    NOW()
FROM generate_series(1, GREATEST(%(wanted)s - (SELECT COUNT(*) FROM references_activity), 0)) AS n
JOIN (SELECT id, customer_id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM references_contact) p
    ON p.place = n %% (SELECT COUNT(*) FROM references_contact)
JOIN (SELECT id, effort, live, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM references_activitytype) t
    ON t.place = n %% (SELECT COUNT(*) FROM references_activitytype)
"""
FLOOR = (
    """SELECT COUNT(*), SUM(live), SUM(effort) FROM (
        SELECT contact_id, MAX("on") AS last_on, COUNT(*) FILTER (WHERE live AND "on" > %(day)s - 90) AS live,
            SUM(effort) FILTER (WHERE "on" > %(day)s - 90) AS effort
        FROM references_activity GROUP BY contact_id) by_person""",
    """SELECT COUNT(*), SUM(effort) FROM (
        SELECT customer_id, MAX("on") AS last_on, SUM(effort) FILTER (WHERE "on" > %(day)s - 90) AS effort
        FROM references_activity GROUP BY customer_id) by_customer""",
    """SELECT COUNT(*) FROM (SELECT contact_id, SUM(effort) FROM references_hold
        WHERE released_at IS NULL AND expires_at > %(now)s GROUP BY contact_id) held""",
)


def bare() -> None:
    """The aggregates alone."""
    now = timezone.now()
    with connection.cursor() as cursor:
        for statement in FLOOR:
            cursor.execute(statement, {"now": now, "day": timezone.localdate(now)})
            cursor.fetchall()


def measure(rounds: int) -> list[Ratio]:
    """
    The first look, which writes every row, is not timed; then a look at what did not change, statistics as autovacuum keeps them.

    All of it is undone, and dead rows are cleared away for the next run.
    """
    from references import watching
    from references.models import Activity

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(MORE, {"wanted": ACTIVITIES})
            cursor.execute("ANALYZE references_activity")
        watching.refresh()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE references_watch")
        n = Activity.objects.count()
        ours, floor = in_turn(watching.refresh, bare, rounds)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM references_activity, references_watch, references_contact, references_customer")
    return [Ratio("watch, nothing changed", ours, floor, n=n, note="the aggregates by person and customer alone")]
