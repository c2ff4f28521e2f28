"""`python -m crp.embedded [--throw-away] COMMAND …`: run the command with the servers it needs."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from types import FrameType

from crp.embedded import CannotStart, data_folder, services, throw_away_services
from crp.embedded.places import path_with_clients


def main(words: list[str]) -> int:
    """The command's exit code."""
    throw_away = words[:1] == ["--throw-away"]

    def work() -> int:
        with throw_away_services() if throw_away else services(data_folder()) as variables:
            return run(words[1:] if throw_away else words, {**os.environ, **variables, "PATH": path_with_clients()})

    return guarded(work)


def guarded(work: Callable[[], int]) -> int:
    """The exit code of `work`: 1 and one line when a server does not start, 130 or 143 when told to end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return work()
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(command: list[str], environ: dict[str, str]) -> int:
    """Run it to its end. It gets Ctrl-C from the terminal as we do; SIGTERM is passed on."""
    child = subprocess.Popen(command, env=environ)

    def pass_on(number: int, _: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
