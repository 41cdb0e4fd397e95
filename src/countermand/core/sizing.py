"""Sizing: from an amount of cash to the lots it buys, or the lots that bring it, at a book."""

from countermand.core.book import Ladder
from countermand.core.commands import NewOrder
from countermand.core.exposure import market_bound
from countermand.core.order import OrdType, Side
from countermand.core.state import Market


def order_qty_lots(market: Market, command: NewOrder) -> int:
    """
    Return the quantity a new order is for.

    An order for cash is worth what the book would make of it now, never spending more than the
    cash: orders it will not trade with (its own, and reduce-only ones that may be pulled) do not
    count. What is left over as a limit order is sized at the price it will stand at.
    """
    if not command.cash_qty_minor:
        return command.order_qty_lots
    ladder = market.book.ladder(command.side.opposite)
    bound = command.price_ticks or market_bound(market, command.side)
    left, lots, unit = command.cash_qty_minor, 0, market.instrument.notional_minor
    for price_ticks in ladder.descend():
        if not _reaches(command.side, bound, price_ticks):
            break
        standing = _standing(ladder, price_ticks, command)
        taken = min(standing, left // (price_ticks * unit))
        lots, left = lots + taken, left - taken * price_ticks * unit
        if taken < standing:
            return lots
    if command.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT and ladder.best_px_ticks:
        lots += left // (ladder.best_px_ticks * unit)
    return lots


def _reaches(side: Side, bound: int, price_ticks: int) -> bool:
    return price_ticks <= bound if side is Side.BUY else price_ticks >= bound


def _standing(ladder: Ladder, price_ticks: int, command: NewOrder) -> int:
    return sum(
        order.leaves_qty_lots
        for order in ladder.levels[price_ticks].orders.values()
        if not order.reduce_only and not (command.stp and order.account_id == command.account_id)
    )
