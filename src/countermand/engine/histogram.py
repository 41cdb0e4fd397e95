"""Histogram: durations, counted by how long they were. Plain integers: counting one is cheap."""

from __future__ import annotations

from bisect import bisect_left

_US, _MS = 1_000, 1_000_000

# Upper bounds of the buckets, in nanoseconds; what is longer is in one more.
BOUNDS_NS = (
    50 * _US, 100 * _US, 250 * _US, 500 * _US,
    1 * _MS, 2_500 * _US, 5 * _MS, 10 * _MS, 25 * _MS, 50 * _MS,
    100 * _MS, 250 * _MS, 500 * _MS, 1_000 * _MS, 2_500 * _MS, 10_000 * _MS,
)  # fmt: skip


class Histogram:
    """How many durations fell into each bucket, and their sum. One thread counts."""

    __slots__ = ("counts", "sum_ns")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_NS) + 1)
        self.sum_ns = 0

    def observe(self, duration_ns: int) -> None:
        """Count a duration."""
        self.counts[bisect_left(BOUNDS_NS, duration_ns)] += 1
        self.sum_ns += duration_ns
