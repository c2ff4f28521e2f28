"""Four times the rows do not take four times the memory."""

import os
import subprocess
import sys

import pytest
from django.db import connection

FEW, MANY = 2_000, 8_000
# What the larger file itself weighs, packed, and its keys; every row as an object would be several times as much.
MOST_KIB = 12 * 1024


def weight(rows: int) -> int:
    env = {**os.environ, "TEST_NAME": connection.settings_dict["NAME"]}
    found = subprocess.run(
        [sys.executable, "-m", "tests.imports.weigh", str(rows)], env=env, capture_output=True, text=True, check=True
    )
    return int(found.stdout.split()[-1])


@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_rows() -> None:
    few, many = weight(FEW), weight(MANY)
    assert many - few < MOST_KIB, f"{FEW} rows took {few} KiB, {MANY} took {many} KiB."
