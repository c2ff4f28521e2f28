"""What bin/run does once its virtual environment stands: everything up, in order, and down again together."""

import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import honcho.manager
from honcho.environ import parse_procfile
from honcho.process import Process

from crp import assets, catalogues
from crp.embedded import CannotStart, data_folder, services
from crp.embedded.__main__ import guarded
from crp.embedded.processes import Pidfile, stop, wait_until
from crp.environment import environment, refuse_unreachable

ROOT = Path(__file__).resolve().parent.parent
# Long enough for a worker to finish or put back what it does (worker_soft_shutdown_timeout).
honcho.manager.KILL_WAIT = 15


def main() -> int:
    """The exit code."""
    return guarded(run)


def run() -> int:
    """Check, build, start, serve until told to end."""
    port = chosen_port()
    data = data_folder()
    notes = data / "run"
    end_leftovers(notes)
    refuse_taken(port)
    refuse_unreachable()
    if assets.main() or catalogues.main():
        return 1
    own = Pidfile(notes / "bin-run.pid")
    own.write(os.getpid())
    try:
        with services(data) as variables:
            greeting = prepare(environment(data, variables, demo="1"))
            # Preparing has settled whether this is a demo.
            environ = {**environment(data, variables, demo="0"), "PORT": str(port)}
            return serve(environ, notes, greeting)
    finally:
        own.clear()


def chosen_port() -> int:
    """PORT (8000). Raises CannotStart on nonsense."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CannotStart(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def end_leftovers(notes: Path) -> None:
    """End what a killed bin/run left behind. Raises CannotStart when that bin/run still lives."""
    pid = Pidfile(notes / "bin-run.pid").live()
    if pid:
        raise CannotStart(f"bin/run already runs over {notes.parent} (process {pid}).")
    for path in notes.glob("*.pid"):
        pid = Pidfile(path).live()
        if pid:
            print(f"Ending {path.stem}, left by a bin/run that was killed.", flush=True)
            stop(pid, patience=10)
            end_group(pid, signal.SIGKILL)
        path.unlink(missing_ok=True)


def end_group(pid: int, kind: signal.Signals) -> None:
    """Signal a child with all its own children; each of ours leads a group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, kind)


def refuse_taken(port: int) -> None:
    """Raises CannotStart when another program listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((os.environ.get("BIND") or "127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror}). Another one: PORT={port + 1} bin/run"
            ) from None


def prepare(environ: dict[str, str]) -> str:
    """Migrations, static files, demo; gives the lines that tell who can sign in. Ends us when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "crp.preparing"], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def serve(environ: dict[str, str], notes: Path, greeting: str) -> int:
    """The Procfile's processes until one ends or we are told to."""
    manager = Manager(environ["PORT"], greeting)
    procfile = parse_procfile((ROOT / "Procfile").read_text())
    for name, command in procfile.processes.items():
        manager.add_process(name, command, env={**environ, "CRP_NOTE": str(notes / f"{name}.pid")}, cwd=str(ROOT))
    manager.loop()
    return int(manager.returncode or 0)


class NotedProcess(Process):
    """Notes its pid, so that the next bin/run finds it should this one be killed."""

    def _send_message(self, data: object, type: str = "line") -> None:
        note = Pidfile(Path(self.env["CRP_NOTE"]))
        if type == "start":
            note.write(self._child.pid)
        elif type == "stop":
            note.clear()
        super()._send_message(data, type=type)


class Signals:
    """How children are told: the leader alone to end in order, the whole group when it does not."""

    def terminate(self, pid: int) -> None:
        """Ask; a pool's children asked too would drop what they are doing."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        """Insist."""
        end_group(pid, signal.SIGKILL)


class Manager(honcho.manager.Manager):
    """honcho's, with our processes, a word when the pages answer, and no stumble over an early signal."""

    def __init__(self, port: str, greeting: str) -> None:
        super().__init__()
        self._process_ctor = NotedProcess
        self._procmgr = Signals()
        self._asked_to_end = False
        self._port, self._greeting = port, greeting

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._announce, daemon=True).start()

    def _announce(self) -> None:
        address = f"http://127.0.0.1:{self._port}/"
        if wait_until(lambda: self._terminating or answers(f"{address}livez"), 300) and not self._terminating:
            print(f"\nCRP runs at {address} (Ctrl-C ends it)\n{self._greeting}", flush=True)

    def terminate(self) -> None:
        """honcho cannot signal a process whose start it has not heard of yet; then it waits for that."""
        self._asked_to_end = True
        if super()._all_started():
            super().terminate()

    def _all_started(self) -> bool:
        started = bool(super()._all_started())
        if started and self._asked_to_end:
            super().terminate()
        return started


def answers(url: str) -> bool:
    """Does this address answer 200?"""
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    raise SystemExit(main())
