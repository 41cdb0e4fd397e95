"""Spread: how long things took, to five parts of a hundred, in as little room as a dict has."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

_STEP = math.log(1.05)


class Spread:
    """Durations in nanoseconds, counted by how long they were."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def observe(self, duration_ns: int) -> None:
        """Count a duration."""
        self.counts[int(math.log(duration_ns or 1) / _STEP)] += 1


def total(counts: Iterable[dict[int, int]]) -> dict[int, int]:
    """Return several counts as one."""
    summed: Counter[int] = Counter()
    for each in counts:
        summed.update(each)
    return summed


def quantile_ms(counts: dict[int, int], part: float) -> float:
    """Return what so large a part of the durations was not longer than, 0 when there is none."""
    left = part * sum(counts.values())
    for at, count in sorted(counts.items()):
        left -= count
        if left <= 0:
            return math.exp((at + 1) * _STEP) / 1e6
    return 0.0


def up_to(counts: dict[int, int], ms: float) -> int:
    """Return how many durations were so long at most."""
    bound = math.log(ms * 1e6) / _STEP
    return sum(count for at, count in counts.items() if at < bound)
