"""
The watch: for every person and customer, in a few statements and without reading a row into Python, how he stands today,
who is over, at or near a limit, who rests, and who is willing and never asked.

What it says agrees with availability.problems() (a test holds the two together) as far as one word for all activities can;
days are those of each person's own time zone.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from references.models import UsagePolicy
from references.models.watch import NEAR

# More points than anybody has, where the policy sets no limit.
NO_LIMIT = 1_000_000
# One at a time: two beats at once would only wait for each other's rows.
WATCH_LOCK = 7_203_412

# One statement for all rows, so that the ledger is read once: `recent` is every use that a window of today may hold, `taken` its
# sums, by person and (nobody named) company.
PEOPLE = """
WITH people AS (
    SELECT c.id, c.customer_id, c.last_live_on, c.own_count, c.own_days, c.created_at, c.consent_granted_at,
        c.consent_granted_at IS NOT NULL AND c.consent_withdrawn_at IS NULL AS consents,
        cu.status, cu.owner_id, (%(now)s AT TIME ZONE c.timezone)::date AS today
    FROM references_contact c JOIN references_customer cu ON cu.id = c.customer_id
    WHERE c.erased_at IS NULL AND c.left_on IS NULL AND (%(ids)s::bigint[] IS NULL OR c.customer_id = ANY(%(ids)s))
), recent AS MATERIALIZED (
    SELECT a.customer_id, a.contact_id, a."on", a.live, a.effort FROM references_activity a
    WHERE a."on" > %(since)s::date AND (%(ids)s::bigint[] IS NULL OR a.customer_id = ANY(%(ids)s))
    UNION ALL
    SELECT a.customer_id, a.contact_id, a."on", a.live, a.effort
    FROM people p JOIN references_activity a ON a.contact_id = p.id AND a.customer_id = p.customer_id
    WHERE p.own_count IS NOT NULL AND a."on" > p.today - p.own_days AND a."on" <= %(since)s::date
), taken AS (
    SELECT r.customer_id, r.contact_id, MAX(r."on") AS last_on,
        COUNT(*) FILTER (WHERE r.live AND r."on" > p.today - %(live_days)s) AS live,
        COUNT(*) FILTER (WHERE r.live AND r."on" > p.today - p.own_days) AS own,
        COALESCE(SUM(r.effort) FILTER (WHERE r."on" > p.today - %(contact_days)s), 0) AS effort,
        COALESCE(SUM(r.effort) FILTER (WHERE r."on" > %(today)s::date - %(customer_days)s), 0) AS spent
    FROM recent r LEFT JOIN people p ON p.id = r.contact_id GROUP BY r.customer_id, r.contact_id
), held AS (
    SELECT h.customer_id, h.contact_id AS id, COUNT(*) FILTER (WHERE h.live) AS live, SUM(h.effort) AS effort
    FROM references_hold h WHERE h.released_at IS NULL AND h.expires_at > %(now)s
        AND (%(ids)s::bigint[] IS NULL OR h.customer_id = ANY(%(ids)s)) GROUP BY h.customer_id, h.contact_id
), paused AS (
    SELECT p.id, MAX(COALESCE(x.until, 'infinity'::date)) AS until
    FROM references_pause x JOIN people p ON p.customer_id = x.customer_id AND (x.contact_id IS NULL OR x.contact_id = p.id)
    WHERE x.lifted_at IS NULL AND x.starts_on <= p.today AND (x.until IS NULL OR x.until >= p.today) GROUP BY p.id
), complained AS (
    SELECT DISTINCT p.id FROM references_complaint x
    JOIN people p ON p.customer_id = x.customer_id AND (x.contact_id IS NULL OR x.contact_id = p.id) WHERE x.closed_on IS NULL
), said AS (
    SELECT id, BOOL_OR(answer <> 'no') AS willing, BOOL_OR(answer = 'yes') AS yes FROM (
        SELECT p.id, w.answer FROM people p JOIN references_willingness w ON w.contact_id = p.id
        WHERE (w.until IS NULL OR w.until >= p.today) AND NOT EXISTS (
            SELECT 1 FROM references_willingness c WHERE c.customer_id = p.customer_id
                AND c.activity_type_id = w.activity_type_id AND c.answer = 'no' AND (c.until IS NULL OR c.until >= p.today)
        )
        UNION ALL
        SELECT p.id, w.answer FROM people p JOIN references_willingness w ON w.customer_id = p.customer_id
        WHERE w.until IS NULL OR w.until >= p.today
    ) answers GROUP BY id
), spent AS (
    SELECT customer_id, SUM(used)::int AS used, SUM(held)::int AS held FROM (
        SELECT customer_id, spent AS used, 0 AS held FROM taken UNION ALL SELECT customer_id, 0, effort FROM held
    ) x GROUP BY customer_id
), stand AS (
    SELECT p.*, COALESCE(u.live, 0) AS used, COALESCE(h.live, 0) AS held,
        COALESCE(u.own, 0) + COALESCE(h.live, 0) AS own, COALESCE(u.effort, 0) + COALESCE(h.effort, 0) AS effort,
        COALESCE(s.used, 0) + COALESCE(s.held, 0) AS customer_effort, COALESCE(s.held, 0) AS customer_held,
        COALESCE(h.effort, 0) AS held_effort,
        -- Whoever was not used of late: two looks into an index, rather than years of the ledger.
        COALESCE(u.last_on, GREATEST(
            (SELECT MAX(a."on") FROM references_activity a WHERE a.contact_id = p.id AND a.live),
            (SELECT MAX(a."on") FROM references_activity a WHERE a.contact_id = p.id AND NOT a.live)
        )) AS last_on,
        x.until AS paused_until, k.id IS NOT NULL AS complaint,
        COALESCE(w.willing, FALSE) AS willing, COALESCE(w.yes, FALSE) AS yes,
        LEAST(%(live_count)s, COALESCE(p.own_count, %(live_count)s)) AS most
    FROM people p LEFT JOIN taken u ON u.contact_id = p.id AND u.customer_id = p.customer_id
        LEFT JOIN held h ON h.id = p.id AND h.customer_id = p.customer_id LEFT JOIN paused x ON x.id = p.id
        LEFT JOIN complained k ON k.id = p.id LEFT JOIN said w ON w.id = p.id LEFT JOIN spent s ON s.customer_id = p.customer_id
), word AS (
    SELECT *, CASE
        WHEN NOT consents OR complaint OR NOT willing THEN 'barred'
        WHEN paused_until IS NOT NULL THEN 'paused'
        WHEN status <> 'active' THEN 'barred'
        WHEN used + held >= %(live_count)s OR own >= own_count OR effort >= %(contact_effort)s
            OR customer_effort >= %(customer_effort)s THEN 'limit'
        WHEN last_live_on + %(cooldown)s >= today AND %(cooldown)s > 0 THEN 'resting'
        WHEN owner_id IS NOT NULL OR NOT yes THEN 'ask'
        ELSE 'free' END AS availability
    FROM stand
), again AS (
    -- Of those whose own limits are full: the last day on which what was used still fills them; none where holds alone do.
    SELECT id, MAX(until_live) AS until_live, MAX(until_own) AS until_own, MAX(until_effort) AS until_effort FROM (
        SELECT w.id,
            CASE WHEN r.live AND %(live_count)s - w.held = ROW_NUMBER() OVER alike
                THEN r."on" + %(live_days)s - 1 END AS until_live,
            CASE WHEN r.live AND w.own_count - w.held = ROW_NUMBER() OVER alike THEN r."on" + w.own_days - 1 END AS until_own,
            CASE WHEN w.held_effort < %(contact_effort)s AND w.held_effort + SUM(r.effort) OVER latest >= %(contact_effort)s
                THEN r."on" + %(contact_days)s - 1 END AS until_effort
        FROM word w JOIN recent r ON r.contact_id = w.id AND r.customer_id = w.customer_id
        WHERE w.availability = 'limit'
            AND (w.used + w.held >= %(live_count)s OR w.own >= w.own_count OR w.effort >= %(contact_effort)s)
        WINDOW alike AS (PARTITION BY w.id, r.live ORDER BY r."on" DESC), latest AS (PARTITION BY w.id ORDER BY r."on" DESC)
    ) x GROUP BY id
), again_there AS (
    SELECT customer_id, MAX(until) AS until FROM (
        SELECT r.customer_id, CASE WHEN c.held < %(customer_effort)s
            AND c.held + SUM(r.effort) OVER (PARTITION BY r.customer_id ORDER BY r."on" DESC) >= %(customer_effort)s
            THEN r."on" + %(customer_days)s - 1 END AS until
        FROM (
            SELECT DISTINCT customer_id, customer_held AS held FROM word
            WHERE availability = 'limit' AND customer_effort >= %(customer_effort)s
        ) c JOIN recent r ON r.customer_id = c.customer_id
    ) x GROUP BY customer_id
), fresh_people AS MATERIALIZED (
    SELECT word.customer_id, word.id AS contact_id, availability, CASE availability
            WHEN 'paused' THEN NULLIF(paused_until, 'infinity'::date)
            WHEN 'limit' THEN CASE
                WHEN used + held >= %(live_count)s AND g.until_live IS NULL OR own >= own_count AND g.until_own IS NULL
                    OR effort >= %(contact_effort)s AND g.until_effort IS NULL
                    OR customer_effort >= %(customer_effort)s AND t.until IS NULL THEN NULL
                ELSE GREATEST(
                    CASE WHEN used + held >= %(live_count)s THEN g.until_live END,
                    CASE WHEN own >= own_count THEN g.until_own END,
                    CASE WHEN effort >= %(contact_effort)s THEN g.until_effort END,
                    CASE WHEN customer_effort >= %(customer_effort)s THEN t.until END
                ) END
            WHEN 'resting' THEN last_live_on + %(cooldown)s END AS until,
        used, held, most, effort - held_effort AS effort, held_effort AS effort_held,
        NULLIF(%(contact_effort)s, %(no_limit)s) AS effort_most, (availability NOT IN ('barred', 'paused'))::int AS speakers,
        last_on AS last_asked_on, CASE
            WHEN NOT consents OR status NOT IN ('active', 'paused') THEN ''
            WHEN used + held > most OR effort > %(contact_effort)s THEN 'over'
            WHEN used + held > 0 AND used + held >= most OR effort >= %(contact_effort)s THEN 'limit'
            WHEN used + held > 0 AND used + held >= most * %(near)s OR effort >= %(contact_effort)s * %(near)s THEN 'near'
            WHEN availability IN ('resting', 'paused') THEN 'resting'
            WHEN availability IN ('free', 'ask') AND held = 0 AND (last_on IS NULL OR last_on <= today - %(unused)s)
                AND LEAST(created_at, consent_granted_at)::date <= today - %(unused)s THEN 'unasked'
            ELSE '' END AS alarm
    FROM word LEFT JOIN again g ON g.id = word.id LEFT JOIN again_there t ON t.customer_id = word.customer_id
)
"""

CUSTOMERS = """
, best AS (
    SELECT DISTINCT ON (customer_id) customer_id, availability, until,
        SUM(speakers) OVER (PARTITION BY customer_id) AS speakers
    FROM fresh_people
    ORDER BY customer_id, array_position(ARRAY['free', 'ask', 'resting', 'limit', 'paused', 'barred'], availability),
        until NULLS LAST
), asked AS (
    -- Of the people there as just looked at, of those who left as last looked at, and of uses of the company as such.
    SELECT customer_id, MAX(last_on) AS last_on FROM (
        SELECT customer_id, last_asked_on AS last_on FROM fresh_people
        UNION ALL
        SELECT customer_id, NULLIF(rested_since, '0001-01-01'::date) FROM references_contact
        WHERE erased_at IS NOT NULL OR left_on IS NOT NULL
        UNION ALL
        SELECT customer_id, "on" FROM references_activity WHERE contact_id IS NULL
    ) x WHERE %(ids)s::bigint[] IS NULL OR customer_id = ANY(%(ids)s) GROUP BY customer_id
), fresh_customers AS (
    SELECT c.id AS customer_id, NULL::bigint AS contact_id,
        COALESCE(b.availability, CASE WHEN c.status = 'paused' THEN 'paused' ELSE 'barred' END) AS availability, b.until,
        COALESCE(s.used, 0) AS used, COALESCE(s.held, 0) AS held, %(customer_effort)s AS most,
        COALESCE(s.used, 0) AS effort, COALESCE(s.held, 0) AS effort_held, %(customer_effort)s AS effort_most,
        COALESCE(b.speakers, 0) AS speakers, a.last_on AS last_asked_on, CASE
            WHEN c.status NOT IN ('active', 'paused') THEN ''
            WHEN COALESCE(s.used, 0) + COALESCE(s.held, 0) > %(customer_effort)s THEN 'over'
            WHEN COALESCE(s.used, 0) + COALESCE(s.held, 0) = %(customer_effort)s THEN 'limit'
            WHEN COALESCE(s.used, 0) + COALESCE(s.held, 0) >= %(customer_effort)s * %(near)s THEN 'near'
            ELSE '' END AS alarm
    FROM references_customer c LEFT JOIN best b ON b.customer_id = c.id LEFT JOIN spent s ON s.customer_id = c.id
        LEFT JOIN asked a ON a.customer_id = c.id
    WHERE %(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s)
)
"""

# Rows that stay as they are are neither locked nor written again; an alarm keeps its beginning while it lasts.
KEEP = """
INSERT INTO references_watch AS w (
    customer_id, contact_id, availability, until, used, held, most, effort, effort_held, effort_most, speakers, last_asked_on,
    alarm, since, told, seen_at
)
SELECT f.*, CASE WHEN f.alarm <> '' THEN %(now)s END, f.alarm = '', %(now)s FROM {fresh} f LEFT JOIN references_watch k ON {same}
WHERE (
        k.customer_id, k.availability, k.until, k.used, k.held, k.most, k.effort, k.effort_held, k.effort_most, k.speakers,
        k.last_asked_on, k.alarm
    ) IS DISTINCT FROM (
        f.customer_id, f.availability, f.until, f.used, f.held, f.most, f.effort, f.effort_held, f.effort_most, f.speakers,
        f.last_asked_on, f.alarm
    )
ON CONFLICT {target} DO UPDATE SET
    customer_id = EXCLUDED.customer_id, availability = EXCLUDED.availability, until = EXCLUDED.until, used = EXCLUDED.used,
    held = EXCLUDED.held, most = EXCLUDED.most, effort = EXCLUDED.effort, effort_held = EXCLUDED.effort_held,
    effort_most = EXCLUDED.effort_most, speakers = EXCLUDED.speakers, last_asked_on = EXCLUDED.last_asked_on,
    alarm = EXCLUDED.alarm, since = CASE WHEN w.alarm = EXCLUDED.alarm THEN w.since ELSE EXCLUDED.since END,
    told = CASE WHEN w.alarm = EXCLUDED.alarm THEN w.told ELSE EXCLUDED.told END, seen_at = EXCLUDED.seen_at
"""
KEEP_PEOPLE = KEEP.format(fresh="fresh_people", same="k.contact_id = f.contact_id", target="(contact_id)")
KEEP_CUSTOMERS = KEEP.format(
    fresh="fresh_customers",
    same="k.customer_id = f.customer_id AND k.contact_id IS NULL",
    target="(customer_id) WHERE contact_id IS NULL",
)
LOOK = f"{PEOPLE}{CUSTOMERS}, kept AS ({KEEP_PEOPLE}) {KEEP_CUSTOMERS}"
# What lists are ordered by: a day for everybody, and the points left of those who may be asked.
RESTED = """
UPDATE references_customer c SET rested_since = COALESCE(w.last_asked_on, '0001-01-01'::date), effort_left = v.effort_left
FROM references_watch w CROSS JOIN LATERAL (
    SELECT CASE WHEN w.speakers > 0 THEN GREATEST(w.most - w.used - w.held, 0) ELSE 0 END AS effort_left
) v
WHERE w.customer_id = c.id AND w.contact_id IS NULL AND (%(ids)s::bigint[] IS NULL OR c.id = ANY(%(ids)s))
    AND (c.rested_since, c.effort_left) <> (COALESCE(w.last_asked_on, '0001-01-01'::date), v.effort_left)
"""
RESTED_PEOPLE = """
UPDATE references_contact c SET rested_since = COALESCE(w.last_asked_on, '0001-01-01'::date) FROM references_watch w
WHERE w.contact_id = c.id AND c.rested_since <> COALESCE(w.last_asked_on, '0001-01-01'::date)
    AND (%(ids)s::bigint[] IS NULL OR w.customer_id = ANY(%(ids)s))
"""
GONE = """
DELETE FROM references_watch w USING references_contact c WHERE c.id = w.contact_id
    AND (c.erased_at IS NOT NULL OR c.left_on IS NOT NULL) AND (%(ids)s::bigint[] IS NULL OR w.customer_id = ANY(%(ids)s))
"""


def parameters(now: datetime, customers: Collection[int] | None) -> dict[str, Any]:
    """What the statements ask for: the policy's numbers, the moment, and which customers (None: all)."""
    policy, day = UsagePolicy.current(), now.astimezone(ZoneInfo(settings.PROGRAM_TIME_ZONE)).date()
    # The first day anywhere is the one before that of UTC.
    since = now.astimezone(UTC).date() - timedelta(days=1 + policy.window)
    return {
        "now": now, "today": day, "since": since, "ids": None if customers is None else list(customers), "near": NEAR,
        "live_count": policy.live_count, "live_days": policy.live_days, "contact_days": policy.contact_days,
        "contact_effort": NO_LIMIT if policy.contact_effort is None else policy.contact_effort,
        "no_limit": NO_LIMIT, "customer_effort": policy.customer_effort, "customer_days": policy.customer_days,
        "cooldown": policy.cooldown_days, "unused": policy.unused_days,
    }  # fmt: skip


@transaction.atomic
def refresh(customers: Collection[int] | None = None, *, now: datetime | None = None) -> None:
    """Bring the watch up to date, for some customers or all. Five statements, however many people there are."""
    values = parameters(now or timezone.now(), customers)
    with connection.cursor() as cursor:
        if customers is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WATCH_LOCK])
        cursor.execute(GONE, values)
        cursor.execute(LOOK, values)
        cursor.execute(RESTED_PEOPLE, values)
        cursor.execute(RESTED, values)
