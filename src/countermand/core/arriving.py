"""
Arriving: orders that were taken earlier and come to the book from where they stood.

An order is let go first: it leaves where it stood, holds what it needs, and either sleeps until its
trigger is met or is on its way (`State.arriving`). Those on their way come in one after the other,
when all else that the moment brought about has happened. What would keep a new order from the book
ends one that arrives.
"""

from msgspec.structs import replace

from countermand.core import checks, lists, triggers, waiting
from countermand.core.exposure import (
    Priced,
    affordable,
    covers,
    left_over_px_ticks,
    market_bound,
    over_position_limit,
    refuse_effect,
)
from countermand.core.ledger import counted
from countermand.core.order import Order
from countermand.core.pictures import held, not_let_in, released, restated
from countermand.core.state import Account, Market, State
from countermand.core.taker import Taker, enter
from countermand.vocabulary.events import (
    Event,
    OrderCanceled,
    OrderReleased,
    OrderRestated,
    OrderTriggered,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecInst, ExecType, OrderTerms, OrdType, Standing
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport

_LEFT_OVER, _LIMIT = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, OrdType.LIMIT
_ARMED, _PENDING = Standing.ARMED, Standing.PENDING
_POST_ONLY, _REDUCE_ONLY = int(ExecInst.POST_ONLY), int(ExecInst.REDUCE_ONLY)


def let_go(state: State, order: Order, qty_lots: int = 0) -> list[Event]:
    """
    Return what happens to an order that was pending new when its time has come, and to one that was
    held back when its list lets it in, or lets it grow: for `qty_lots`, 0 for what it is.
    """
    market, terms = state.markets[order.now.instrument_id], order.now.terms
    now = order.now
    if now.terms.link is not None:
        let_in = _let_in_terms(market, now, qty_lots)
        if let_in is None:
            return _ended(state, now, RejectReason.INVALID_TRIGGER)
        terms = let_in
    sleeps = (terms.trigger and not _has_woken(now)) or terms.schedule
    now = released(now, _ARMED if sleeps else _PENDING, ExecType.NEW, state.ts_ns)
    if terms.schedule:
        now = replace(now, due_ns=state.ts_ns)
    if terms.link is not None:
        leaves = terms.order_qty_lots - now.cum_qty_lots
        share = lists.shared(state, market.instrument, now)
        now = replace(now, terms=terms, leaves_qty_lots=leaves, shared=share)
        needs = held(market.instrument, now, terms, leaves, order.fee_accrued)
        now = replace(now, hold_minor=needs)
    reason = _refuse(state, market, order, now)
    if reason:
        return [OrderCanceled(not_let_in(order.now, state.ts_ns, reason))]
    # One that has woken before only comes in anew.
    met = met_already(state, market, now) if sleeps else []
    return [OrderReleased(now), *met]


def _has_woken(now: OrderReport) -> bool:
    return now.standing not in (_ARMED, Standing.HELD) and not now.due_ns


def _let_in_terms(market: Market, now: OrderReport, qty_lots: int) -> OrderTerms | None:
    # With the quantity its list gives it, and with what its trigger and the market say by now.
    terms = now.terms
    if qty_lots:
        terms = replace(terms, order_qty_lots=qty_lots)
    if now.standing is not Standing.HELD:
        return terms
    if terms.trigger:
        return triggers.placed(market.prices, checks.priced(terms))
    if terms.ord_type is not _LIMIT and terms.link and terms.link.is_child:
        # At the market as it is when it comes in.
        return replace(terms, price_ticks=0)
    return terms


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
    if terms.ord_type is not _LIMIT and (terms.trigger or not terms.price_ticks):
        # At the market as it is by now, and not as it was to be expected.
        bound = replace(terms, price_ticks=market_bound(market, terms.side))
        if not bound.price_ticks:
            return _ended(state, now, RejectReason.NO_LIQUIDITY)
        now = restated(now, market.instrument, bound, order.fee_accrued, state.ts_ns)
        events.append(OrderRestated(now))
    reason = _refuse(state, market, order, now)
    if reason:
        return _ended(state, order.now, reason)
    taker = Taker(state, market, now, order.fee_accrued)
    if terms.ord_type is _LEFT_OVER:
        taker.rests_at = left_over_px_ticks(market, terms.side, now.terms.price_ticks)
    return [*events, *enter(taker)]


def _refuse(state: State, market: Market, order: Order, now: OrderReport) -> RejectReason | None:
    # Why an order that was taken earlier may not come to the book as `now`.
    terms, account = now.terms, state.accounts[now.account_id]
    side, price_ticks, leaves = terms.side, terms.price_ticks, now.leaves_qty_lots
    enters = now.standing is not _ARMED
    if enters and (reason := checks.refuse_in_state(market.instrument.trading_state, terms)):
        return reason
    stands_at_best = enters and terms.ord_type is _LEFT_OVER and price_ticks
    if stands_at_best and not waiting.reaches(market, side, price_ticks):
        return RejectReason.NO_LIQUIDITY
    if terms.exec_inst & _REDUCE_ONLY and not covers(account, market.instrument, side, leaves):
        return RejectReason.NOT_REDUCING
    if terms.link is not None and (reason := _refuse_growth(account, market, order.now, now)):
        return reason
    is_passive = enters and terms.exec_inst & _POST_ONLY
    if is_passive and checks.crosses(market, side, price_ticks, leaves):
        return RejectReason.POST_ONLY_WOULD_CROSS
    wanted = Priced(side, price_ticks, leaves, shared=now.shared)
    if not affordable(state, account, market, wanted, order):
        return RejectReason.INSUFFICIENT_FUNDS
    return checks.refuse_meeting(account, market, terms) if enters else None


def _refuse_growth(
    account: Account, market: Market, before: OrderReport, now: OrderReport
) -> RejectReason | None:
    # What comes to be on order by a list's letting it in.
    instrument, side = market.instrument, now.terms.side
    more_lots = counted(instrument, now)[0] - counted(instrument, before)[0]
    if more_lots <= 0:
        return None
    if reason := refuse_effect(account, instrument, now.terms, more_lots):
        return reason
    over = over_position_limit(account, instrument, side, more_lots)
    return RejectReason.POSITION_LIMIT if over else None


def _ended(state: State, now: OrderReport, reason: RejectReason) -> list[Event]:
    return [OrderCanceled(not_let_in(now, state.ts_ns, reason))]
