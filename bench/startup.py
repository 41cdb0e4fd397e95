"""What a start costs: processor time until ready, of each venue by itself and of all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from bench.figures import Figure
from bench.served import Server
from bench.sizes import Size
from countermand.venues import VENUES

PART, ROW = "start-up", "processor seconds until ready"
ONE_MAX_S, ALL_MAX_S = 0.4, 0.8


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield the processor time of each start, and of the interpreter's own."""
    kinds = {name: (name,) for name in VENUES} | {"all": tuple(VENUES)}
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    bare = []
    for _ in range(size.starts):
        bare.append(_interpreter_s())
        for kind, venues in kinds.items():
            with Server(venues, "--ephemeral") as server:
                times[kind].append(server.processor_s)
    yield Figure(PART, ROW, "bare interpreter", median(bare), "s")
    spent = {kind: median(each) for kind, each in times.items()}
    together = spent.pop("all")
    for kind, spent_s in spent.items():
        yield Figure(PART, ROW, kind, spent_s, "s", aside=True)
    for column, one_s in (
        ("the least venue", min(spent.values())),
        ("the most", max(spent.values())),
    ):
        yield Figure(PART, ROW, column, one_s, "s", ONE_MAX_S, at_most=True)
    yield Figure(PART, ROW, "all five", together, "s", ALL_MAX_S, at_most=True)


def _interpreter_s() -> float:
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
