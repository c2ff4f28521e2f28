"""PostgreSQL from the wheel: reached over a unix socket only, by our own user only."""

import shlex
import signal
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg2
from django.core.exceptions import ImproperlyConfigured

from crp import env
from crp.embedded import places
from crp.embedded.processes import CannotStart, command_line, stop, wait_until

ADMIN, ROLE, DATABASE = "postgres", "crp", "crp"
CONFIG = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "max_connections": "100",
}
# For data that nobody will miss: a test run's.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
STILL_HELD = "is still in use"


class Postgres:
    """The server over `$CRP_DATA/postgres`."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.durable = durable
        self.account = places.server_account(data / "postgres" / "data")
        self.home = places.server_home(data, self.account)
        self.cluster = self.home / "data"
        self.sockets = places.socket_folder(self.home, self.account)
        self.binaries = places.postgres_binaries(self.account)

    @property
    def url(self) -> str:
        """Its address, for DATABASE_URL."""
        return f"postgres://{ROLE}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    def start(self) -> None:
        """Make the cluster when missing, start the server unless it runs, make our role and database when missing."""
        if not (self.cluster / "PG_VERSION").exists():
            self.initialise()
        self.refuse_other_version()
        if not self.running():
            self.configure()
            self.launch()
        self.make_database()

    def launch(self, attempts: int = 20) -> None:
        """Start the server. The processes of one that was killed may hold its memory for a moment: then try again."""
        log = self.cluster / "server.log"
        options = f"-c config_file={shlex.quote(str(self.home / 'postgresql.conf'))}"
        try:
            self.must("pg_ctl", "start", "-D", self.cluster, "-l", log, "-w", "-t", "60", "-o", options)
        except CannotStart:
            if attempts <= 1 or STILL_HELD not in log.read_text(errors="replace")[-2000:]:
                raise
            time.sleep(0.5)
            self.launch(attempts - 1)

    def initialise(self) -> None:
        """A new cluster. The builtin locale sorts the same on every system."""
        if self.cluster.exists() and any(self.cluster.iterdir()):
            raise CannotStart(f"{self.cluster} is half made; remove it to start an empty program.")
        places.make_private(self.cluster, self.account)
        self.must(
            *("initdb", "-D", self.cluster, "-U", ADMIN, "--auth=peer", "--encoding=UTF8", "--no-instructions"),
            *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *([] if self.durable else ["--no-sync"]),
        )

    def refuse_other_version(self) -> None:
        """Raises CannotStart when another major version wrote the cluster."""
        written = (self.cluster / "PG_VERSION").read_text().strip()
        ours = self.must("postgres", "--version").split()[-1].partition(".")[0]
        if written != ours:
            raise CannotStart(
                f"{self.cluster} was written by PostgreSQL {written}, this is {ours}: see docs/deployment.md, Upgrades."
            )

    def configure(self) -> None:
        """Write the settings and who may connect: the user we run as, and no one else."""
        us = places.ourselves().name
        (self.home / "pg_hba.conf").write_text("local all all peer map=crp\n")
        (self.home / "pg_ident.conf").write_text(f'crp "{us}" {ADMIN}\ncrp "{us}" {ROLE}\n')
        config = CONFIG | ({} if self.durable else THROW_AWAY)
        config |= {
            "data_directory": str(self.cluster),
            "hba_file": str(self.home / "pg_hba.conf"),
            "ident_file": str(self.home / "pg_ident.conf"),
            "unix_socket_directories": '"' + str(self.sockets).replace('"', '""') + '"',
        }
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in config.items()]
        (self.home / "postgresql.conf").write_text("".join(lines))
        for name in ("pg_hba.conf", "pg_ident.conf", "postgresql.conf"):
            (self.home / name).chmod(0o644)

    def running(self) -> bool:
        """
        Does our server run already (left by a start that was killed, or started by another command)?

        The pid files of one that ended are removed: PostgreSQL would believe their number when it belongs to another
        program by now. It finds by its shared memory whether one of the old one's processes still works on the data.
        """
        pid = self.pid()
        if pid is None:
            return False
        if str(self.cluster) not in command_line(pid):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)
            (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            return False
        if wait_until(self.answers, 30):
            return True
        stop(pid, kind=signal.SIGQUIT)
        return False

    def pid(self) -> int | None:
        """The number in its pid file."""
        try:
            return int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def answers(self) -> bool:
        """Can we sign in?"""
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def connect(self) -> "psycopg2.extensions.connection":
        """A connection as its administrator. Raises psycopg2.OperationalError."""
        connection = psycopg2.connect(host=str(self.sockets), user=ADMIN, dbname="postgres", connect_timeout=5)
        connection.autocommit = True
        return connection

    def make_database(self) -> None:
        """The role we work as, which is no superuser, and its database."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
            if not cursor.rowcount:
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.rowcount:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def stop(self) -> None:
        """End it the fast way: sessions are cut, nothing committed is lost."""
        pid = self.pid()
        if pid is not None and str(self.cluster) in command_line(pid):
            stop(pid, kind=signal.SIGINT, patience=30)

    def must(self, program: str, *words: str | Path) -> str:
        """Run one of PostgreSQL's programs as its account and return what it said. Raises CannotStart."""
        try:
            done = self.account.run(self.binaries / program, *words)
        except OSError as error:
            raise CannotStart(f"PostgreSQL's {program} cannot be run: {error}.") from None
        if done.returncode:
            raise CannotStart(f"PostgreSQL's {program} failed: {self.reason(done.stdout)}")
        return str(done.stdout)

    def reason(self, said: str) -> str:
        """The last fatal line of the server's log, else the last line of what the program said."""
        log = self.cluster / "server.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        fatal = [line for line in lines[-20:] if "FATAL" in line]
        return f"{fatal[-1]} (see {log})" if fatal else (said.strip() or "it said nothing").splitlines()[-1]


def unreachable() -> str | None:
    """Why the database of DATABASE_URL cannot be reached, in one line; None when it can."""
    try:
        parts = env.database("DATABASE_URL")
        psycopg2.connect(
            host=parts["HOST"] or None,
            port=parts["PORT"] or None,
            user=parts["USER"] or None,
            password=parts["PASSWORD"] or None,
            dbname=parts["NAME"],
            **{"connect_timeout": 5, **parts["OPTIONS"]},
        ).close()
    except (psycopg2.Error, ImproperlyConfigured, ValueError) as error:
        return " ".join(str(error).split())
    return None
