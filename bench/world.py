"""`python -m bench.world N`: fill the migrated, empty database of DATABASE_URL with a program of N customers."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

EMAIL, PASSWORD = "maya@bench.example", "bench-only-password"
# Raised when world.sql changes, so that kept databases are filled again.
VERSION = "2"


def main(size: int) -> None:
    """Fill it; the last line of output is JSON with what the measuring needs to know."""
    os.environ.setdefault("BENCH_PASSWORD", PASSWORD)
    django.setup()
    from django.db import connection

    call_command(
        "createuser", EMAIL, role=["program_manager"], roles=["program_manager"], password_env="BENCH_PASSWORD",
        name="Maya Manager", stdout=sys.stderr,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET work_mem = '128MB'")
        cursor.execute("SELECT set_config('bench.n', %s, false)", [str(size)])
        definitions = drop_search_indexes(cursor)
        lent = lend_defaults(cursor)
        # Who is asked is drawn by lot here; a few are held past a limit, as if somebody had allowed it.
        cursor.execute("ALTER TABLE references_hold DISABLE TRIGGER USER")
        for name, statements in [*parts(), ("indexes for searching", ";".join(definitions))]:
            start = time.monotonic()
            cursor.execute(statements)
            say(f"  {size:,} customers: {name}, {time.monotonic() - start:.1f} s")
        cursor.execute("ALTER TABLE references_hold ENABLE TRIGGER USER")
        for table, column in lent:
            cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP DEFAULT')
    settle(size)


def lend_defaults(cursor: Any) -> list[tuple[str, str]]:
    """
    Give the tables the models' own defaults while they are filled, so that world.sql names only what it chooses; gives the
    (table, column) of each.
    """
    from django.apps import apps
    from django.db import connection

    lent = []
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if field.null or field.primary_key or field.is_relation or not (field.has_default() or field.blank):
                continue
            value = field.get_db_prep_save(field.get_default(), connection)
            if value is None or getattr(field, "generated", False):
                continue
            table, column = model._meta.db_table, field.column
            cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET DEFAULT %s', [value])
            lent.append((table, column))
    return lent


def drop_search_indexes(cursor: Any) -> list[str]:
    """Drop the GIN indexes, which are quicker made at the end; gives the statements that make them."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% USING gin %'"
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def parts() -> list[tuple[str, str]]:
    """(name, SQL) in order."""
    text = (Path(__file__).parent / "world.sql").read_text()
    found = [part.partition("\n") for part in text.split("-- part: ")[1:]]
    return [(name, statements) for name, _newline, statements in found]


def settle(size: int) -> None:
    """What the worker and autovacuum would have done by now."""
    from django.db import connection

    from metrics import rollup

    start = time.monotonic()
    rollup.refresh_all()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute(f"COMMENT ON DATABASE {connection.settings_dict['NAME']} IS 'bench {VERSION}'")
    say(f"  {size:,} customers: summed and analysed, {time.monotonic() - start:.1f} s")


def facts() -> dict[str, object]:
    """Ids and words for the addresses; numbers of rows."""
    from django.db import connection

    asked = {
        "customers": "SELECT id FROM references_customer WHERE status = 'active' ORDER BY hashint8extended(id, 1) LIMIT 40",
        "words": "SELECT DISTINCT ON (1) split_part(lower(name), ' ', 1) || ' ' || left(split_part(lower(name), ' ', 2), 4)"
        " FROM references_customer WHERE id % 97 = 3 LIMIT 20",
        "requests": "SELECT id FROM requests_app_referencerequest WHERE state = 'in_review'"
        " ORDER BY hashint8extended(id, 1) LIMIT 20",
        "deals": "SELECT id FROM requests_app_opportunity WHERE state = 'open' ORDER BY hashint8extended(id, 1) LIMIT 900",
        "industries": "SELECT id FROM references_industry ORDER BY id LIMIT 8",
        "type": "SELECT id FROM references_activitytype WHERE slug = 'sales-call'",
    }
    tables = (
        "references_customer", "references_contact", "references_willingness", "requests_app_opportunity",
        "requests_app_referencerequest", "requests_app_assignment", "references_activity", "requests_app_touch", "events_event",
    )  # fmt: skip
    found: dict[str, object] = {}
    with connection.cursor() as cursor:
        for name, query in asked.items():
            cursor.execute(query)
            found[name] = [row[0] for row in cursor.fetchall()]
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            rows[table.partition("_")[2].replace("app_", "")] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM requests_app_referencerequest WHERE state IN ('submitted', 'in_review')")
        rows["open requests"] = cursor.fetchone()[0]
        cursor.execute("SHOW server_version")
        found["postgres"] = cursor.fetchone()[0]
        cursor.execute("SHOW fsync")
        found["fsync"] = cursor.fetchone()[0]
        found["rows"] = rows
    return found


def say(line: str) -> None:
    """Progress."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    if sys.argv[2:] == ["facts"]:
        django.setup()
    else:
        main(int(sys.argv[1]))
    print(json.dumps(facts()))
