"""Processes known by more than a pid: the system may have given the number to a stranger since."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROC = Path("/proc")


class CannotStart(Exception):
    """What is in the way, as one line for the person who started us."""


def started_at(pid: int) -> str | None:
    """When this process started, in the system's own words; None when it has ended (or only its entry is left)."""
    if (PROC / "self" / "stat").exists():
        try:
            # The name may hold spaces and brackets; what follows its last bracket does not.
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    state, _, started = ps(pid, "state=,lstart=").partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def command_line(pid: int) -> str:
    """The words it was started with; empty when it has ended."""
    if started_at(pid) is None:
        return ""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ps(pid, "command=")


def ps(pid: int, columns: str) -> str:
    """One line of `ps`, for systems without /proc; empty when there is no such process."""
    command = ["ps", "-o", columns, "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def stop(pid: int, *, kind: signal.Signals = signal.SIGTERM, patience: float = 10) -> bool:
    """Ask the process to end, wait `patience` seconds, then kill it. True when it has ended."""
    started = started_at(pid)
    if started is None:
        return True
    for sent, seconds in ((kind, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, sent)
        except ProcessLookupError:
            return True
        if wait_until(lambda: started_at(pid) != started, seconds):
            return True
    return False


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask every 50 ms, for so many seconds."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Pidfile:
    """A pid with the time its process started, so that only that very process counts as running."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, pid: int) -> None:
        """Note the process."""
        self.path.write_text(f"{pid}\n{started_at(pid)}\n")

    def live(self) -> int | None:
        """The pid when the noted process still runs."""
        try:
            pid, started = self.path.read_text().splitlines()
        except (OSError, ValueError):
            return None
        return int(pid) if pid.isdigit() and started_at(int(pid)) == started else None

    def clear(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)
