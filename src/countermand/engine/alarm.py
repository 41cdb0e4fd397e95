"""Alarm: the timer that wakes an engine when something falls due by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from countermand.engine.clock import ExchangeClock
from countermand.engine.ports import Clock

# The loop's timer and the wall clock can drift apart or be stepped: look again at least this often,
# and not so often as to spin when the timer comes a moment before the clock.
TIMER_S_MIN, TIMER_S_MAX = 0.001, 1.0


class Alarm:
    """One timer on the running loop, set for what falls due next."""

    def __init__(self, clock: Clock, wake: Callable[[], None]) -> None:
        self._clock, self._wake = clock, wake
        self._due_ns = 0
        self._timer: asyncio.TimerHandle | None = None

    def set(self, due_ns: int, ts_ns: int) -> None:
        """Wake at `due_ns`, never for 0; it is `ts_ns` now."""
        if due_ns == self._due_ns and (self._timer is not None or not due_ns):
            return
        self.cancel()
        self._due_ns = due_ns
        # Of a clock that stands still the engine is told when it goes on.
        stands_still = isinstance(self._clock, ExchangeClock) and self._clock.stands_still
        if due_ns and not stands_still:
            seconds = min(max((due_ns - ts_ns) / 1e9, TIMER_S_MIN), TIMER_S_MAX)
            self._timer = asyncio.get_running_loop().call_later(seconds, self._ring)

    def cancel(self) -> None:
        """Wake no more, unless it is set again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        self._wake()
