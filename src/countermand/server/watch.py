"""
Watch: waiting for an order to close. One reader of the feed serves everybody who waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from countermand.engine.feed import FeedClosed, FeedCut, Subscription
from countermand.engine.sequencer import Engine
from countermand.vocabulary.events import Event, OrderCanceled, OrderExpired, Traded
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport


class OrderWatch:
    """Who waits for which order. It reads the feed only while somebody does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: dict[OrderId, list[asyncio.Event]] = {}
        self._subscription: Subscription | None = None
        self._reader: asyncio.Task[None] | None = None
        self._is_over = False

    async def closed(self, account_id: AccountId, order_id: OrderId, wait_ns: int) -> None:
        """Return when the order is closed, or after `wait_ns`, or when the exchange stops."""
        moved = asyncio.Event()
        self._waiting.setdefault(order_id, []).append(moved)
        self._read()
        try:
            async with asyncio.timeout(wait_ns / 1e9):
                while not self._is_over and await self._is_open(account_id, order_id):
                    await moved.wait()
                    moved.clear()
        except TimeoutError:
            pass
        finally:
            self._leave(order_id, moved)

    def end(self) -> None:
        """Let everybody go, now and from now on: there is no time left to wait in."""
        self._is_over = True
        self._rouse()

    async def _is_open(self, account_id: AccountId, order_id: OrderId) -> bool:
        answer = await self._engine.query(GetOrder(account_id, order_id))
        report: OrderReport | None = answer.view
        return report is not None and report.is_open

    def _leave(self, order_id: OrderId, moved: asyncio.Event) -> None:
        self._waiting[order_id].remove(moved)
        if not self._waiting[order_id]:
            del self._waiting[order_id]
        if not self._waiting:
            self._stop_reading()

    def _read(self) -> None:
        if self._reader is None and not self._is_over:
            self._subscription = self._engine.feed.subscribe()
            self._reader = asyncio.get_running_loop().create_task(self._follow())

    def _stop_reading(self) -> None:
        # Not left to the task: it may never have had its first turn.
        if self._subscription is not None:
            self._engine.feed.leave(self._subscription)
            self._subscription = None
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

    async def _follow(self) -> None:
        while self._subscription is not None:
            try:
                receipt = await self._subscription.next()
            except FeedClosed:
                self.end()
                return
            except FeedCut:
                # What was missed may be what somebody waits for, so all look for themselves.
                self._subscription = self._engine.feed.subscribe()
                self._rouse()
                continue
            for event in receipt.events:
                for order_id in _moved(event):
                    for moved in self._waiting.get(order_id, ()):
                        moved.set()

    def _rouse(self) -> None:
        for waiting in self._waiting.values():
            for moved in waiting:
                moved.set()


def _moved(event: Event) -> Iterator[OrderId]:
    if isinstance(event, Traded):
        yield event.maker_order_id
        yield event.taker_order_id
    elif isinstance(event, OrderCanceled | OrderExpired):
        yield event.order_id
