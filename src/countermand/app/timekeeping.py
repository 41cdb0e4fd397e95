"""
Timekeeping: moves the exchange's clock so that everything that falls due on the way happens, in
order and at its time, and has been told to streams when it returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from countermand.app.generation import Clocks, Generation
from countermand.app.lives import CLOCK
from countermand.control.row import ControlError
from countermand.engine.clock import Reading
from countermand.engine.ports import Kept
from countermand.engine.sequencer import IntakeStopped, Undecided
from countermand.wire import times


class Timekeeper:
    """
    The exchange's clock, as an operator moves it. How it was moved is kept before it is.

    Units: nanoseconds since the Unix epoch. Raises: ControlError for a time that has passed, and
    when the exchange takes nothing.
    """

    def __init__(self, clocks: Clocks, current: Callable[[], Generation]) -> None:
        self._clocks, self._current = clocks, current
        self.moving = asyncio.Lock()

    @property
    def now_ns(self) -> Callable[[], int]:
        """The clock, which returns nanoseconds since the Unix epoch."""
        return self._clocks.exchange.now_ns

    @property
    def stands_still(self) -> bool:
        """Whether time passes only when it is told to."""
        return self._clocks.exchange.stands_still

    @property
    def leads_clients(self) -> bool:
        """Whether clients' stamps and rates go by it, not by the wall."""
        return self._clocks.client.follows_exchange

    def lead_clients(self, *, leads: bool) -> None:
        """Let clients' stamps and rates go by it from now on, or by the wall."""
        self._clocks.client.follow(exchange=leads)

    async def freeze(self) -> None:
        """Stand still."""
        clock = self._clocks.exchange
        async with self.moving:
            await self._go(clock.moved(clock.now_ns(), stands_still=True))

    async def run(self) -> None:
        """Go on from where it stands."""
        clock = self._clocks.exchange
        async with self.moving:
            if clock.stands_still:
                await self._go(clock.moved(clock.now_ns(), stands_still=False))

    async def advance(self, by_ns: int) -> None:
        """Move on. All that falls due until then has happened when it returns."""
        if by_ns < 0:
            raise ControlError(400, "invalid", "time does not go back")
        async with self.moving:
            await self._move(self.now_ns() + by_ns)

    async def set(self, to_ns: int) -> None:
        """Move on to a time, as `advance` does."""
        async with self.moving:
            await self._move(to_ns)

    async def _move(self, to_ns: int) -> None:
        clock = self._clocks.exchange
        if to_ns < (now_ns := clock.now_ns()):
            text = f"it is {times.iso_ns(now_ns)}; only a reset or a restore goes back"
            raise ControlError(409, "time-passed", text)
        await self._keep(clock.moved(to_ns, stands_still=clock.stands_still))
        engine = self._current().engine
        try:
            while 0 < (due_ns := engine.next_due_ns()) <= to_ns:
                clock.set(max(due_ns, clock.now_ns()))
                await engine.until_done()
            clock.set(max(to_ns, clock.now_ns()))
            engine.wake()
            await engine.until_done()
        except IntakeStopped as stopped:
            raise _refusal(stopped) from None
        await self._tell()

    async def _go(self, reading: Reading) -> None:
        await self._keep(reading)
        self._clocks.exchange.show(reading)
        self._current().engine.wake()

    async def _keep(self, reading: Reading) -> None:
        try:
            await self._current().engine.keep([Kept(CLOCK, msgspec.json.encode(reading))])
        except IntakeStopped as stopped:
            raise _refusal(stopped) from None

    async def _tell(self) -> None:
        for pipeline in self._current().made():
            pipeline.hub.flush()
        # What was said is on its way once the loop has had a turn.
        await asyncio.sleep(0)


def _refusal(stopped: IntakeStopped) -> ControlError:
    code = "undecided" if isinstance(stopped, Undecided) else "stopped"
    return ControlError(503, code, str(stopped))
