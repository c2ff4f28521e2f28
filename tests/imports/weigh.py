"""`python -m tests.imports.weigh ROWS`: take so many contacts in and print the most memory it took beyond the start, in KiB."""

import os
import resource
import sys
import tempfile
from typing import Any

import django
from django.db import connection, transaction


def write_file(path: str, rows: int) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write("external_id,customer,name,job_title,email\n")
        for number in range(rows):
            file.write(f"c{number},Acme,Person number {number},Head of matter {number},p{number}@example.com\n")


def weigh(rows: int) -> int:
    """Peak resident memory above the level before, in KiB; what was written is undone."""
    from crp.accounts.models import Role, User
    from crp.imports.models import ImportRun
    from references.models import Customer

    with tempfile.NamedTemporaryFile(suffix=".csv") as file, transaction.atomic():
        write_file(file.name, rows)
        maya = User.objects.create_user("weigh@crp.test", name="Maya", roles=[Role.MANAGER])
        Customer.objects.create(name="Acme")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with open(file.name, "rb") as content:
            run = ImportRun.upload(kind="contacts", source="w", file_name="w.csv", content=content, mapping={}, by=maya)
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
    print(weigh(int(sys.argv[1])))
