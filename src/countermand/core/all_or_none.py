"""
All or none: orders that trade whole or not at all, and so may stand where they could trade in part.

Such an order is passed over by whoever cannot fill it. When new quantity rests across from it, it
is looked at again, in price-time order, and comes in as the aggressor once it can be filled whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from countermand.core.events import Event, OrderReplaced, OrderRested
from countermand.core.order import Order, Side

if TYPE_CHECKING:
    from countermand.core.state import State


def fillable(state: State, events: list[Event]) -> Iterator[Order]:
    """Yield the orders that the applied `events` may have made fillable, most urgent first."""
    if not state.all_or_none:
        return
    for event in events:
        if type(event) is OrderRested:
            rested = state.orders[event.order_id]
            waiting = state.all_or_none.get(rested.instrument_id, {}).values()
            across = [order for order in waiting if _meets(order, rested)]
            yield from sorted(across, key=_urgency)
        elif type(event) is OrderReplaced and event.keeps_priority:
            replaced = state.orders[event.order_id]
            if replaced.all_or_none:
                yield replaced


def _meets(order: Order, rested: Order) -> bool:
    if order.side is rested.side:
        return False
    if order.side is Side.BUY:
        return order.price_ticks >= rested.price_ticks
    return order.price_ticks <= rested.price_ticks


def _urgency(order: Order) -> tuple[int, int]:
    price_ticks = order.price_ticks
    return (-price_ticks if order.side is Side.BUY else price_ticks, order.priority_seq)
