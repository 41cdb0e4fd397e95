"""Sizing: from an amount of cash to the lots it buys, or the lots that bring it, at a book."""

from countermand.core.book import Ladder
from countermand.core.exposure import left_over_px_ticks, market_bound
from countermand.core.state import Market
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import OrdType, Side


def order_qty_lots(market: Market, command: NewOrder) -> int:
    """
    Return the quantity a new order is for.

    An order for cash is worth what the book would make of it now, never spending more than the
    cash: orders it may not trade with do not count, which are its own, reduce-only ones that may be
    pulled, and those that trade whole or not at all. What is left over as a limit order is sized at
    the price it will stand at, or at that of the dearest order that did not count.
    """
    if not command.cash_qty_minor:
        return command.order_qty_lots
    ladder = market.book.ladder(command.side.opposite)
    bound = command.price_ticks or market_bound(market, command.side)
    left, lots, unit = command.cash_qty_minor, 0, market.instrument.notional_minor
    rest_px_ticks = left_over_px_ticks(market, command.side, bound)
    for price_ticks in ladder.descend():
        if not _reaches(command.side, bound, price_ticks):
            break
        standing = _standing(ladder, price_ticks, command)
        worth = _worth_ticks(market, command, price_ticks) * unit
        taken = min(standing, left // worth)
        lots, left = lots + taken, left - taken * worth
        if taken < standing:
            return lots
        if command.side is Side.BUY and standing < ladder.levels[price_ticks].qty_lots:
            rest_px_ticks = max(rest_px_ticks, price_ticks)
    if command.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT and rest_px_ticks:
        lots += left // (rest_px_ticks * unit)
    return lots


def _worth_ticks(market: Market, command: NewOrder, price_ticks: int) -> int:
    # No price is as much as the payout, so this is never 0.
    return (
        market.instrument.payout_ticks - price_ticks if command.cash_at_complement else price_ticks
    )


def _reaches(side: Side, bound: int, price_ticks: int) -> bool:
    return price_ticks <= bound if side is Side.BUY else price_ticks >= bound


def _standing(ladder: Ladder, price_ticks: int, command: NewOrder) -> int:
    return sum(
        order.leaves_qty_lots
        for order in ladder.levels[price_ticks].orders.values()
        if not order.reduce_only
        and not order.all_or_none
        and not (command.stp and order.account_id == command.account_id)
    )
