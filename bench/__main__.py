"""`bench/run`: fill, serve, measure page and floor in turn, then the jobs beside pages, write results.md."""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import report
from bench.client import Measured, Page, Reply, Visitor, form_of, plain, run_block
from bench.jobs import Ratio
from bench.pages import floor_of, pages
from bench.servers import ROOT, Databases, database_environment, run, serving
from crp import assets, catalogues
from crp.embedded import data_folder, services
from crp.embedded.__main__ import guarded
from crp.environment import refuse_unreachable


@dataclass
class Trial:
    """One page over one database: the page, its floor and what came of both."""

    page: Page
    visitor: Visitor
    floor: Page | None = None
    rows: int = 0
    queries: int = 0
    kilobytes: float = 0.0
    cpu: float = 0.0
    floor_cpu: float = 0.0
    of_page: Measured = field(default_factory=Measured)
    of_floor: Measured = field(default_factory=Measured)
    turn: int = 0

    def look(self) -> None:
        """Count queries, bytes, rows and CPU of page and floor; the caches are warm afterwards."""
        replies = self.counted(self.page)
        rows = [len(re.findall(rb"<tr\b|<li\b|<article\b", main_of(reply.body))) for reply in replies]
        self.rows = round(sum(rows) / len(rows))
        # The first replies filled caches; the budget is that of a warm page.
        warm = replies[len(replies) // 2 :]
        self.queries = max(int(reply.headers["X-Queries"]) for reply in warm)
        self.kilobytes = max(len(reply.body) for reply in replies) / 1024
        self.cpu = median(float(reply.headers["X-Cpu"]) for reply in warm)
        self.floor = floor_of(self.page, self.rows)
        self.floor_cpu = median(float(reply.headers["X-Cpu"]) for reply in self.counted(self.floor)[4:])

    def counted(self, page: Page) -> list[Reply]:
        """Replies to eight requests that ask for counting. Ends us on a bad one."""
        found = []
        with closing(self.visitor.connect()) as connection:
            for address in ([*page.addresses] * 8)[:8]:
                found.append(self.visitor.ask(connection, address, form_of(page), **{"X-Bench": "count"}))
                if found[-1].status != page.expected():
                    sys.exit(
                        f"{page.name}: {address} was answered with {found[-1].status}: {plain(found[-1].body)[:400]}"
                    )
        return found

    def round(self, requests: int, threads: int, *, floor_first: bool) -> None:
        """A block of the page and one of its floor."""
        assert self.floor
        both = [(self.page, self.of_page), (self.floor, self.of_floor)]
        for page, into in reversed(both) if floor_first else both:
            run_block(self.visitor, page, requests, threads, into, self.turn)
        self.turn += requests

    @property
    def share(self) -> float:
        """Of the floor's throughput."""
        return self.of_page.per_second / self.of_floor.per_second


def main_of(body: bytes) -> bytes:
    """The page without its frame: what the rows are in."""
    return body.partition(b"<main")[2].partition(b"</main")[0]


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--scale", default="10k,100k", help="numbers of customers, the smallest first (10k,100k)")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--requests", type=int, default=24, help="a block's requests (24)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=6, help="no round begins after so long (6)")
    parser.add_argument("--only", default="", help="pages and jobs whose names begin so")
    parser.add_argument("--keep", action="store_true", help="take the databases of an earlier run as they are")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results.md")
    return parser.parse_args()


def sizes_of(text: str) -> list[int]:
    """10k → 10000."""
    return [int(part.replace("k", "000")) for part in text.split(",")]


def main() -> int:
    """The exit code."""
    chosen = options()
    os.environ.setdefault("CRP_DATA", str(ROOT / "var" / "bench"))
    refuse_unreachable()
    if assets.main() or catalogues.main():
        return 1
    data = data_folder()
    with services(data) as variables:
        measure(chosen, Databases(database_environment(variables, data)), data)
    return 0


def measure(chosen: argparse.Namespace, databases: Databases, data: Path) -> None:
    """Everything, with the servers up."""
    began, load = time.time(), os.getloadavg()
    if not (chosen.keep and databases.is_migrated()):
        databases.migrated()
    sizes = sizes_of(chosen.scale)
    facts = {size: databases.filled(size, keep=chosen.keep) for size in sizes}
    loaded = time.time()
    trials: dict[int, list[Trial]] = {size: [] for size in sizes}
    with ExitStack() as stack:
        for size in sizes:
            if not any(page.name.startswith(chosen.only) for page in pages(facts[size])):
                continue
            environ = databases.environment(facts[size]["name"])
            visitor = stack.enter_context(serving(environ, data / f"gunicorn-{size}.log"))
            wanted = [page for page in pages(facts[size]) if page.name.startswith(chosen.only)]
            trials[size] = [Trial(page, visitor) for page in wanted]
        for trial in (each for size in sizes for each in trials[size]):
            trial.look()
        rounds = run_rounds(chosen, trials, began) if any(trials.values()) else 0
    beside = {size: jobs(chosen, databases.environment(facts[size]["name"])) for size in sizes}
    about = report.Run(
        sizes=sizes, facts=facts, rounds=rounds, requests=chosen.requests, threads=chosen.threads, load_before=load[0],
        load_after=os.getloadavg()[0], filling=loaded - began, measuring=time.time() - loaded, commit=commit(),
        command="bench/run " + " ".join(sys.argv[1:]), minutes=chosen.minutes,
    )  # fmt: skip
    text = report.text(about, trials, beside)
    print(text)
    if not chosen.only:
        chosen.out.write_text(text)


def jobs(chosen: argparse.Namespace, environ: dict[str, str]) -> list[Ratio]:
    """What bench.jobs measures over a database, with no server beside it."""
    found = run(["-m", "bench.jobs", "--rounds", str(chosen.rounds), "--only", chosen.only], environ)
    return [Ratio(**ratio) for ratio in json.loads(found)]


def run_rounds(chosen: argparse.Namespace, trials: dict[int, list[Trial]], began: float) -> int:
    """Page and floor of every page and size in turn, round after round; gives how many there was time for."""
    for number in range(chosen.rounds):
        if number and time.time() - began > chosen.minutes * 60:
            return number
        # zip: the two sizes of a page come one after the other.
        for same in zip(*trials.values(), strict=True):
            for trial in same:
                trial.round(chosen.requests, chosen.threads, floor_first=bool(number % 2))
        print(f"  round {number + 1} done, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return int(chosen.rounds)


def commit() -> str:
    """The commit that was measured, if there is one to name."""
    done: Any = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(guarded(main))
