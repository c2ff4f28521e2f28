"""Forgetting over a real backup: saved with pg_dump before, brought back with pg_restore after, read by a program that starts."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection

from crp.accounts.models import User
from crp.embedded.places import path_with_clients
from crp.verbs import today
from references.models import Activity, ActivityType
from tests.conftest import make_contact, make_customer

pytestmark = pytest.mark.django_db(transaction=True)


def run(*command: str, **variables: str) -> None:
    """A program with the test database's server in its environment."""
    server = connection.settings_dict
    there = {
        "PATH": path_with_clients(), "PGHOST": server["HOST"], "PGPORT": str(server["PORT"]), "PGUSER": server["USER"],
        "PGPASSWORD": server["PASSWORD"],
    }  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, **there, **variables}, capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The name of an empty database on the same server."""
    name = f"{connection.settings_dict['NAME']}_restored"
    run("createdb", "--template=template0", name)
    yield name
    run("dropdb", name)


def test_who_was_forgotten_since_the_backup_is_forgotten_again(
    maya: User, settings: Any, tmp_path: Path, elsewhere: str
) -> None:
    settings.DATA_DIR = tmp_path
    customer, call = make_customer(), ActivityType.objects.get(slug="sales-call")
    hanne, dirk, ruud = (make_contact(customer, name) for name in ("Hanne Vos", "Dirk Maas", "Ruud Oosten"))
    for person in (hanne, dirk, ruud):
        Activity.log(person, call, today() - timedelta(days=200), maya)
    backup = tmp_path / "backup.dump"
    server = connection.settings_dict
    run("pg_dump", "--format=custom", f"--file={backup}", server["NAME"])
    hanne.erase(by=maya)
    dirk.withdraw_consent(by=None)

    run("pg_restore", "--no-owner", "--single-transaction", f"--dbname={elsewhere}", str(backup))
    url = re.sub(r"(?<=/)\w+(?=\?|$)", elsewhere, os.environ["DATABASE_URL"])
    before = people(url)
    run(
        sys.executable, str(settings.BASE_DIR / "manage.py"), "reapply_erasures",
        DATABASE_URL=url, CRP_DATA=str(tmp_path), SECRET_KEY=settings.SECRET_KEY,
    )  # fmt: skip

    assert before == [("Hanne Vos", False, False), ("Dirk Maas", False, False), ("Ruud Oosten", False, False)]
    restored = people(url)
    assert restored == [("–", True, True), ("Dirk Maas", False, True), ("Ruud Oosten", False, False)]
    assert counted(url) == 3


def people(url: str) -> list[tuple[Any, ...]]:
    """Name, forgotten, withdrawn; in order of their keys."""
    asked = "SELECT name, erased_at IS NOT NULL, consent_withdrawn_at IS NOT NULL FROM references_contact ORDER BY id"
    with closing(psycopg2.connect(url)) as there, there.cursor() as cursor:
        cursor.execute(asked)
        return cursor.fetchall()


def counted(url: str) -> int:
    """Uses in the ledger."""
    with closing(psycopg2.connect(url)) as there, there.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM references_activity")
        return cursor.fetchone()[0]
