"""
The book of one instrument: two ladders of price levels, each level a queue in order of priority.

An order is found, and leaves, by its own price and id, so taking one out costs the same in a book
of a thousand and of a million. Knows no accounts, no money and no time, and no order that does not
rest.
"""

from collections.abc import Iterator

from sortedcontainers import SortedList

from countermand.core.order import Order
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Side
from countermand.vocabulary.reports import OrderReport

# Below this many removed orders a level is not worth packing, nor a ladder below so many empty
# levels.
PACK_MIN = 64

_BUY = Side.BUY


class Level:
    """
    The orders at one price, first come first; `qty_lots` is the sum of what they have left.

    A dict keeps the places of what was removed until it is packed, and a search for its first order
    walks over them; packing before they outnumber the living keeps both that walk and a removal
    cheap.
    """

    __slots__ = ("orders", "qty_lots", "removed")

    def __init__(self) -> None:
        self.orders: dict[OrderId, Order] = {}
        self.qty_lots = 0
        self.removed = 0

    def pack(self) -> None:
        """Give up the places of what was removed."""
        self.orders = dict(self.orders.items())
        self.removed = 0


class Ladder:
    """
    One side of a book. `best_px_ticks` is what a counterparty gets first, 0 when there is nothing.

    A level behind the best that empties is kept, for orders come back to where orders were; empty
    levels are swept out before they outnumber the others. `prices` ascends and has them all.
    """

    __slots__ = ("best_px_ticks", "empty", "levels", "prices", "side")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.levels: dict[int, Level] = {}
        self.prices: SortedList[int] = SortedList()
        self.best_px_ticks = 0
        self.empty = 0

    @property
    def worst_px_ticks(self) -> int:
        """The price a counterparty gets last, or 0 when there is nothing."""
        ascending = self.side is _BUY
        each = iter(self.prices) if ascending else reversed(self.prices)
        return next((price for price in each if self.levels[price].orders), 0)

    def descend(self) -> Iterator[int]:
        """Yield the prices at which orders stand, from the best to the worst."""
        levels = self.levels
        for price_ticks in reversed(self.prices) if self.side is _BUY else iter(self.prices):
            if levels[price_ticks].orders:
                yield price_ticks

    def shown(self) -> Iterator[tuple[int, int]]:
        """Yield the prices from the best to the worst, and how much there is at each."""
        for price_ticks in self.descend():
            yield price_ticks, self.levels[price_ticks].qty_lots

    def within(self, price_ticks: int) -> Iterator[Order]:
        """Yield every order an opposite one at a price reaches, in order of priority."""
        if not self.reaches(price_ticks):
            return
        levels, buying = self.levels, self.side is _BUY
        for price in reversed(self.prices) if buying else iter(self.prices):
            if (price < price_ticks) if buying else (price > price_ticks):
                return
            yield from levels[price].orders.values()

    def reaches(self, price_ticks: int) -> bool:
        """Whether an opposite order at a price would meet any here; one at 0 meets none."""
        best = self.best_px_ticks
        if self.side is _BUY:
            return 0 < price_ticks <= best
        return 0 < best <= price_ticks

    def holds(self, now: OrderReport) -> bool:
        """Whether the order stands here."""
        level = self.levels.get(now.terms.price_ticks)
        return level is not None and now.order_id in level.orders

    def add(self, order: Order) -> None:
        """Queue the order behind all others at its price."""
        now = order.now
        price_ticks = now.terms.price_ticks
        level = self.levels.get(price_ticks)
        if level is None:
            level = self.levels[price_ticks] = Level()
            self.prices.add(price_ticks)
        elif not level.orders:
            self.empty -= 1
        level.orders[now.order_id] = order
        level.qty_lots += now.leaves_qty_lots
        best = self.best_px_ticks
        if not best or (price_ticks > best if self.side is _BUY else price_ticks < best):
            self.best_px_ticks = price_ticks

    def remove(self, now: OrderReport) -> None:
        """Take the order out; it must stand here as `now` has it."""
        level = self.levels[now.terms.price_ticks]
        orders = level.orders
        del orders[now.order_id]
        level.qty_lots -= now.leaves_qty_lots
        level.removed += 1
        if not orders:
            self._emptied(now.terms.price_ticks)
        elif level.removed > PACK_MIN and level.removed > len(orders):
            level.pack()

    def shrink(self, now: OrderReport, qty_lots: int) -> None:
        """Note that the order, which stays where it is, has `qty_lots` less left."""
        self.levels[now.terms.price_ticks].qty_lots -= qty_lots

    def _emptied(self, price_ticks: int) -> None:
        self.empty += 1
        if price_ticks == self.best_px_ticks:
            self._find_best()
        elif self.empty > PACK_MIN and self.empty * 2 > len(self.levels):
            self.levels = {price: level for price, level in self.levels.items() if level.orders}
            self.prices = SortedList(self.levels)
            self.empty = 0

    def _find_best(self) -> None:
        prices, levels, end = self.prices, self.levels, -1 if self.side is _BUY else 0
        while prices and not levels[prices[end]].orders:
            del levels[prices.pop(end)]
            self.empty -= 1
        self.best_px_ticks = prices[end] if prices else 0


class Book:
    """Both ladders of one instrument."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        self.bids = Ladder(Side.BUY)
        self.asks = Ladder(Side.SELL)

    def ladder(self, side: Side) -> Ladder:
        """Return the ladder on which orders of `side` rest."""
        return self.bids if side is _BUY else self.asks

    def across(self, side: Side) -> Ladder:
        """Return the ladder that orders of `side` meet."""
        return self.asks if side is _BUY else self.bids
