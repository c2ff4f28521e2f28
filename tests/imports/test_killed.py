"""A worker killed in the middle of writing: nothing of the file is there, and the next one writes it all."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from crp.accounts.models import Role
from crp.imports.models import ImportRun
from crp.imports.tasks import work_one
from references.models import Customer
from tests.conftest import make_user

ROWS = 6_000
WORKER = """
import os, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["TEST_NAME"]
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_NAME"]
from crp.imports.tasks import work_one
work_one()
"""


def worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER], env={**os.environ, "TEST_NAME": connection.settings_dict["NAME"]}
    )


def written_half(run: ImportRun) -> bool:
    done, total = run.progress()
    return total > 0 and total // 2 < done < total


@pytest.mark.django_db(transaction=True)
def test_nothing_is_applied_by_a_killed_worker_and_all_by_the_next() -> None:
    maya = make_user("Maya Keller", Role.MANAGER)
    text = "name,employees\n" + "".join(f"Company {number},{number}\n" for number in range(ROWS))
    run = ImportRun.upload(kind="customers", source="", file_name="a.csv", content=text.encode(), mapping={}, by=maya)
    with transaction.atomic():
        run.try_out(by=maya)
    work_one()
    run.refresh_from_db()
    with transaction.atomic():
        run.apply(by=maya)
    cache.delete(run.progress_key)
    process, deadline = worker(), time.monotonic() + 60
    while not written_half(run) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    run.refresh_from_db()
    assert (Customer.objects.count(), run.state, run.attempts) == (0, "applying", 1)
    while not work_one():
        assert time.monotonic() < deadline, "The dead worker's hold on the run should end with it."
        time.sleep(0.1)
    run.refresh_from_db()
    assert (Customer.objects.count(), run.state, run.attempts) == (ROWS, "applied", 2)


@pytest.mark.django_db
def test_a_run_that_kills_every_worker_is_put_aside_and_can_be_tried_again() -> None:
    maya = make_user("Maya Keller", Role.MANAGER)
    run = ImportRun.upload(kind="customers", source="", file_name="a.csv", content=b"name\nAcme\n", mapping={}, by=maya)
    run.try_out(by=maya)
    ImportRun.objects.update(attempts=3)
    work_one()
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("failed", 4)
    run.try_out(by=maya)
    work_one()
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("checked", 1)
