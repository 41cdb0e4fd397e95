"""
Metrics: what a pipeline counts. Plain integers on the request path; the exposition reads them when
asked.
"""

from __future__ import annotations

from collections import Counter

from countermand.engine.histogram import Histogram
from countermand.wire.operation import Operation


class Metrics:
    """One venue's metrics: answers by status, and each operation's time from begin to answer."""

    def __init__(self, venue: str) -> None:
        self.venue = venue
        self.answers: Counter[int] = Counter()
        self.latencies: dict[Operation, Histogram] = {}

    def count(self, status: int) -> None:
        """Note an answer."""
        self.answers[status] += 1

    def latency(self, operation: Operation) -> Histogram:
        """Return where the durations of an operation are counted."""
        return self.latencies.setdefault(operation, Histogram())
