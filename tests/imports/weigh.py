"""
`python -m tests.imports.weigh ROWS [KIND]`: take so many contacts (or customers) in and print the most memory it took
beyond the start, in KiB.
"""

import os
import resource
import sys
import tempfile
from typing import Any

import django
from django.db import connection, transaction

# By kind: the columns, and a row as it reads for a number.
FILES = {
    "contacts": (
        "external_id,customer,name,job_title,email",
        "c{0},Acme,Person number {0},Head of matter {0},p{0}@example.com",
    ),
    "customers": (
        "external_id,name,employees,annual_revenue,country,parent,website",
        "k{0},Company number {0},{0},{0}000,DE,Acme,https://c{0}.example.com",
    ),
}


def write_file(path: str, rows: int, kind: str) -> None:
    columns, line = FILES[kind]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{columns}\n")
        file.writelines(f"{line.format(number)}\n" for number in range(rows))


def weigh(rows: int, kind: str = "contacts") -> int:
    """Peak resident memory above the level before, in KiB; what was written is undone."""
    from crp.accounts.models import Role, User
    from crp.imports.models import ImportRun
    from references.models import Customer

    with tempfile.NamedTemporaryFile(suffix=".csv") as file, transaction.atomic():
        write_file(file.name, rows, kind)
        maya = User.objects.create_user("weigh@crp.test", name="Maya", roles=[Role.MANAGER])
        Customer.objects.create(name="Acme")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with open(file.name, "rb") as content:
            run = ImportRun.upload(kind=kind, source="w", file_name="w.csv", content=content, mapping={}, by=maya)
        for verb in (run.try_out, run.apply):
            verb(by=maya)
            run.work()
        run.refresh_from_db()
        told: Any = run.report["created"]
        assert (run.state, told) == ("applied", rows), run.report["faults"][:3]
        transaction.set_rollback(True)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crp.settings")
    django.setup()
    if os.environ.get("TEST_NAME"):
        connection.settings_dict["NAME"] = os.environ["TEST_NAME"]
    print(weigh(int(sys.argv[1]), *sys.argv[2:3]))
