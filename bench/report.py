"""results.md: the figures, the aims they miss, and what they were measured on."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from bench.jobs import Ratio

BUSY = (
    "**Others were working on the machine**: pages/s and milliseconds are far worse than they would be alone, and growth of p95"
    " says little. A page and its floor were measured right after each other, so shares and CPU times can still be compared."
)


@dataclass(frozen=True)
class Run:
    """What a run was: sizes in customers, `filling` and `measuring` in seconds, load averages over a minute."""

    sizes: list[int]
    facts: dict[int, dict[str, Any]]
    rounds: int
    requests: int
    threads: int
    load_before: float
    load_after: float
    filling: float
    measuring: float
    minutes: float
    commit: str
    command: str


def text(run: Run, trials: dict[int, list[Any]], jobs: dict[int, list[Ratio]]) -> str:
    """The whole file."""
    last = run.sizes[-1]
    blocks = [
        "# Results\n\nWritten by bench/run; README.md says how to read it.",
        f"## {last:,} customers\n\n" + table(trials[last]),
        *(f"## {size:,} customers\n\n" + table(trials[size]) for size in run.sizes[:-1]),
        "## Growth\n\n" + growth(run, trials),
        "## Beside pages\n\n" + beside(jobs),
        "## Aims\n\n" + "\n".join(f"- {line}" for line in misses(run, trials) or ["All are met."]),
        "## The run\n\n" + machine(run),
        # Written by hand, for the figures as they were when it was written.
        (Path(__file__).parent / "why.md").read_text().strip(),
    ]
    return "\n\n".join(blocks) + "\n"


def table(trials: list[Any]) -> str:
    """Share, throughput, queries, bytes of each page of one size."""
    lines = [
        "| page | share of the floor | aim | pages/s | floor/s | CPU ms | its floor's | rows | queries | at most | KB"
        " | p50 ms | p95 ms |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in trials:
        page, of_page = each.page, each.of_page
        middle = sorted(of_page.latencies)[len(of_page.latencies) // 2]
        cells = (
            page.name, f"{each.share:.2f}", page.share or "–", f"{of_page.per_second:.1f}", f"{each.of_floor.per_second:.1f}",
            f"{each.cpu:.0f}", f"{each.floor_cpu:.0f}", each.rows, each.queries, page.queries or "–", f"{each.kilobytes:.0f}",
            f"{middle * 1000:.0f}", f"{of_page.p95 * 1000:.0f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def beside(jobs: dict[int, list[Ratio]]) -> str:
    """How many times its floor each job takes, by size."""
    lines = [
        "| job | customers | times the floor | ms | its floor's | things | the floor is |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for size, ratios in reversed(jobs.items()):
        for each in ratios:
            cells = (
                each.name, f"{size:,}", f"{each.times:.2f}", f"{each.ours * 1000:.0f}", f"{each.floor * 1000:.0f}", f"{each.n:,}",
                each.note,
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def growth(run: Run, trials: dict[int, list[Any]]) -> str:
    """How p95 grows from the smallest size to the largest; the floor's own beside it."""
    small, large = run.sizes[0], run.sizes[-1]
    lines = [
        f"| page | p95 at {small:,} | p95 at {large:,} | growth | at most | the floor's |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for one, ten in zip(trials[small], trials[large], strict=True):
        grown, floors = ten.of_page.p95 / one.of_page.p95, ten.of_floor.p95 / one.of_floor.p95
        lines.append(
            f"| {one.page.name} | {one.of_page.p95 * 1000:.0f} ms | {ten.of_page.p95 * 1000:.0f} ms | {grown:.2f}×"
            f" | {one.page.growth}× | {floors:.2f}× |"
        )
    return "\n".join(lines)


def misses(run: Run, trials: dict[int, list[Any]]) -> list[str]:
    """A line for each aim that is missed."""
    found = []
    for size in run.sizes:
        for each in trials[size]:
            page, where = each.page, f"{each.page.name} at {size:,}"
            if page.share and each.share < page.share:
                found.append(f"Missed: {where} reaches {each.share:.2f} of the floor, not {page.share}.")
            if page.queries and each.queries > page.queries:
                found.append(f"Missed: {where} takes {each.queries} queries, not {page.queries} at most.")
            if page.kilobytes and each.kilobytes > page.kilobytes:
                found.append(f"Missed: {where} is {each.kilobytes:.0f} KB, not {page.kilobytes} at most.")
    for one, ten in zip(trials[run.sizes[0]], trials[run.sizes[-1]], strict=True):
        grown = ten.of_page.p95 / one.of_page.p95
        if grown > one.page.growth:
            found.append(f"Missed: p95 of {one.page.name} grows {grown:.2f}×, not {one.page.growth}× at most.")
    return found


def machine(run: Run) -> str:
    """Where, when and how."""
    cores = len(os.sched_getaffinity(0))
    facts = run.facts[run.sizes[-1]]
    lines = [
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {run.commit}, `{run.command.strip()}`",
        f"- {processor()}, {cores} cores, {memory():.0f} GB; Python {platform.python_version()}, Django {django.__version__},"
        f" PostgreSQL {facts['postgres'].split()[0]} (fsync {facts['fsync']})",
        f"- {run.rounds} rounds of {run.requests} requests for page and floor each, {run.threads} threads with kept connections;"
        f" filling took {run.filling:.0f} s, measuring {run.measuring:.0f} s",
        f"- load average {run.load_before:.1f} when it began, {run.load_after:.1f} when it ended. "
        + (BUSY if run.load_before > 1 else "The machine was otherwise idle."),
        *(f"- at {size:,} customers: {counted(run.facts[size]['rows'])}" for size in run.sizes),
    ]  # fmt: skip
    return "\n".join(lines)


def counted(rows: dict[str, int]) -> str:
    """So many of each."""
    return ", ".join(f"{number:,} {name}" for name, number in rows.items() if name != "customer")


def processor() -> str:
    """Its name."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory() -> float:
    """In GB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
