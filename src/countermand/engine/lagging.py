"""
Lagging: the exchange as it was a while ago, for readers that are to be shown old news.

It is a copy that follows the feed, held behind. Nothing is decided on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from msgspec.structs import replace

from countermand.core.exchange import Exchange
from countermand.core.history import History, is_asked_for
from countermand.engine.feed import Feed
from countermand.engine.ports import Clock
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Standing
from countermand.vocabulary.queries import ListFills, ListOrders, Query
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import Fill, OrderReport

_CLOSED = Standing.CLOSED


class Copied(Protocol):
    """What can be copied and followed: an engine."""

    feed: Feed

    def copy(self, over: Callable[[Exchange], History]) -> Exchange:
        """Return the exchange as it is, over a history made of it."""


class Shown:
    """
    The history of an exchange without what is not shown yet.

    `ahead` are the orders that have ended and are shown as before; `shown_ns` is the time up to
    which fills are shown.
    """

    def __init__(self) -> None:
        self._exchange = Exchange()
        self.ahead: dict[OrderId, OrderReport] = {}
        self.shown_ns = 0

    def over(self, exchange: Exchange) -> Shown:
        """Return itself, made of that exchange's history."""
        self._exchange = exchange
        return self

    @property
    def _history(self) -> History:
        self._exchange.settle(0)
        return self._exchange.history

    def add(self, seq: int, ended: Sequence[OrderReport], fills: Sequence[Fill]) -> None:
        """Do nothing: the history had the records from the exchange that is ahead."""

    def order(self, order_id: OrderId) -> OrderReport | None:
        """Return a closed order as it ended, or None."""
        return None if order_id in self.ahead else self._history.order(order_id)

    def count(self, query: ListOrders) -> int:
        """Return how many closed orders a query asks for."""
        ahead = sum(
            1
            for now in self.ahead.values()
            if now.account_id in query.account_ids and is_asked_for(now, query)
        )
        return self._history.count(query) - ahead

    def orders(self, query: ListOrders, passed: int = 0) -> Iterator[OrderReport]:
        """Yield the closed orders a query asks for, in order."""
        each = (now for now in self._history.orders(query) if now.order_id not in self.ahead)
        return islice(each, passed, None)

    def fills(self, query: ListFills) -> Iterator[Fill]:
        """Yield the fills a query asks for, in its order."""
        return self._history.fills(self._until_shown(query))

    def count_fills(self, query: ListFills) -> int:
        """Return how many fills a query asks for."""
        return self._history.count_fills(self._until_shown(query))

    def _until_shown(self, query: ListFills) -> ListFills:
        until_ns = self.shown_ns if query.until_ns is None else query.until_ns
        return replace(query, until_ns=min(until_ns, self.shown_ns))


class Lagging:
    """
    An exchange that shows an entry when `entries` more are there and it is `lag_ns` old.

    Units: `lag_ns` nanoseconds of the exchange's clock.
    """

    def __init__(self, engine: Copied, clock: Clock, entries: int = 0, lag_ns: int = 0) -> None:
        self.engine = engine
        self._shown, self._clock = Shown(), clock
        self._exchange = engine.copy(self._shown.over)
        self._shown.shown_ns = self._exchange.ts_ns
        self._entries, self._lag_ns = entries, lag_ns
        self._ahead: deque[Receipt] = deque()
        engine.feed.follow(self._follow)

    def view(self, query: Query) -> Any:
        """Return the answer to a query, of what is shown by now."""
        self._catch_up()
        return self._exchange.query(query)

    def close(self) -> None:
        """Follow no more."""
        self.engine.feed.unfollow(self._follow)

    def _follow(self, receipts: Sequence[Receipt]) -> None:
        self._ahead += receipts
        ended = (now for receipt in receipts for now in _ended(receipt))
        self._shown.ahead.update((now.order_id, now) for now in ended)
        self._catch_up()

    def _catch_up(self) -> None:
        until_ns = self._clock.now_ns() - self._lag_ns
        ahead = self._ahead
        # Entries have times of their own, which may be later than the clock's.
        while len(ahead) > self._entries and (not self._lag_ns or ahead[0].ts_ns <= until_ns):
            self._show(ahead.popleft())

    def _show(self, receipt: Receipt) -> None:
        self._exchange.follow(receipt)
        self._shown.shown_ns = receipt.ts_ns
        for now in _ended(receipt):
            self._shown.ahead.pop(now.order_id, None)


def _ended(receipt: Receipt) -> Iterator[OrderReport]:
    return (now for event in receipt.events for now in event.orders if now.standing is _CLOSED)
