"""
PostgreSQL and Redis of our own, from wheels, for whatever DATABASE_URL and REDIS_URL leave unset.

Their data is in $CRP_DATA. The first command that needs them starts them, the last one that leaves stops them; a start
after a crash finds what still runs and goes on with it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crp.embedded.places import make_data_folder
from crp.embedded.postgres import Postgres
from crp.embedded.processes import CannotStart
from crp.embedded.redis import Redis

__all__ = ["CannotStart", "data_folder", "services", "throw_away_services"]


def data_folder() -> Path:
    """$CRP_DATA (./var), made when missing."""
    root = Path(__file__).resolve().parent.parent.parent
    data = Path(os.environ.get("CRP_DATA") or root / "var").expanduser().resolve()
    try:
        make_data_folder(data)
    except OSError as error:
        raise CannotStart(f"CRP_DATA: {error}.") from None
    return data


@contextmanager
def services(data: Path, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """Hold the servers that are needed up for the duration; gives the variables that name them."""
    wanted: dict[str, type[Postgres | Redis]] = {"DATABASE_URL": Postgres, "REDIS_URL": Redis}
    wanted = {name: server for name, server in wanted.items() if not os.environ.get(name)}
    if not wanted:
        yield {}
        return
    with open(data / "users.lock", "w") as users, open(data / "switch.lock", "w") as switch:
        running: list[Postgres | Redis] = []
        try:
            with switching(switch):
                # Held for as long as we run, dropped by the system if we are killed.
                fcntl.flock(users, fcntl.LOCK_SH)
                for make in wanted.values():
                    running.append(make(data, durable=durable))
                    running[-1].start()
            yield dict(zip(wanted, (server.url for server in running), strict=True))
        finally:
            with switching(switch):
                if last_one(users):
                    for server in reversed(running):
                        server.stop()


@contextmanager
def switching(switch: object) -> Iterator[None]:
    """One command at a time starts or stops the servers."""
    fcntl.flock(switch, fcntl.LOCK_EX)  # type: ignore[arg-type]
    try:
        yield
    finally:
        fcntl.flock(switch, fcntl.LOCK_UN)  # type: ignore[arg-type]


def last_one(users: object) -> bool:
    """Does no other command use the servers?"""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
    except BlockingIOError:
        return False
    return True


@contextmanager
def throw_away_services() -> Iterator[dict[str, str]]:
    """Fresh servers over a folder that is removed at the end."""
    data = Path(tempfile.mkdtemp(prefix="crp-"))
    data.chmod(0o711)
    try:
        with services(data, durable=False) as variables:
            yield {**variables, "CRP_DATA": str(data)}
    finally:
        home = (data / "postgres").resolve()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
