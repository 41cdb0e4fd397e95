"""Watch: waiting for orders to close. One follower of the feed serves every wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from countermand.vocabulary.events import Event
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import WaitForClose

if TYPE_CHECKING:
    from countermand.server.conversation import Engine


class _Wait(Struct, eq=False):
    asked: WaitForClose
    told: Callable[[], None]
    timer: asyncio.TimerHandle | None = None


class OrderWatch:
    """Which orders are waited for. It follows the feed only while there are any."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waits: dict[OrderId, list[_Wait]] = {}
        self._is_over = False

    def wait(self, asked: WaitForClose, told: Callable[[], None]) -> None:
        """
        Call `told` when the order is closed, after `asked.wait_ns`, or when the server stops.

        It is called on the loop, never from within this call.
        """
        loop = asyncio.get_running_loop()
        if self._is_over or asked.wait_ns <= 0 or not self._is_open(asked):
            loop.call_soon(told)
            return
        if not self._waits:
            self._engine.feed.follow(self._look)
        wait = _Wait(asked, told)
        wait.timer = loop.call_later(asked.wait_ns / 1e9, self._finish, wait)
        self._waits.setdefault(asked.order_id, []).append(wait)

    def end(self) -> None:
        """End every wait, now and from now on: the server stops."""
        self._is_over = True
        for waits in list(self._waits.values()):
            for wait in tuple(waits):
                self._finish(wait)

    def _is_open(self, asked: WaitForClose) -> bool:
        report: OrderReport | None = self._engine.view(GetOrder(asked.account_id, asked.order_id))
        return report is not None and report.is_open

    def _look(self, receipts: Sequence[Receipt]) -> None:
        for receipt in receipts:
            for event in receipt.events:
                for order_id in _moved(event):
                    for wait in tuple(self._waits.get(order_id, ())):
                        if not self._is_open(wait.asked):
                            self._finish(wait)

    def _finish(self, wait: _Wait) -> None:
        order_id = wait.asked.order_id
        self._waits[order_id].remove(wait)
        if not self._waits[order_id]:
            del self._waits[order_id]
        if not self._waits:
            self._engine.feed.unfollow(self._look)
        if wait.timer is not None:
            wait.timer.cancel()
        asyncio.get_running_loop().call_soon(wait.told)


def _moved(event: Event) -> Iterator[OrderId]:
    for order in event.orders:
        if not order.is_open:
            yield order.order_id
