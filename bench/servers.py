"""The databases and the gunicorn of each size."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from bench.client import Visitor
from bench.world import EMAIL, PASSWORD, VERSION

ROOT = Path(__file__).resolve().parent.parent
EMPTY = "crp_bench_empty"


class Databases:
    """Those of one PostgreSQL server; `url` names any database there, which is only connected to."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ, self.url = environ, environ["DATABASE_URL"]

    def environment(self, name: str) -> dict[str, str]:
        """Of a process over that database."""
        url = urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))
        return {**self.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings"}

    def execute(self, statement: str) -> list[Any]:
        """Outside any transaction."""
        with closing(psycopg2.connect(self.url)) as connection:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def migrated(self) -> None:
        """Make the empty database the others are copied from, with every migration; and the static files."""
        self.execute(f"DROP DATABASE IF EXISTS {EMPTY}")
        self.execute(f"CREATE DATABASE {EMPTY}")
        run(["-m", "crp.preparing"], self.environment(EMPTY) | {"DJANGO_SETTINGS_MODULE": "crp.settings"})

    def filled(self, size: int, *, keep: bool) -> dict[str, Any]:
        """A database of that size, its facts and "name"; `keep` takes one of an earlier run as it is."""
        name = f"crp_bench_{size}"
        known = self.execute(f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'")
        if keep and known and known[0][0] == f"bench {VERSION}":
            words = [str(size), "facts"]
        else:
            self.execute(f"DROP DATABASE IF EXISTS {name}")
            self.execute(f"CREATE DATABASE {name} TEMPLATE {EMPTY}")
            words = [str(size)]
        return {**json.loads(run(["-m", "bench.world", *words], self.environment(name))), "name": name}

    def is_migrated(self) -> bool:
        """Is there an empty database to copy?"""
        return bool(self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{EMPTY}'"))


def run(words: list[str], environ: dict[str, str]) -> str:
    """The last line a Python process of ours printed; ends us when it fails."""
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return (done.stdout.strip().splitlines() or [""])[-1]


def procfile_command() -> str:
    """The Procfile's web process."""
    found = re.search(r"^web:\s*exec\s+(.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    if not found:
        sys.exit("The Procfile has no web process.")
    return found[1]


@contextmanager
def serving(environ: dict[str, str], log: Path) -> Iterator[Visitor]:
    """The Procfile's gunicorn over a database, with somebody signed in; ended by its pid."""
    port = free_port()
    environ = {**environ, "PORT": str(port), "BIND": "127.0.0.1", "DEBUG": "0"}
    with open(log, "w") as file:
        server = subprocess.Popen(
            ["bash", "-c", f"exec {procfile_command()}"], cwd=ROOT, env=environ, stdout=file, stderr=file
        )
    try:
        visitor = Visitor(port)
        wait_for(visitor, server, log)
        visitor.sign_in(EMAIL, PASSWORD)
        yield visitor
    finally:
        server.terminate()
        server.wait(timeout=30)


def free_port() -> int:
    """One nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(visitor: Visitor, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers, a minute at most."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with closing(visitor.connect()) as connection:
                if visitor.ask(connection, "/livez").status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"gunicorn does not answer; see {shlex.quote(str(log))}: {log.read_text()[-2000:]}")


def database_environment(variables: dict[str, str], data: Path) -> dict[str, str]:
    """What bin/run would give its children, but for the demo."""
    from crp.environment import environment

    return environment(data, variables, demo="0") | {"CRP_ENV": os.environ.get("CRP_ENV", "development")}
