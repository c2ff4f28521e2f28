"""Where the embedded servers put their files, and how they tell themselves from strangers."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from crp.embedded import places, services
from crp.embedded.processes import Pidfile, started_at, stop

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that anybody may enter, unlike tmp_path."""
    path = Path(tempfile.mkdtemp(prefix="crp-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def test_a_pid_counts_only_for_the_process_that_was_noted(tmp_path: Path) -> None:
    note = Pidfile(tmp_path / "sleep.pid")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        note.write(child.pid)
        assert note.live() == child.pid
        (tmp_path / "sleep.pid").write_text(f"{child.pid}\nsome other time\n")
        assert note.live() is None, "the same number, another process"
        assert stop(child.pid, patience=5)
        assert started_at(child.pid) is None


def test_a_process_that_ignores_the_request_is_killed() -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        assert stop(child.pid, patience=0.3)


def test_a_socket_path_that_is_too_long_gets_a_short_folder_and_keeps_it(folder: Path) -> None:
    home = folder / ("long-" * 20)
    home.mkdir()
    us = places.ourselves()
    short = places.socket_folder(home, us)
    assert len(str(short / places.LONGEST_SOCKET_NAME)) <= places.SOCKET_PATH_BYTES
    assert short.stat().st_mode & 0o777 == 0o700
    assert places.socket_folder(home, us) == short
    short.rmdir()
    assert places.socket_folder(home, us) != short, "swept away with /tmp: a new one"
    shutil.rmtree((home / "socket").resolve())


def test_servers_come_up_over_a_long_path_and_go_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    data = folder / ("long-" * 20)
    places.make_data_folder(data)
    with services(data, durable=False) as variables:
        assert set(variables) == {"DATABASE_URL", "REDIS_URL"}
        with services(data, durable=False) as again:
            assert again == variables, "a second command uses the same servers"
        assert (data / "postgres" / "data" / "postmaster.pid").exists(), "the first still needs them"
    assert not (data / "postgres" / "data" / "postmaster.pid").exists()
    for name in ("postgres", "redis"):
        shutil.rmtree((data / name / "socket").resolve())


def test_a_variable_that_names_a_server_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/crp")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with services(folder) as variables:
        assert variables == {}
    assert list(folder.iterdir()) == []


@as_root
def test_root_keeps_the_servers_files_where_their_user_can_enter_and_widens_nothing(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    account = places.server_account(closed / "postgres" / "data")
    assert account.uid != 0
    home = places.server_home(closed, account)
    assert home.parent == places.SYSTEM_HOME
    assert (closed / "postgres").resolve() == home
    assert closed.stat().st_mode & 0o777 == 0o700
    assert places.server_home(closed, account) == home, "found again"
    home.rmdir()
    with pytest.raises(places.CannotStart, match="which is gone"):
        places.server_home(closed, account)


@as_root
def test_root_keeps_the_files_in_the_data_folder_when_it_may_be_entered(folder: Path) -> None:
    account = places.server_account(folder / "postgres" / "data")
    assert places.server_home(folder, account) == (folder / "postgres").resolve()
