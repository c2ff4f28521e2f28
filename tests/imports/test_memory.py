"""Six times the rows take next to no more memory."""

import os
import subprocess
import sys

import pytest
from django.db import connection

FEW, MANY = 2_000, 12_000
# What the larger file itself weighs, packed, and its keys; every row as an object would be several times as much.
MOST_KIB = 5 * 1024


def weight(rows: int, kind: str) -> int:
    env = {**os.environ, "TEST_NAME": connection.settings_dict["NAME"]}
    found = subprocess.run(
        [sys.executable, "-m", "tests.imports.weigh", str(rows), kind],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(found.stdout.split()[-1])


@pytest.mark.parametrize("kind", ["contacts", "customers"])
@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_rows(kind: str) -> None:
    few, many = weight(FEW, kind), weight(MANY, kind)
    assert many - few < MOST_KIB, f"{FEW} rows took {few} KiB, {MANY} took {many} KiB."
