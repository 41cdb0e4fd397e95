"""Clocks: the system's, and one that stands still until it is told."""

from __future__ import annotations

import time


class SystemClock:
    """The wall clock. It can be stepped; nothing here relies on it to advance."""

    def now_ns(self) -> int:
        """Return nanoseconds since the Unix epoch."""
        return time.time_ns()


class ManualClock:
    """
    A clock for tests and simulations. After moving it, call `Engine.wake` if something may be due.

    Units: nanoseconds since the Unix epoch.
    """

    def __init__(self, now_ns: int = 1_700_000_000_000_000_000) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        """Return the time it was set to."""
        return self._now_ns

    def advance(self, by_ns: int) -> None:
        """Move on, or back when `by_ns` is negative."""
        self._now_ns += by_ns
