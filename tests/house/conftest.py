"""A fresh clone of this repository, and bin/run in it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from crp.embedded.processes import Pidfile, wait_until

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Clone:
    """A clone with its own data folder and port; the packages are those the tests run with."""

    def __init__(self, folder: Path) -> None:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
        # Fetched a moment ago by bin/test, for the same lock.
        shutil.copytree(ROOT / "build" / "static", folder / "build" / "static")
        shutil.copy(ROOT / "build" / "vendor.sha256", folder / "build")
        self.folder, self.data, self.port = folder, folder / "var", free_port()

    def environ(self, **more: str) -> dict[str, str]:
        """What a person's shell has, without anything of ours but what `more` says."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**kept, "CRP_VENV": sys.prefix, "PORT": str(self.port), "CRP_DEMO": "0", **more}

    def run(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run one of bin/'s commands to its end; stdout and stderr together."""
        command = [str(self.folder / "bin" / words[0]), *words[1:]]
        return subprocess.run(
            command,
            env=self.environ(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )


class Running:
    """bin/run under way in a clone; what it says goes to a file."""

    def __init__(self, clone: Clone, name: str) -> None:
        self.clone, self.log = clone, clone.folder.with_name(f"{name}.log")
        with self.log.open("w") as log:
            command = [str(clone.folder / "bin" / "run")]
            self.process = subprocess.Popen(command, env=clone.environ(), stdout=log, stderr=subprocess.STDOUT)

    def wait_for(self, words: str, seconds: float = 240) -> str:
        """Wait until it has said these words; all it has said."""
        wait_until(lambda: words in self.said or self.process.poll() is not None, seconds)
        assert words in self.said, self.said
        return self.said

    @property
    def said(self) -> str:
        return self.log.read_text()

    def children(self) -> dict[str, int]:
        """web, worker, beat, postgres and redis with their pids, as far as they live."""
        run = self.clone.data / "run"
        found = {name: Pidfile(run / f"{name}.pid").live() for name in ("web", "worker", "beat")}
        servers = {"postgres": "postgres/data/postmaster.pid", "redis": "redis/redis.pid"}
        for name, path in servers.items():
            if (self.clone.data / path).exists():
                found[name] = int((self.clone.data / path).read_text().split()[0])
        return {name: pid for name, pid in found.items() if pid}

    def get(self, path: str) -> tuple[int, str]:
        """Status and body."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.clone.port}{path}", timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def end(self, kind: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and wait for its end; its exit code."""
        self.process.send_signal(kind)
        return self.process.wait(timeout=40)


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    clone = Clone(tmp_path_factory.mktemp("house") / "clone")
    yield clone
    # Whatever a failed test left up.
    run = Running.__new__(Running)
    run.clone = clone
    for pid in run.children().values():
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    shutil.rmtree((clone.data / "postgres").resolve(), ignore_errors=True)
