"""
Waiting: a market with the orders that wait beside its book until they can trade whole.

Who asks what an order would meet, or at which prices others stand, asks here. A market in which
none waits answers from its book alone.
"""

from collections.abc import Iterator
from heapq import merge

from countermand.core.matching import Makers, Plan
from countermand.core.order import Order
from countermand.core.state import Market
from countermand.vocabulary.order import ExecInst, Side

_BUY = Side.BUY
_ALL_OR_NONE = int(ExecInst.ALL_OR_NONE)


def makers(market: Market, side: Side, price_ticks: int) -> Makers:
    """Return who an order of `side` at a price meets, in order of priority, as its plan grows."""
    resting = market.book.across(side)
    if not market.waiting:
        return lambda _: resting.within(price_ticks)
    return lambda plan: _meeting(market, side, price_ticks, plan)


def _meeting(market: Market, side: Side, price_ticks: int, plan: Plan) -> Iterator[Order]:
    resting = market.book.across(side).within(price_ticks)
    beside = sorted(across(market, side, price_ticks), key=urgency)
    for order in merge(resting, beside, key=urgency):
        is_whole = order.now.terms.exec_inst & _ALL_OR_NONE
        # One that is larger than what comes in by then is passed over.
        if not (is_whole and order.now.leaves_qty_lots > plan.leaves_qty_lots):
            yield order


def across(market: Market, side: Side, price_ticks: int) -> Iterator[Order]:
    """Yield the orders beside the book that an order of `side` at a price reaches, at 0 none."""
    if price_ticks <= 0:
        return
    buys = side is _BUY
    for order in market.waiting.values():
        terms = order.now.terms
        if terms.side is not side and (
            terms.price_ticks <= price_ticks if buys else terms.price_ticks >= price_ticks
        ):
            yield order


def urgency(order: Order) -> tuple[int, int]:
    """Return what orders of one side trade in the order of: the better price, the longer there."""
    terms = order.now.terms
    return (-terms.price_ticks if terms.side is _BUY else terms.price_ticks, order.priority)


def reaches(market: Market, side: Side, price_ticks: int) -> bool:
    """Whether anyone stands where an order of `side` at a price could meet it."""
    if market.book.across(side).reaches(price_ticks):
        return True
    return (
        bool(market.waiting)
        and price_ticks > 0
        and any(True for _ in across(market, side, price_ticks))
    )


def best_px_ticks(market: Market, side: Side) -> int:
    """Return the best price at which an order of `side` stands, 0 when none does."""
    best = market.book.ladder(side).best_px_ticks
    return _best(side, [best, *_prices(market, side)]) if market.waiting else best


def leading_px_ticks(market: Market, side: Side) -> int:
    """Return the best price that is shown; where none is, the best there is, or 0."""
    return market.book.ladder(side).best_px_ticks or best_px_ticks(market, side)


def worst_px_ticks(market: Market, side: Side) -> int:
    """Return the worst price at which an order of `side` stands, 0 when none does."""
    worst = market.book.ladder(side).worst_px_ticks
    return _best(side.opposite, [worst, *_prices(market, side)]) if market.waiting else worst


def _prices(market: Market, side: Side) -> list[int]:
    each = [order.now.terms for order in market.waiting.values()]
    return [terms.price_ticks for terms in each if terms.side is side]


def _best(side: Side, prices: list[int]) -> int:
    known = [price for price in prices if price]
    return (max(known) if side is _BUY else min(known)) if known else 0


def meets_any(makers: Makers, qty_lots: int) -> bool:
    """Whether an order of a quantity would come to one that it does not pass over."""
    return any(True for _ in makers(Plan([], qty_lots)))
