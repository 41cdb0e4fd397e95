"""
All or none: orders that trade whole or not at all, and so may stand where they could trade in part.

Such an order is passed over by whoever cannot fill it, and may so stand where the book would be
crossed; quotes and depth do not show it, and no market order's bound is drawn from it while another
stands there. When an entry brings new quantity to rest across from it, or makes it smaller in its
place, it is looked at again, the best price and the longest there first, and comes in as the
aggressor if it can be filled whole and paid for. A post-only one never comes in, and none does in a
market that is post-only. What leaves the book lets nothing trade: a cancel never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from countermand.vocabulary.events import Event, OrderAccepted, OrderReplaced, OrderRested
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import ExecInst, Side, Standing

if TYPE_CHECKING:
    from countermand.core.order import Order
    from countermand.core.state import State


def fillable(state: State, events: list[Event]) -> Iterator[Order]:
    """Yield the orders that an entry's applied `events` may have made fillable, in their order."""
    if not state.all_or_none:
        return
    for event in events:
        if isinstance(event, OrderRested | OrderAccepted):
            # It may have been filled since, and be forgotten.
            rested = state.orders.get(event.order.order_id)
            if rested and rested.now.standing is Standing.RESTING:
                yield from sorted(_across(state, rested), key=_urgency)
        elif type(event) is OrderReplaced and event.keeps_priority:
            replaced = state.orders.get(event.order.order_id)
            open_ones = [order for order in (replaced,) if order and order.now.is_open]
            yield from (o for o in open_ones if is_whole(o) and _comes_in(state, o))


def is_whole(order: Order) -> bool:
    """Whether the order trades whole or not at all."""
    return bool(order.now.terms.exec_inst & ExecInst.ALL_OR_NONE)


def _across(state: State, rested: Order) -> list[Order]:
    waiting = state.all_or_none.get(rested.now.instrument_id, {}).values()
    return [order for order in waiting if _meets(order, rested) and _comes_in(state, order)]


def _comes_in(state: State, order: Order) -> bool:
    trading_state = state.markets[order.now.instrument_id].instrument.trading_state
    post_only = order.now.terms.exec_inst & ExecInst.POST_ONLY
    return not (post_only or trading_state is TradingState.POST_ONLY)


def _meets(order: Order, rested: Order) -> bool:
    ours, theirs = order.now.terms, rested.now.terms
    if ours.side is theirs.side:
        return False
    if ours.side is Side.BUY:
        return ours.price_ticks >= theirs.price_ticks
    return ours.price_ticks <= theirs.price_ticks


def _urgency(order: Order) -> tuple[int, int]:
    price_ticks = order.now.terms.price_ticks
    buys = order.now.terms.side is Side.BUY
    return (-price_ticks if buys else price_ticks, order.priority_seq)
