"""
All or none: orders that trade whole or not at all. They wait beside the book.

Such an order is passed over by who cannot fill it, and may so wait where the book would be crossed;
quotes and depth do not show it, and no market order's bound is drawn from it while another rests.
It trades as any other when what comes in can fill it. When an entry brings new quantity to stand
across from it, or makes it smaller in its place, it is looked at again, the best price and the
longest there first, and comes in as the aggressor if it can be filled whole and paid for. A
post-only one never comes in, and none does in a market that is post-only. What leaves a market lets
nothing trade: a cancel never does.
"""

from collections.abc import Iterable, Iterator

from countermand.core import waiting
from countermand.core.decision import Reaction
from countermand.core.exposure import Priced, affordable
from countermand.core.matching import plan
from countermand.core.order import Order
from countermand.core.state import Market, State
from countermand.core.taker import Taker, incoming, net_of
from countermand.vocabulary.events import Event, OrderAccepted, OrderReplaced, OrderRested
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import ExecInst, Standing
from countermand.vocabulary.reports import OrderReport

_POST_ONLY = int(ExecInst.POST_ONLY)
_THERE = (Standing.RESTING, Standing.WAITING)


def on_standing(state: State, event: OrderAccepted | OrderRested) -> Iterable[list[Event]]:
    """Fill, one after the other, the orders that new quantity across from them can fill."""
    market = state.markets[event.order.instrument_id]
    if not market.waiting or event.order.standing not in _THERE:
        return ()
    return _fill_across(state, market, event.order)


def _fill_across(state: State, market: Market, now: OrderReport) -> Iterator[list[Event]]:
    while market.waiting:
        # It may have been filled since, and be forgotten.
        stood = state.orders.get(now.order_id)
        if stood is None or not stood.now.is_open:
            return
        reached = waiting.across(market, now.terms.side, now.terms.price_ticks)
        each = (_filled(state, market, o) for o in sorted(reached, key=waiting.urgency))
        filled = next((events for events in each if events), None)
        if filled is None:
            return
        yield filled


def on_replaced(state: State, event: OrderReplaced) -> Iterator[list[Event]]:
    """Fill an order that has become small enough where it waits."""
    order = state.orders.get(event.order.order_id)
    if event.keeps_priority and order and order.now.standing is Standing.WAITING:
        filled = _filled(state, state.markets[order.now.instrument_id], order)
        if filled:
            yield filled


def _filled(state: State, market: Market, order: Order) -> list[Event]:
    # The trades that fill it whole, none if it cannot be.
    now = order.now
    trading_state = market.instrument.trading_state
    if now.terms.exec_inst & _POST_ONLY or trading_state is TradingState.POST_ONLY:
        return []
    account = state.accounts[now.account_id]
    # What waits does not hold what coming in is charged, nor a sell all that it may trade at.
    priced = Priced(now.terms.side, now.terms.price_ticks, now.leaves_qty_lots)
    if not affordable(state, account, market, priced, replaced=order):
        return []
    makers = waiting.makers(market, now.terms.side, now.terms.price_ticks)
    planned = plan(incoming(now), makers, net_of(state, market))
    if planned.traded_lots < now.leaves_qty_lots:
        return []
    taker = Taker(state, market, now, order.fee_accrued)
    return [taker.happened(step) for step in planned.steps]


REACTIONS: dict[type, Reaction] = {
    OrderAccepted: on_standing,
    OrderRested: on_standing,
    OrderReplaced: on_replaced,
}
