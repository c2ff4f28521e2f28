"""
What is measured beside pages: `python -m bench.jobs` over a filled database (that of DATABASE_URL).

A module named in JOBS has `measure(rounds) -> list[Ratio]`: it times our way and a floor turn by turn, in one run. A module that
is not there is left out.
"""

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from types import ModuleType
from typing import Any

import django

JOBS = ("bench.availability", "bench.watch", "bench.importing")


@dataclass(frozen=True)
class Ratio:
    """What `n` things took, ours and the floor, in seconds; `note` says what the floor is."""

    name: str
    ours: float
    floor: float
    n: int
    note: str = ""

    @property
    def times(self) -> float:
        """How many times the floor ours takes."""
        return self.ours / self.floor


def in_turn(ours: Callable[[], Any], floor: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """The median seconds of each, after one turn that fills the caches; who begins changes with every round."""
    taken: dict[Callable[[], Any], list[float]] = {ours: [], floor: []}
    for number in range(rounds + 1):
        for act in (floor, ours) if number % 2 else (ours, floor):
            began = time.perf_counter()
            act()
            if number:
                taken[act].append(time.perf_counter() - began)
    return median(taken[ours]), median(taken[floor])


def modules(only: str = "") -> list[ModuleType]:
    """Those there are whose names begin so."""
    found = []
    for name in JOBS:
        if not name.removeprefix("bench.").startswith(only):
            continue
        try:
            found.append(importlib.import_module(name))
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
    return found


def measured(rounds: int, only: str = "") -> list[Ratio]:
    """The ratios of every job, one after another."""
    return [ratio for module in modules(only) for ratio in module.measure(rounds)]


def main() -> None:
    """The last line of output is JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.jobs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--only", default="", help="jobs whose names begin so")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    found = measured(chosen.rounds, chosen.only)
    for ratio in found:
        print(
            f"  {ratio.name}: {ratio.ours:.4f} s, floor {ratio.floor:.4f} s, {ratio.times:.2f} times", file=sys.stderr
        )
    print(json.dumps([asdict(ratio) for ratio in found]))


if __name__ == "__main__":
    # As the module the jobs import, so that there is one Ratio.
    from bench.jobs import main as run

    run()
