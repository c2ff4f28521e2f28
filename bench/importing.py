"""
How fast a file comes in: `python -m bench.importing [ROWS]`, rows a second against a bare COPY of the same rows.

Both run in one process and one database, turn by turn, on new contacts of one customer; every round is undone. COPY is the floor:
it reads no cell, checks nothing, finds no double and keeps nothing to take back.
"""

import csv
import io
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import django
from django.db import connection, transaction

from bench.jobs import Ratio

COLUMNS = ("external_id", "name", "job_title", "email")
ROUNDS = 3
ROWS = 20_000


def rows(count: int) -> list[tuple[str, ...]]:
    return [(f"c{n}", f"Person number {n}", f"Head of matter {n}", f"p{n}@example.com") for n in range(count)]


def as_file(found: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*COLUMNS, "customer"])
    writer.writerows([*row, "Acme"] for row in found)
    return text.getvalue().encode()


def copied(found: list[tuple[str, ...]], customer: Any) -> None:
    """The same columns and the ones that may not be empty, by COPY."""
    from references.models import Contact

    fields = [one for one in Contact._meta.concrete_fields if not one.primary_key]
    blank = Contact(customer=customer)
    fixed = {one.column: one.get_prep_value(one.pre_save(blank, add=True)) for one in fields}
    text = io.StringIO()
    writer = csv.writer(text)
    for row in found:
        values = {**fixed, **dict(zip(COLUMNS, row, strict=True)), "source": "bench"}
        writer.writerow(["\\N" if value is None else value for value in values.values()])
    text.seek(0)
    columns = ", ".join(f'"{name}"' for name in {**fixed, "source": ""})
    with connection.cursor() as cursor:
        sql = f"COPY {Contact._meta.db_table} ({columns}) FROM STDIN WITH (FORMAT csv, NULL '\\N')"
        cursor.cursor.copy_expert(sql, text)


def imported(content: bytes, by: Any) -> None:
    """Checked and written as from the browser, with what became of every row kept."""
    from crp.imports.models import ImportRun

    run = ImportRun.upload(kind="contacts", source="bench", file_name="b.csv", content=content, mapping={}, by=by)
    for verb in (run.try_out, run.apply):
        verb(by=by)
        run.work()


def timed(act: Callable[[], None]) -> float:
    """Seconds; what it wrote is undone."""
    with transaction.atomic():
        began = time.perf_counter()
        act()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took


def measure(rounds: int, count: int = ROWS) -> list[Ratio]:
    """Check and import of so many rows against COPY of them; three rounds at most, for each takes its time."""
    from crp.accounts.models import Role, User
    from references.models import Customer

    found = rows(count)
    content = as_file(found)
    with transaction.atomic():
        maya = User.objects.create_user("bench@crp.test", name="Maya", roles=[Role.MANAGER])
        acme = Customer.objects.create(name="Acme")
        pairs = [
            (timed(lambda: copied(found, acme)), timed(lambda: imported(content, maya)))
            for _round in range(min(rounds, ROUNDS))
        ]
        transaction.set_rollback(True)
    bare, whole = (median(times) for times in zip(*pairs, strict=True))
    return [Ratio("import of new contacts", whole, bare, count, "COPY of the same rows, nothing checked")]


def main(count: int) -> None:
    for found in measure(ROUNDS, count):
        print(
            f"{count} rows: COPY {count / found.floor:,.0f} rows/s, check and import {count / found.ours:,.0f} rows/s,"
            f" ratio {found.times:.1f}"
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crp.settings")
    django.setup()
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
