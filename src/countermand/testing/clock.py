"""Clock: the exchange's, as a test reads and moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from countermand.wire import times

if TYPE_CHECKING:
    from countermand.control.clock import Clock as Shown
    from countermand.testing.acts import Acts


class Clock:
    """
    The exchange's clock. When a move returns, all that was due on the way has happened, in order.
    """

    def __init__(self, exchange: Acts) -> None:
        self._exchange = exchange

    @property
    def now(self) -> datetime:
        """The time it shows, in UTC, to the microsecond."""
        return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=self.now_ns // 1000)

    @property
    def now_ns(self) -> int:
        """The time it shows, in nanoseconds since the Unix epoch."""
        return times.parse_iso(self._shown().time)

    @property
    def stands_still(self) -> bool:
        """Whether time passes only when it is moved."""
        return self._shown().stands_still

    def freeze(self, at: datetime | str | None = None) -> None:
        """Stand still: now, or moved on to a time."""
        self._exchange.call("freeze")
        if at is not None:
            self.set(at)

    def run(self) -> None:
        """Go on from where it stands."""
        self._exchange.call("run")

    def set(self, to: datetime | str) -> None:
        """Move on to a time: RFC 3339 text in UTC, or a datetime that knows its zone."""
        self._exchange.call("set-time", time=iso(to))

    def advance(self, by: timedelta | str | None = None, /, **units: float) -> None:
        """Move on: `advance(days=30)`, by a timedelta, or by text such as `30d` or `1h 30m`."""
        if by is None:
            by = timedelta(**units)
        elif units:
            raise TypeError("advance takes a length of time, or days, hours and so on, not both")
        text = by if isinstance(by, str) else f"{by // timedelta(microseconds=1)}us"
        self._exchange.call("advance", by=text)

    def lead_clients(self, leads: bool = True) -> None:
        """
        Let what clients sign as their time be compared with this clock, and their rates be measured
        by it: for clients whose own time is moved along. It is the wall's otherwise.
        """
        self._exchange.call("set-client-clock", clock="exchange" if leads else "wall")

    def _shown(self) -> Shown:
        shown: Shown = self._exchange.call("clock")
        return shown


def iso(when: datetime | str) -> str:
    """Return a time as RFC 3339 text in UTC. Raises: ValueError for one without a zone."""
    if isinstance(when, str):
        return when
    if when.tzinfo is None:
        raise ValueError(f"{when} has no time zone: add tzinfo=UTC")
    return when.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
