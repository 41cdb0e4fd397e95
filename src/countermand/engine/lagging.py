"""
Lagging: the exchange as it was a while ago, for readers that are to be shown old news.

It is a copy that follows the feed, held behind. Nothing is decided on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

from countermand.core.exchange import Exchange
from countermand.engine.feed import Feed
from countermand.engine.ports import Clock
from countermand.vocabulary.queries import Query
from countermand.vocabulary.receipt import Receipt


class Copied(Protocol):
    """What can be copied and followed: an engine."""

    feed: Feed

    def copy(self) -> Exchange:
        """Return the exchange as it is."""


class Lagging:
    """
    An exchange that shows an entry when `entries` more are there and it is `lag_ns` old.

    Units: `lag_ns` nanoseconds of the exchange's clock.
    """

    def __init__(self, engine: Copied, clock: Clock, entries: int = 0, lag_ns: int = 0) -> None:
        self.engine = engine
        self._exchange, self._clock = engine.copy(), clock
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
        self._catch_up()

    def _catch_up(self) -> None:
        until_ns = self._clock.now_ns() - self._lag_ns
        ahead = self._ahead
        # Entries have times of their own, which may be later than the clock's.
        while len(ahead) > self._entries and (not self._lag_ns or ahead[0].ts_ns <= until_ns):
            self._exchange.follow(ahead.popleft())
