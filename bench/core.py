"""
The core by itself: commands per second beside a bare book's and beside another checkout's.

Every side is a process of its own and they take turns, slice by slice; a ratio is the median of the
ratios of slices that ran one after the other.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from bench.figures import Figure
from bench.sizes import Size
from bench.workloads import WORKLOADS

HERE = Path(__file__).parents[1]
KINDS = ("spot", "perpetual")
# How much faster than the core of 242eaa8 each workload shall be.
FASTER = 1.6
REACH_MAX = 1.3
CLOSED_BYTES_MAX = 200
CANCELS = 1_000
GROUP = 64


class Side:
    """A process that makes one measurement at a time, on the exchange of a checkout."""

    def __init__(self, target: str, checkout: Path = HERE) -> None:
        path = f"{checkout / 'src'}{os.pathsep}{HERE}"
        self._process = subprocess.Popen(  # noqa: S603 -- our own
            [sys.executable, "-m", "bench.side", target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
            text=True,
        )

    def ask(self, name: str, *arguments: Any) -> dict[str, float]:
        """Return what the measurement came to."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{name} failed; what it said is above"
        answer: dict[str, float] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.communicate()


class Sides:
    """Our exchange, the bare book, and where one is given another checkout under its `label`."""

    def __init__(self, stack: ExitStack, against: Path | None) -> None:
        self.own = stack.enter_context(Side("market"))
        self.plain = stack.enter_context(Side("plain"))
        self.other = against and stack.enter_context(Side("market", against))
        self.label = against and label(against)


def label(checkout: Path) -> str:
    """Return the commit of a checkout, or where there is none its folder's name."""
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- git
    return found.stdout.strip() or checkout.resolve().name


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield rates, reach and weight."""
    with ExitStack() as stack:
        sides = Sides(stack, against)
        for kind in KINDS:
            for name in WORKLOADS:
                yield from _rates(sides, name, kind, size)
        yield from _reach(sides, size)
        yield from _weights(sides, size)
        yield from _ended(sides, size)


def measure_journal(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield the rates of durable appends and of replay."""
    own, other = list[dict[str, float]](), list[dict[str, float]]()
    with ExitStack() as stack:
        sides = Sides(stack, against)
        for _ in range(min(size.rounds, 3)):
            own.append(sides.own.ask("journal", size.replayed_orders, GROUP))
            if sides.other:
                other.append(sides.other.ask("journal", size.replayed_orders, GROUP))
    for what, row in (("appended", f"appended, {GROUP} a sync"), ("replayed", "replayed")):
        rates = [rate[what] for rate in own]
        yield _median("journal", row, "entries", rates, "/s")
        if other:
            ratios = _ratios(rates, [rate[what] for rate in other])
            yield _median("journal", row, f"/ {sides.label}", ratios)


def _rates(sides: Sides, name: str, kind: str, size: Size) -> Iterator[Figure]:
    everyone = [side for side in (sides.own, sides.plain, sides.other) if side]
    _refuse_other_outcomes(everyone, name, kind, size.commands)
    seconds: dict[Side, list[float]] = {side: [] for side in everyone}
    for seed in range(size.rounds):
        # Each goes first in its turn.
        for index in range(len(everyone)):
            side = everyone[(seed + index) % len(everyone)]
            seconds[side].append(side.ask("work", name, kind, size.commands, seed)["seconds"])
    own = seconds[sides.own]
    yield _median("core", name, kind, [size.commands / spent for spent in own], "/s")
    yield _median("core", name, f"{kind} / bare book", _ratios(seconds[sides.plain], own))
    if sides.other:
        faster = _ratios(seconds[sides.other], own)
        yield _median("core", name, f"{kind} / {sides.label}", faster, goal=FASTER)


def _refuse_other_outcomes(sides: Sequence[Side], name: str, kind: str, count: int) -> None:
    # Sides that do not trade the same are not doing the same work.
    outcomes = [side.ask("prove", name, kind, count, 1) for side in sides]
    assert all(outcome == outcomes[0] for outcome in outcomes), f"{name}, {kind}: {outcomes}"


def _reach(sides: Sides, size: Size) -> Iterator[Figure]:
    row = f"a cancel among {size.resting_max:,} / among 1,000"
    for column, side, goal in (
        ("", sides.own, REACH_MAX),
        ("bare book", sides.plain, None),
        (f"{sides.label}", sides.other, None),
    ):
        if side:
            times = side.ask("reach", size.resting_max, size.rounds, CANCELS)
            ratio = times["many"] / times["few"]
            yield Figure("reach", row, column, ratio, goal=goal, at_most=True)
            added_us = (times["many"] - times["few"]) * 1e6
            yield Figure("reach", "microseconds that adds", column, added_us)


def _weights(sides: Sides, size: Size) -> Iterator[Figure]:
    other = sides.other and sides.other.ask("weigh", size.weighed_orders)["bytes"]
    row = "bytes of a resting order"
    own = sides.own.ask("weigh", size.weighed_orders)["bytes"]
    yield Figure("reach", row, "", own, "bytes", goal=other, at_most=True)
    plain = sides.plain.ask("weigh", size.weighed_orders)["bytes"]
    yield Figure("reach", row, "bare book", plain, "bytes")
    if other:
        yield Figure("reach", row, f"{sides.label}", other, "bytes")


def _ended(sides: Sides, size: Size) -> Iterator[Figure]:
    told = sides.own.ask("ended", size.weighed_orders)
    row = "a closed order"
    yield Figure("over", row, "bytes", told["bytes"], goal=CLOSED_BYTES_MAX, at_most=True)
    yield Figure("over", row, "packed after the answer, us", told["packed_s"] * 1e6)


def _ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def _median(
    part: str,
    row: str,
    column: str,
    values: Sequence[float],
    unit: str = "",
    goal: float | None = None,
) -> Figure:
    low, high = min(values), max(values)
    return Figure(part, row, column, statistics.median(values), unit, goal, low=low, high=high)
