"""
Arriving: orders that were taken earlier and come to the book from where they stood.

An order is let go first: it leaves where it stood, holds what it needs, and either sleeps until its
trigger is met or is on its way (`State.arriving`). Those on their way come in one after the other,
when all else that the moment brought about has happened. What would keep a new order from the book
ends one that arrives.
"""

from msgspec.structs import replace

from countermand.core import checks, placing, triggers
from countermand.core.exposure import left_over_px_ticks, market_bound
from countermand.core.order import Order
from countermand.core.pictures import not_let_in, released, restated
from countermand.core.state import Market, State
from countermand.vocabulary.events import (
    Event,
    OrderCanceled,
    OrderReleased,
    OrderRestated,
    OrderTriggered,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecType, OrdType, Standing
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport

_LEFT_OVER, _MARKET = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, OrdType.MARKET
_ARMED, _PENDING = Standing.ARMED, Standing.PENDING


def let_go(state: State, order: Order) -> list[Event]:
    """Return what happens to an order that was pending new when its time has come."""
    market, terms = state.markets[order.now.instrument_id], order.now.terms
    standing = _ARMED if terms.trigger else _PENDING
    now = released(order.now, standing, ExecType.NEW, state.ts_ns)
    reason = checks.refuse_coming_in(state, market, order, now)
    if reason:
        return [OrderCanceled(not_let_in(order.now, state.ts_ns, reason))]
    return [OrderReleased(now), *met_already(state, market, now)]


def met_already(state: State, market: Market, now: OrderReport) -> list[Event]:
    """Return that an order which begins to sleep wakes at once, or nothing."""
    trigger = now.terms.trigger
    if trigger is None or not triggers.is_met(trigger, market.prices.basis_ticks):
        return []
    if market.instrument.refuses_met_trigger:
        reason = RejectReason.TRIGGER_MET
        return [OrderCanceled(not_let_in(now, state.ts_ns, reason))]
    return [woken(state, now)]


def woken(state: State, now: OrderReport) -> OrderTriggered:
    """Return the event of an order's trigger being met."""
    return OrderTriggered(released(now, _PENDING, ExecType.TRIGGERED, state.ts_ns))


def come_in(state: State, order_id: OrderId) -> list[Event]:
    """Return what happens to an order that is on its way, nothing if it has ended meanwhile."""
    order = state.orders.get(order_id)
    if order is None or order.now.standing is not _PENDING:
        return []
    market = state.markets[order.now.instrument_id]
    terms, events = order.now.terms, list[Event]()
    now = order.now
    if terms.ord_type is _MARKET and (terms.trigger or not terms.price_ticks):
        # At the market as it is by now, and not as it was to be expected.
        bound = replace(terms, price_ticks=market_bound(market, terms.side))
        if not bound.price_ticks:
            return _ended(state, now, RejectReason.NO_LIQUIDITY)
        now = restated(now, market.instrument, bound, order.fee_accrued, state.ts_ns)
        events.append(OrderRestated(now))
    reason = checks.refuse_coming_in(state, market, order, now)
    if reason:
        return _ended(state, order.now, reason)
    taker = placing.Taker(state, market, now, order.fee_accrued)
    if terms.ord_type is _LEFT_OVER:
        taker.rests_at = left_over_px_ticks(market, terms.side, terms.price_ticks)
    return [*events, *placing.enter(taker)]


def _ended(state: State, now: OrderReport, reason: RejectReason) -> list[Event]:
    return [OrderCanceled(not_let_in(now, state.ts_ns, reason))]
