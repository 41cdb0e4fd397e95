"""
Metrics: what a pipeline counts. Plain integers on the request path; the exposition reads them when
asked.
"""

from collections import Counter


class Metrics:
    """Answers by status, for one venue."""

    def __init__(self, venue: str) -> None:
        self.venue = venue
        self.answers: Counter[int] = Counter()

    def count(self, status: int) -> None:
        """Note an answer."""
        self.answers[status] += 1
