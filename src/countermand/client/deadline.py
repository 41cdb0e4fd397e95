"""Deadlines and backoff: when to look again, and when to stop. Time is an argument."""

from __future__ import annotations

from msgspec import Struct

from countermand.wire.errors import NotExpressible

S = 1_000_000_000
MS = 1_000_000

# The longest wait that can be asked for.
LONGEST_S = 366 * 86_400


def span_ns(seconds: float) -> int:
    """
    Return a time that people give in seconds.

    Raises: NotExpressible for what is none: no number, infinite, less than 0, more than a year.
    """
    if not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_S:
        raise NotExpressible(f"{seconds!r} is no time in seconds, from 0 to a year")
    return int(seconds * S)


class Backoff(Struct):
    """
    Waits that double, up to a bound.

    Units: nanoseconds.
    """

    first_ns: int
    most_ns: int
    tried: int = 0

    def next_ns(self) -> int:
        """Return the next wait, and count it."""
        wait_ns = min(self.first_ns << min(self.tried, 32), self.most_ns)
        self.tried += 1
        return wait_ns


class Patience(Struct, frozen=True):
    """
    How long, and how hard, an outcome is sought.

    Shape:  an order is read again after `read_first_ns`, doubling up to `read_most_ns`; a cancel
            that may not have arrived is repeated after `repeat_first_ns`, doubling up to
            `repeat_most_ns`, and one that was taken after `taken_ns`; `attempts_max` times in all.
    Units:  nanoseconds.
    """

    read_first_ns: int = 20 * MS
    read_most_ns: int = S
    repeat_first_ns: int = 20 * MS
    repeat_most_ns: int = 2 * S
    taken_ns: int = 2 * S
    attempts_max: int = 12


PATIENT = Patience()
