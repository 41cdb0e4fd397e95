"""Sizing: from an amount of cash to the lots it buys, or the lots that bring it, at a book."""

from countermand.core import waiting
from countermand.core.book import Ladder
from countermand.core.exposure import left_over_px_ticks, market_bound
from countermand.core.state import Market
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import ExecInst, OrderTerms, OrdType, Outcome, Side

_REDUCE_ONLY = int(ExecInst.REDUCE_ONLY)


def order_qty_lots(market: Market, account_id: AccountId, terms: OrderTerms) -> int:
    """
    Return the quantity a new order is for.

    An order for cash is worth what the book would make of it now, never spending more than the
    cash: orders it may not trade with do not count, which are its own, reduce-only ones that may be
    pulled, and those that trade whole or not at all. What is left over as a limit order is sized at
    the price it will stand at, or at that of the dearest order that did not count.
    """
    if not terms.cash:
        return terms.order_qty_lots
    ladder = market.book.across(terms.side)
    bound = terms.price_ticks or market_bound(market, terms.side)
    left, lots, unit = terms.cash.minor, 0, market.instrument.notional_minor
    rest_px_ticks = left_over_px_ticks(market, terms.side, bound)
    for price_ticks in ladder.descend():
        if not _reaches(terms.side, bound, price_ticks):
            break
        standing = _standing(ladder, price_ticks, account_id, terms)
        worth = _worth_ticks(market, terms.cash.of, price_ticks) * unit
        taken = min(standing, left // worth)
        lots, left = lots + taken, left - taken * worth
        if taken < standing:
            return lots
        if terms.side is Side.BUY and standing < ladder.levels[price_ticks].qty_lots:
            rest_px_ticks = max(rest_px_ticks, price_ticks)
    if terms.side is Side.BUY:
        beside = [o.now.terms.price_ticks for o in waiting.across(market, terms.side, bound)]
        rest_px_ticks = max(rest_px_ticks, *beside, 0)
    if terms.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT and rest_px_ticks:
        lots += left // (rest_px_ticks * unit)
    return lots


def _worth_ticks(market: Market, of: Outcome, price_ticks: int) -> int:
    # No price is as much as the payout, so this is never 0.
    return price_ticks if of is Outcome.YES else market.instrument.payout_ticks - price_ticks


def _reaches(side: Side, bound: int, price_ticks: int) -> bool:
    return price_ticks <= bound if side is Side.BUY else price_ticks >= bound


def _standing(ladder: Ladder, price_ticks: int, account_id: AccountId, terms: OrderTerms) -> int:
    return sum(
        order.now.leaves_qty_lots
        for order in ladder.levels[price_ticks].orders.values()
        if not order.now.terms.exec_inst & _REDUCE_ONLY
        and not (terms.stp and order.now.account_id == account_id)
    )
