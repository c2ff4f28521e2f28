"""bin/run and bin/manage, for real, in a fresh clone. The tests build on each other: one program lives through them."""

import os
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from crp.embedded.processes import started_at, wait_until
from tests.house.conftest import Clone, Running

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(clone: Clone) -> Iterator[Running]:
    running = Running(clone, "first")
    try:
        running.wait_for("CRP runs at")
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def test_a_fresh_clone_serves_pages_and_says_where_and_who(running: Running) -> None:
    said = running.wait_for("ready.")
    assert f"CRP runs at http://127.0.0.1:{running.clone.port}/" in said
    assert "bin/manage createuser" in said
    assert running.get("/livez") == (200, "ok\n")
    status, body = running.get("/readyz")
    assert (status, '"status": "ready"' in body) == (200, True)
    status, body = running.get("/account/login/")
    assert status == 200
    assert "/static/" in body
    assert set(running.children()) == {"web", "worker", "beat", "postgres", "redis"}


def test_secrets_and_servers_are_for_us_alone(running: Running) -> None:
    data = running.clone.data
    assert (data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert len((data / "secret_key").read_text()) >= 50
    for folder in ("redis", "run", "mail", "media", "postgres/data", "postgres/socket"):
        assert (data / folder).stat().st_mode & 0o077 == 0, folder
    config = (data / "postgres" / "postgresql.conf").read_text()
    assert "listen_addresses = ''" in config
    assert "fsync" not in config
    assert (data / "postgres" / "pg_hba.conf").read_text() == "local all all peer map=crp\n"


def test_manage_works_beside_it(running: Running) -> None:
    done = running.clone.run(
        *("manage", "createuser", "ada@example.com", "--role", "admin", "--password-env", "ADA"),
        ADA="a long enough secret",
    )
    assert done.returncode == 0, done.stdout
    assert set(running.children()) == {"web", "worker", "beat", "postgres", "redis"}


def test_the_worker_runs_a_task(running: Running) -> None:
    done = running.clone.run(
        "manage", "shell", "-v0", "-c", "from crp.outbox.tasks import sweep; print(sweep.delay().id)"
    )
    running.wait_for(f"Task outbox.sweep[{done.stdout.strip().splitlines()[-1]}] succeeded", 20)


def test_a_second_run_over_the_same_data_is_refused(running: Running) -> None:
    done = running.clone.run("run", PORT="8")
    assert done.returncode == 1
    assert done.stdout.strip() == f"bin/run already runs over {running.clone.data} (process {running.process.pid})."


def test_a_killed_run_is_recovered_by_the_next_start(running: Running) -> None:
    before = running.children()
    running.end(signal.SIGKILL)
    assert started_at(before["web"]), "its children outlive it"
    began = time.monotonic()
    running.__init__(running.clone, "second")  # type: ignore[misc]
    running.wait_for("CRP runs at")
    assert time.monotonic() - began < 60
    after = running.children()
    assert {name for name in before if before[name] != after[name]} == {"web", "worker", "beat"}
    assert not any(started_at(before[name]) for name in ("web", "worker", "beat"))
    assert "One person can sign in" in running.said


def test_the_end_of_the_run_is_the_end_of_all_its_children(running: Running) -> None:
    pids = running.children()
    assert running.end(signal.SIGTERM) == 143
    assert {name for name, pid in pids.items() if not wait_until(lambda pid=pid: started_at(pid) is None, 5)} == set()


def test_manage_works_alone_after_a_crash_of_everything_and_leaves_nothing_running(
    clone: Clone, running: Running
) -> None:
    crashing = "import os; from pathlib import Path; d = Path(os.environ['CRP_DATA']); " + "; ".join(
        f"os.kill(int((d / '{path}').read_text().split()[0]), 9)"
        for path in ("postgres/data/postmaster.pid", "redis/redis.pid")
    )
    clone.run("manage", "shell", "-v0", "-c", crashing)
    assert (clone.data / "postgres" / "data" / "postmaster.pid").exists(), "a stale pid file"
    done = clone.run(
        "manage", "shell", "-v0", "-c", "from crp.accounts.models import User; print(User.objects.get().email)"
    )
    assert done.stdout.strip().splitlines()[-1] == "ada@example.com", done.stdout
    assert not (clone.data / "postgres" / "data" / "postmaster.pid").exists()


def test_a_program_begun_for_real_is_never_served_as_a_demo(clone: Clone, running: Running) -> None:
    assert (clone.data / "demo").read_text() == "0\n"
    done = clone.run("run", CRP_DEMO="1")
    assert done.returncode == 1
    assert "is not a demo" in done.stdout.splitlines()[-1]


def test_a_taken_port_is_one_clear_line(clone: Clone) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = clone.run("run", PORT=str(port))
    assert done.returncode == 1
    assert (
        done.stdout.strip()
        == f"Port {port} cannot be used (Address already in use). Another one: PORT={port + 1} bin/run"
    )


@pytest.mark.parametrize("port", ["eight", "0", "70000"])
def test_a_port_that_is_none_is_one_clear_line(clone: Clone, port: str) -> None:
    done = clone.run("run", PORT=port)
    assert (done.returncode, done.stdout.strip()) == (1, f"PORT must be a number from 1 to 65535, not '{port}'.")


def test_an_unreachable_database_is_one_clear_line_without_its_password(clone: Clone) -> None:
    for command in (["run"], ["manage", "check"]):
        done = clone.run(*command, DATABASE_URL="postgres://crp:hidden@127.0.0.1:1/crp")
        assert done.returncode == 1
        assert done.stdout.startswith("The database of DATABASE_URL cannot be reached: ")
        assert len(done.stdout.splitlines()) == 1
        assert "hidden" not in done.stdout


def test_an_old_python_is_one_clear_line(clone: Clone) -> None:
    tools = clone.folder.with_name("tools")
    tools.mkdir()
    for name in ("bash", "dirname", "env"):
        source = next(p for p in ("/bin", "/usr/bin") if os.path.exists(f"{p}/{name}"))
        (tools / name).symlink_to(f"{source}/{name}")
    (tools / "python3").write_text("#!/bin/sh\ncase $1 in --version) echo Python 3.9.2;; *) exit 1;; esac\n")
    (tools / "python3").chmod(0o755)
    done = clone.run("run", PATH=str(tools), CRP_VENV=str(tools / "venv"))
    assert done.returncode == 1
    assert done.stdout.strip() == "CRP needs Python 3.11 or newer; Python 3.9.2 here. Point PYTHON to one."
