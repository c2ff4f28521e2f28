"""
The watch: for every person and customer, in a few statements and without reading a row into Python, how he stands today,
who is over, at or near a limit, who rests, and who is willing and never asked.

What it says agrees with availability.problems() (a test holds the two together) as far as one word for all activities can;
days are those of each person's own time zone.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from references.models import UsagePolicy
from references.models.watch import NEAR

# More points than anybody has, where the policy sets no limit.
NO_LIMIT = 1_000_000
# One at a time: two beats at once would only wait for each other's rows.
WATCH_LOCK = 7_203_412

PEOPLE = """
WITH people AS (
    SELECT c.id, c.customer_id, c.last_live_on, c.own_count, c.own_days, c.created_at, c.consent_granted_at,
        c.consent_granted_at IS NOT NULL AND c.consent_withdrawn_at IS NULL AS consents,
        cu.status, cu.owner_id, (%(now)s AT TIME ZONE c.timezone)::date AS today
    FROM references_contact c JOIN references_customer cu ON cu.id = c.customer_id
    WHERE c.erased_at IS NULL AND c.left_on IS NULL AND (%(ids)s::bigint[] IS NULL OR c.customer_id = ANY(%(ids)s))
), used AS (
    SELECT p.id, MAX(a."on") AS last_on,
        COUNT(*) FILTER (WHERE a.live AND a."on" > p.today - %(live_days)s) AS live,
        COUNT(*) FILTER (WHERE a.live AND a."on" > p.today - p.own_days) AS own,
        COALESCE(SUM(a.effort) FILTER (WHERE a."on" > p.today - %(contact_days)s), 0) AS effort
    FROM people p JOIN references_activity a ON a.contact_id = p.id GROUP BY p.id
), held AS (
    SELECT h.contact_id AS id, COUNT(*) FILTER (WHERE h.live) AS live, SUM(h.effort) AS effort
    FROM references_hold h WHERE h.released_at IS NULL AND h.expires_at > %(now)s
        AND (%(ids)s::bigint[] IS NULL OR h.customer_id = ANY(%(ids)s)) GROUP BY h.contact_id
), paused AS (
    SELECT p.id, MAX(COALESCE(x.until, 'infinity'::date)) AS until
    FROM references_pause x JOIN people p ON p.customer_id = x.customer_id AND (x.contact_id IS NULL OR x.contact_id = p.id)
    WHERE x.lifted_at IS NULL AND x.starts_on <= p.today AND (x.until IS NULL OR x.until >= p.today) GROUP BY p.id
), complained AS (
    SELECT DISTINCT p.id FROM references_complaint x
    JOIN people p ON p.customer_id = x.customer_id AND (x.contact_id IS NULL OR x.contact_id = p.id) WHERE x.closed_on IS NULL
), said AS (
    SELECT p.id, BOOL_OR(w.answer <> 'no') AS willing, BOOL_OR(w.answer = 'yes') AS yes
    FROM people p JOIN references_willingness w
        ON (w.contact_id = p.id OR w.customer_id = p.customer_id) AND (w.until IS NULL OR w.until >= p.today)
    WHERE w.customer_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM references_willingness c WHERE c.customer_id = p.customer_id AND c.activity_type_id = w.activity_type_id
            AND c.answer = 'no' AND (c.until IS NULL OR c.until >= p.today)
    ) GROUP BY p.id
), spent AS (
    SELECT customer_id, SUM(effort) AS effort, SUM(held) AS held FROM (
        SELECT a.customer_id, a.effort, 0 AS held FROM references_activity a
        WHERE a."on" > (%(now)s AT TIME ZONE %(zone)s)::date - %(customer_days)s
            AND (%(ids)s::bigint[] IS NULL OR a.customer_id = ANY(%(ids)s))
        UNION ALL
        SELECT h.customer_id, h.effort, h.effort FROM references_hold h WHERE h.released_at IS NULL AND h.expires_at > %(now)s
            AND (%(ids)s::bigint[] IS NULL OR h.customer_id = ANY(%(ids)s))
    ) taken GROUP BY customer_id
), stand AS (
    SELECT p.*, COALESCE(u.live, 0) AS used, COALESCE(h.live, 0) AS held, u.last_on,
        COALESCE(u.own, 0) + COALESCE(h.live, 0) AS own, COALESCE(u.effort, 0) + COALESCE(h.effort, 0) AS effort,
        COALESCE(s.effort, 0) AS customer_effort, COALESCE(s.held, 0) AS customer_held, COALESCE(h.effort, 0) AS held_effort,
        x.until AS paused_until, k.id IS NOT NULL AS complaint,
        COALESCE(w.willing, FALSE) AS willing, COALESCE(w.yes, FALSE) AS yes,
        LEAST(%(live_count)s, COALESCE(p.own_count, %(live_count)s)) AS most
    FROM people p LEFT JOIN used u ON u.id = p.id
        LEFT JOIN held h ON h.id = p.id LEFT JOIN paused x ON x.id = p.id
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
    -- Of those at a limit: the last day on which what was used still fills it; none where holds alone do.
    SELECT id, MAX(until_live) AS until_live, MAX(until_own) AS until_own, MAX(until_effort) AS until_effort FROM (
        SELECT w.id,
            CASE WHEN a.live AND %(live_count)s - w.held = ROW_NUMBER() OVER alike
                THEN a."on" + %(live_days)s - 1 END AS until_live,
            CASE WHEN a.live AND w.own_count - w.held = ROW_NUMBER() OVER alike THEN a."on" + w.own_days - 1 END AS until_own,
            CASE WHEN w.held_effort < %(contact_effort)s AND w.held_effort + SUM(a.effort) OVER latest >= %(contact_effort)s
                THEN a."on" + %(contact_days)s - 1 END AS until_effort
        FROM word w JOIN references_activity a ON a.contact_id = w.id
            AND a."on" > w.today - GREATEST(%(live_days)s, %(contact_days)s, w.own_days)
        WHERE w.availability = 'limit'
        WINDOW alike AS (PARTITION BY w.id, a.live ORDER BY a."on" DESC, a.id DESC),
            latest AS (PARTITION BY w.id ORDER BY a."on" DESC, a.id DESC)
    ) x GROUP BY id
), again_there AS (
    SELECT customer_id, MAX(until) AS until FROM (
        SELECT a.customer_id, CASE WHEN c.held < %(customer_effort)s
            AND c.held + SUM(a.effort) OVER (PARTITION BY a.customer_id ORDER BY a."on" DESC, a.id DESC) >= %(customer_effort)s
            THEN a."on" + %(customer_days)s - 1 END AS until
        FROM (SELECT DISTINCT customer_id, customer_held AS held FROM word WHERE customer_effort >= %(customer_effort)s) c
        JOIN references_activity a ON a.customer_id = c.customer_id
            AND a."on" > (%(now)s AT TIME ZONE %(zone)s)::date - %(customer_days)s
    ) x GROUP BY customer_id
), fresh AS (
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
WITH spent AS (
    SELECT customer_id, SUM(effort) FILTER (WHERE NOT held) AS used, SUM(effort) FILTER (WHERE held) AS held FROM (
        SELECT a.customer_id, a.effort, FALSE AS held FROM references_activity a
        WHERE a."on" > (%(now)s AT TIME ZONE %(zone)s)::date - %(customer_days)s
            AND (%(ids)s::bigint[] IS NULL OR a.customer_id = ANY(%(ids)s))
        UNION ALL
        SELECT h.customer_id, h.effort, TRUE FROM references_hold h WHERE h.released_at IS NULL AND h.expires_at > %(now)s
            AND (%(ids)s::bigint[] IS NULL OR h.customer_id = ANY(%(ids)s))
    ) taken GROUP BY customer_id
), asked AS (
    -- Of the people there as just looked at, of those who left as last looked at, and of uses of the company as such.
    SELECT customer_id, NULLIF(MAX(last_on), '0001-01-01'::date) AS last_on FROM (
        SELECT customer_id, rested_since AS last_on FROM references_contact
        UNION ALL
        SELECT customer_id, "on" FROM references_activity WHERE contact_id IS NULL
    ) x WHERE %(ids)s::bigint[] IS NULL OR customer_id = ANY(%(ids)s) GROUP BY customer_id
), best AS (
    SELECT DISTINCT ON (customer_id) customer_id, availability, until,
        SUM(speakers) OVER (PARTITION BY customer_id) AS speakers
    FROM references_watch WHERE contact_id IS NOT NULL AND (%(ids)s::bigint[] IS NULL OR customer_id = ANY(%(ids)s))
    ORDER BY customer_id, array_position(ARRAY['free', 'ask', 'resting', 'limit', 'paused', 'barred'], availability::text),
        until NULLS LAST
), fresh AS (
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

# Rows that stay as they are are not written again; an alarm keeps its beginning while it lasts.
KEEP = """
INSERT INTO references_watch AS w (
    customer_id, contact_id, availability, until, used, held, most, effort, effort_held, effort_most, speakers, last_asked_on,
    alarm, since, told, seen_at
)
SELECT customer_id, contact_id, availability, until, used, held, most, effort, effort_held, effort_most, speakers,
    last_asked_on, alarm,
    CASE WHEN alarm <> '' THEN %(now)s END, alarm = '', %(now)s FROM fresh
ON CONFLICT {target} DO UPDATE SET
    customer_id = EXCLUDED.customer_id, availability = EXCLUDED.availability, until = EXCLUDED.until, used = EXCLUDED.used,
    held = EXCLUDED.held, most = EXCLUDED.most, effort = EXCLUDED.effort, effort_held = EXCLUDED.effort_held,
    effort_most = EXCLUDED.effort_most, speakers = EXCLUDED.speakers, last_asked_on = EXCLUDED.last_asked_on,
    alarm = EXCLUDED.alarm, since = CASE WHEN w.alarm = EXCLUDED.alarm THEN w.since ELSE EXCLUDED.since END,
    told = CASE WHEN w.alarm = EXCLUDED.alarm THEN w.told ELSE EXCLUDED.told END, seen_at = EXCLUDED.seen_at
WHERE (
        w.customer_id, w.availability, w.until, w.used, w.held, w.most, w.effort, w.effort_held, w.effort_most, w.speakers,
        w.last_asked_on, w.alarm
    ) IS DISTINCT FROM (
        EXCLUDED.customer_id, EXCLUDED.availability, EXCLUDED.until, EXCLUDED.used, EXCLUDED.held, EXCLUDED.most,
        EXCLUDED.effort, EXCLUDED.effort_held, EXCLUDED.effort_most, EXCLUDED.speakers, EXCLUDED.last_asked_on, EXCLUDED.alarm
    )
"""
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
    policy = UsagePolicy.current()
    return {
        "now": now, "ids": None if customers is None else list(customers), "zone": settings.PROGRAM_TIME_ZONE, "near": NEAR,
        "live_count": policy.live_count, "live_days": policy.live_days, "contact_days": policy.contact_days,
        "contact_effort": NO_LIMIT if policy.contact_effort is None else policy.contact_effort,
        "no_limit": NO_LIMIT, "customer_effort": policy.customer_effort, "customer_days": policy.customer_days,
        "cooldown": policy.cooldown_days, "unused": policy.unused_days,
    }  # fmt: skip


@transaction.atomic
def refresh(customers: Collection[int] | None = None, *, now: datetime | None = None) -> None:
    """Bring the watch up to date, for some customers or all. Six statements, however many people there are."""
    values = parameters(now or timezone.now(), customers)
    with connection.cursor() as cursor:
        if customers is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WATCH_LOCK])
        cursor.execute(GONE, values)
        cursor.execute(PEOPLE + KEEP.format(target="(contact_id)"), values)
        cursor.execute(RESTED_PEOPLE, values)
        cursor.execute(CUSTOMERS + KEEP.format(target="(customer_id) WHERE contact_id IS NULL"), values)
        cursor.execute(RESTED, values)
