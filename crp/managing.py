"""What bin/manage does: manage.py with bin/run's environment and servers."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2

from crp.embedded import data_folder, services
from crp.embedded.__main__ import guarded, run
from crp.environment import environment, refuse_unreachable

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """The command's exit code."""
    return guarded(lambda: manage(sys.argv[1:]))


def manage(words: list[str]) -> int:
    """Run manage.py; a database of ours that is still empty gets its tables first. Raises CannotStart."""
    refuse_unreachable()
    data = data_folder()
    with services(data) as variables:
        environ = environment(data, variables, demo="0")
        command = [sys.executable, str(ROOT / "manage.py")]
        if "DATABASE_URL" in variables and words[:1] != ["migrate"] and empty(variables["DATABASE_URL"]):
            made = subprocess.run([*command, "migrate", "--verbosity=0"], env=environ, check=False)
            if made.returncode:
                return made.returncode
        return run([*command, *words], environ)


def empty(url: str) -> bool:
    """Does this database have no tables yet?"""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NULL")
        return bool(cursor.fetchone()[0])


if __name__ == "__main__":
    raise SystemExit(main())
