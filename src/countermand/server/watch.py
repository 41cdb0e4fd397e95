"""
Watch: waiting for an order to close. One reader of the feed serves everybody who waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from countermand.core.events import Event, OrderCanceled, OrderExpired, Traded
from countermand.core.ids import AccountId, OrderId
from countermand.core.queries import GetOrder
from countermand.core.reports import OrderReport
from countermand.engine.feed import FeedClosed, FeedCut, Subscription
from countermand.engine.sequencer import Engine


class OrderWatch:
    """Who waits for which order. It reads the feed only while somebody does."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: dict[OrderId, list[asyncio.Event]] = {}
        self._reader: asyncio.Task[None] | None = None

    async def closed(self, account_id: AccountId, order_id: OrderId, wait_ns: int) -> None:
        """Return when the order is closed, or after `wait_ns`, or when the exchange stops."""
        moved = asyncio.Event()
        self._waiting.setdefault(order_id, []).append(moved)
        self._read()
        try:
            async with asyncio.timeout(wait_ns / 1e9):
                while await self._is_open(account_id, order_id):
                    await moved.wait()
                    moved.clear()
        except TimeoutError:
            pass
        finally:
            self._leave(order_id, moved)

    async def _is_open(self, account_id: AccountId, order_id: OrderId) -> bool:
        if self._reader is None or self._reader.done():
            return False
        answer = await self._engine.query(GetOrder(account_id, order_id))
        report: OrderReport | None = answer.view
        return report is not None and report.is_open

    def _leave(self, order_id: OrderId, moved: asyncio.Event) -> None:
        self._waiting[order_id].remove(moved)
        if not self._waiting[order_id]:
            del self._waiting[order_id]
        if not self._waiting and self._reader is not None:
            self._reader.cancel()
            self._reader = None

    def _read(self) -> None:
        if self._reader is None or self._reader.done():
            subscription = self._engine.feed.subscribe()
            self._reader = asyncio.get_running_loop().create_task(self._follow(subscription))

    async def _follow(self, subscription: Subscription) -> None:
        try:
            while True:
                receipt = await subscription.next()
                for event in receipt.events:
                    for order_id in _moved(event):
                        for moved in self._waiting.get(order_id, ()):
                            moved.set()
        except (FeedClosed, FeedCut):
            # Whoever still waits looks once more and then answers with what there is.
            self._reader = None
            for waiting in self._waiting.values():
                for moved in waiting:
                    moved.set()
        finally:
            self._engine.feed.leave(subscription)


def _moved(event: Event) -> Iterator[OrderId]:
    if isinstance(event, Traded):
        yield event.maker_order_id
        yield event.taker_order_id
    elif isinstance(event, OrderCanceled | OrderExpired):
        yield event.order_id
