"""What the database itself refuses: a hold past a limit, however it comes in, unless somebody says who allows it and why."""

from typing import Any

import pgtrigger

from references.models.policy import UsagePolicy


def _default(name: str) -> str:
    """The policy's default as SQL, for a program that never changed its policy."""
    value = getattr(UsagePolicy(), name)
    return "NULL" if value is None else str(int(value))


NAMES = (
    "live_count", "live_days", "contact_effort", "contact_days", "customer_effort", "customer_days", "program_live",
    "program_effort", "program_days", "cooldown_days", "cooldown_hard",
)  # fmt: skip
# One number for the whole program: whoever counts all of it waits for whoever counted before.
PROGRAM_LOCK = 7_203_411

RECORDS = ("policy", "kind", "own", "person", "spent")
DECLARE = [
    *((name, "RECORD") for name in RECORDS), ("at", "TIMESTAMPTZ"), ("most", "INTEGER"), ("span", "INTEGER"), ("broken", "TEXT"),
]  # fmt: skip

# The same rules as references/limits.py, in the same order; a test holds the two together.
REFUSE = f"""
IF NEW.released_at IS NOT NULL OR NEW.override_by_id IS NOT NULL THEN RETURN NEW; END IF;
-- A row that claims to have been made after its own end is looked at by the clock.
IF TG_OP = 'INSERT' AND NEW.created_at < NEW.expires_at THEN at := NEW.created_at; ELSE at := clock_timestamp(); END IF;
IF NEW.expires_at <= at THEN RETURN NEW; END IF;
IF TG_OP = 'UPDATE' THEN
    IF OLD.released_at IS NULL AND OLD.expires_at > at AND OLD.override_by_id IS NULL
        AND (OLD.contact_id, OLD.customer_id, OLD.activity_type_id, OLD.effort, OLD.live)
            = (NEW.contact_id, NEW.customer_id, NEW.activity_type_id, NEW.effort, NEW.live) THEN RETURN NEW; END IF;
END IF;
SELECT own_count::int, own_days::int, last_live_on INTO person FROM references_contact WHERE id = NEW.contact_id FOR UPDATE;
PERFORM 1 FROM references_customer WHERE id = NEW.customer_id FOR UPDATE;
SELECT {", ".join(f"{name}::int" for name in NAMES)} INTO policy FROM references_usagepolicy WHERE id = 1;
IF NOT FOUND THEN
    SELECT {", ".join(f"{_default(name)}::int AS {name}" for name in NAMES)} INTO policy;
END IF;
SELECT live, effort, limit_count, limit_days, program_count, cooldown_days INTO kind
    FROM references_activitytype WHERE id = NEW.activity_type_id;
SELECT limit_count, limit_days INTO own FROM references_willingness
    WHERE activity_type_id = NEW.activity_type_id AND (until IS NULL OR until >= NEW."on")
        AND (contact_id = NEW.contact_id OR customer_id = NEW.customer_id)
    ORDER BY contact_id NULLS LAST LIMIT 1;
most := kind.limit_count; span := kind.limit_days;
IF FOUND AND own.limit_count IS NOT NULL THEN
    most := own.limit_count; span := COALESCE(NULLIF(own.limit_days, 0), kind.limit_days);
END IF;

WITH taken AS (
    SELECT contact_id, activity_type_id, live, effort, "on" FROM references_activity
        WHERE customer_id = NEW.customer_id
            AND "on" > NEW."on" - GREATEST(
                span, person.own_days, policy.live_days, policy.contact_days, policy.customer_days, kind.cooldown_days + 1
            )
    UNION ALL
    SELECT contact_id, activity_type_id, live, effort, 'infinity'::date FROM references_hold
        WHERE customer_id = NEW.customer_id AND released_at IS NULL AND expires_at > at AND id IS DISTINCT FROM NEW.id
)
SELECT
    COUNT(*) FILTER (
        WHERE contact_id = NEW.contact_id AND activity_type_id = NEW.activity_type_id AND "on" > NEW."on" - span
    ) AS of_type,
    COUNT(*) FILTER (WHERE contact_id = NEW.contact_id AND live AND "on" > NEW."on" - person.own_days) AS own,
    COUNT(*) FILTER (WHERE contact_id = NEW.contact_id AND live AND "on" > NEW."on" - policy.live_days) AS live,
    COALESCE(SUM(effort) FILTER (
        WHERE contact_id = NEW.contact_id AND "on" > NEW."on" - policy.contact_days), 0) AS contact,
    COALESCE(SUM(effort) FILTER (WHERE "on" > NEW."on" - policy.customer_days), 0) AS customer,
    COUNT(*) FILTER (
        WHERE contact_id = NEW.contact_id AND activity_type_id = NEW.activity_type_id AND kind.cooldown_days > 0
            AND "on" >= NEW."on" - kind.cooldown_days AND "on" <> 'infinity'
    ) AS rests
    INTO spent FROM taken;
broken := CASE
    WHEN spent.of_type >= most THEN 'type_limit'
    WHEN kind.live AND spent.own >= person.own_count THEN 'own_limit'
    WHEN kind.live AND spent.live >= policy.live_count THEN 'live_limit'
    WHEN spent.contact + kind.effort > policy.contact_effort THEN 'contact_effort'
    WHEN spent.customer + kind.effort > policy.customer_effort THEN 'customer_effort'
    WHEN policy.cooldown_hard <> 0 AND (spent.rests > 0 OR kind.live AND policy.cooldown_days > 0
        AND person.last_live_on + policy.cooldown_days >= NEW."on") THEN 'cooldown'
END;

IF broken IS NULL AND COALESCE(policy.program_live, policy.program_effort, kind.program_count) IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock({PROGRAM_LOCK});
    WITH taken AS (
        SELECT activity_type_id, live, effort, "on" FROM references_activity
            WHERE "on" > NEW."on" - GREATEST(kind.limit_days, policy.program_days)
        UNION ALL
        SELECT activity_type_id, live, effort, 'infinity'::date FROM references_hold
            WHERE released_at IS NULL AND expires_at > at AND id IS DISTINCT FROM NEW.id
    )
    SELECT
        COUNT(*) FILTER (
            WHERE activity_type_id = NEW.activity_type_id AND "on" > NEW."on" - kind.limit_days
        ) AS of_type,
        COUNT(*) FILTER (WHERE live AND "on" > NEW."on" - policy.program_days) AS live,
        COALESCE(SUM(effort) FILTER (WHERE "on" > NEW."on" - policy.program_days), 0) AS effort
        INTO spent FROM taken;
    broken := CASE
        WHEN spent.of_type >= kind.program_count THEN 'program_type'
        WHEN kind.live AND spent.live >= policy.program_live THEN 'program_live'
        WHEN spent.effort + kind.effort > policy.program_effort THEN 'program_effort'
    END;
END IF;

IF broken IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_within_limits', TABLE = 'references_hold',
        COLUMN = broken, MESSAGE = 'This hold goes over a limit: ' || broken;
END IF;
RETURN NEW;
"""

CHANGED: Any = pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
    "released_at", "expires_at", "contact_id", "customer_id", "activity_type_id", "effort", "live", "override_by_id"
)
WITHIN_LIMITS = pgtrigger.Trigger(
    name="within_limits",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | CHANGED,
    declare=DECLARE,
    func=REFUSE,
)
