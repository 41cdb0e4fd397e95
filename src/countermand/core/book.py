"""
The book of one instrument: two ladders of price levels, each level a queue in order of priority.

An order is found, and leaves, by its own price and id, so taking one out costs the same in a book
of a thousand and of a million. Knows no accounts, no money and no time.
"""

from collections.abc import Iterator

from sortedcontainers import SortedList

from countermand.core.order import Order
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecInst, Side
from countermand.vocabulary.reports import OrderReport

# A plain integer: every order that comes or goes is held against it.
_ALL_OR_NONE = int(ExecInst.ALL_OR_NONE)

# Below this many removed orders a level is not worth packing.
PACK_MIN = 64


class Level:
    """
    The orders at one price, first come first; `qty_lots` is the sum of what they have left, and
    `whole_lots` that of those among them that trade whole or not at all.

    A dict keeps the places of what was removed until it is packed, and a search for its first order
    walks over them; packing before they outnumber the living keeps both that walk and a removal
    cheap.
    """

    __slots__ = ("_removed", "orders", "qty_lots", "whole_lots")

    def __init__(self) -> None:
        self.orders: dict[OrderId, Order] = {}
        self.qty_lots = 0
        self.whole_lots = 0
        self._removed = 0

    def change(self, now: OrderReport, qty_lots: int) -> None:
        """Note that the order has so much more left, or less."""
        self.qty_lots += qty_lots
        if now.terms.exec_inst & _ALL_OR_NONE:
            self.whole_lots += qty_lots

    def remove(self, now: OrderReport) -> None:
        """Take the order out, as it stands here."""
        del self.orders[now.order_id]
        self.qty_lots -= now.leaves_qty_lots
        if now.terms.exec_inst & _ALL_OR_NONE:
            self.whole_lots -= now.leaves_qty_lots
        self._removed += 1
        if self._removed > PACK_MIN and self._removed > len(self.orders):
            self.orders = dict(self.orders.items())
            self._removed = 0


class Ladder:
    """One side of a book. `prices` ascends; the best bid is its last, the best ask its first."""

    __slots__ = ("levels", "prices", "side")

    def __init__(self, side: Side) -> None:
        self.side = side
        self.levels: dict[int, Level] = {}
        self.prices: SortedList[int] = SortedList()

    @property
    def best_px_ticks(self) -> int:
        """The price a counterparty gets first, or 0 when the ladder is empty."""
        if not self.prices:
            return 0
        best: int = self.prices[-1] if self.side is Side.BUY else self.prices[0]
        return best

    def descend(self) -> Iterator[int]:
        """Yield the prices from the best to the worst."""
        return reversed(self.prices) if self.side is Side.BUY else iter(self.prices)

    @property
    def leading_px_ticks(self) -> int:
        """The best price that is shown; where none is, the best there is, or 0."""
        return next((price for price, _ in self.shown()), self.best_px_ticks)

    def shown(self) -> Iterator[tuple[int, int]]:
        """Yield the prices from the best to the worst, and what can be traded there in part."""
        for price_ticks in self.descend():
            level = self.levels[price_ticks]
            if shown_lots := level.qty_lots - level.whole_lots:
                yield price_ticks, shown_lots

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
        level.orders[now.order_id] = order
        level.change(now, now.leaves_qty_lots)

    def remove(self, now: OrderReport) -> None:
        """Take the order out; it must stand here as `now` has it."""
        price_ticks = now.terms.price_ticks
        level = self.levels[price_ticks]
        level.remove(now)
        if not level.orders:
            del self.levels[price_ticks]
            self.prices.remove(price_ticks)

    def shrink(self, now: OrderReport, qty_lots: int) -> None:
        """Note that the order, which stays where it is, has `qty_lots` less left."""
        self.levels[now.terms.price_ticks].change(now, -qty_lots)


class Book:
    """Both ladders of one instrument."""

    __slots__ = ("asks", "bids")

    def __init__(self) -> None:
        self.bids = Ladder(Side.BUY)
        self.asks = Ladder(Side.SELL)

    def ladder(self, side: Side) -> Ladder:
        """Return the ladder on which orders of `side` rest."""
        return self.bids if side is Side.BUY else self.asks

    def crosses(self, side: Side, price_ticks: int) -> bool:
        """Whether an order of `side` at `price_ticks` would match at once."""
        if side is Side.BUY:
            best = self.asks.best_px_ticks
            return best != 0 and price_ticks >= best
        return 0 < price_ticks <= self.bids.best_px_ticks
