"""
Clocks: the system's, an exchange's own that can be moved, what clients go by, and one for tests.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from msgspec import Struct


class SystemClock:
    """The wall clock. It can be stepped; nothing here relies on it to advance."""

    def now_ns(self) -> int:
        """Return nanoseconds since the Unix epoch."""
        return time.time_ns()


class Reading(Struct, frozen=True):
    """
    How an exchange's clock was moved: so far ahead of the wall, or standing still at a time.

    Units: nanoseconds; `stands_at_ns` since the Unix epoch.
    """

    ahead_ns: int = 0
    stands_at_ns: int | None = None


class ExchangeClock:
    """
    The one clock of an exchange: the wall's time, ahead of it or behind it, or standing still.

    `now_ns` is the wall's own function as long as nothing was moved, and costs what that does.
    A caller that moves it wakes the engine. Units: nanoseconds since the Unix epoch.
    """

    now_ns: Callable[[], int]

    def __init__(self, wall: Callable[[], int] = time.time_ns) -> None:
        self._wall = wall
        self.show(Reading())

    @property
    def reading(self) -> Reading:
        """How it was moved."""
        return self._reading

    @property
    def stands_still(self) -> bool:
        """Whether time passes only when it is told to."""
        return self._reading.stands_at_ns is not None

    def show(self, reading: Reading) -> None:
        """Go as a reading says."""
        wall, ahead_ns, stands_at_ns = self._wall, reading.ahead_ns, reading.stands_at_ns
        self._reading = reading
        if stands_at_ns is not None:
            self.now_ns = lambda: stands_at_ns
        elif ahead_ns:
            self.now_ns = lambda: wall() + ahead_ns
        else:
            self.now_ns = wall

    def freeze(self) -> None:
        """Stand still."""
        self.show(Reading(stands_at_ns=self.now_ns()))

    def run(self) -> None:
        """Go on from where it stands."""
        if self.stands_still:
            self.show(self.moved(self.now_ns(), stands_still=False))

    def set(self, to_ns: int) -> None:
        """Show another time, and go on from there or stand still there, as it did."""
        self.show(self.moved(to_ns, stands_still=self.stands_still))

    def moved(self, to_ns: int, *, stands_still: bool) -> Reading:
        """Return the reading that shows a time now."""
        if stands_still:
            return Reading(stands_at_ns=to_ns)
        return Reading(ahead_ns=to_ns - self._wall())


class ClientClock:
    """
    What clients' stamps are compared with and their requests a second counted by: the wall, so that
    a program whose own clock is right goes on when the exchange's is moved; or the exchange's
    clock, for one whose clock is moved along.
    """

    now_ns: Callable[[], int]

    def __init__(self, exchange: ExchangeClock, wall: Callable[[], int] = time.time_ns) -> None:
        self._exchange, self._wall = exchange, wall
        self.follows_exchange = False
        self.now_ns = wall

    def follow(self, *, exchange: bool) -> None:
        """Show the exchange's time from now on, or the wall's."""
        self.follows_exchange = exchange
        self.now_ns = self._exchanges_ns if exchange else self._wall

    def _exchanges_ns(self) -> int:
        return self._exchange.now_ns()


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
