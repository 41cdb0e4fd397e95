"""Placing: new orders and replacements, from the ladder of checks to what happens at the book."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from countermand.core import checks, fees, pictures, sizing, slots, terms
from countermand.core.canceling import cancel_rejected
from countermand.core.exposure import Priced, affordable, left_over_px_ticks, market_bound
from countermand.core.ledger import order_hold
from countermand.core.matching import Incoming, Step, StepKind, plan
from countermand.core.order import Order
from countermand.core.state import Market, State
from countermand.vocabulary.commands import NewOrder, RecordRejected, ReplaceOrder
from countermand.vocabulary.events import (
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderRejected,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    Traded,
)
from countermand.vocabulary.ids import AccountId, OrderId, match_id
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    ExecType,
    OrderTerms,
    OrdStatus,
    OrdType,
    ReplacePolicy,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import OrderReport


class Taker(Struct, gc=False):
    """
    An order on its way through the book: new, or coming in anew. It is what it has become so far.

    Units: `fee_accrued` as in `Order`; `first_index` is how many matches its entry made before;
    `gone_id` is the order whose slot it took over, or 0.
    """

    seq: int
    ts_ns: int
    now: OrderReport
    fee_accrued: int = 0
    first_index: int = 0
    gone_id: int = 0
    rests_at_best: bool = False


def new_order(state: State, seq: int, ts_ns: int, command: NewOrder) -> list[Event]:
    """Accept a new order and match it, or refuse it; its id is `seq`."""
    return place(state, seq, ts_ns, command, OrderId(seq))


def record_rejected(state: State, seq: int, ts_ns: int, command: RecordRejected) -> list[Event]:
    """Remember an order that its venue refused."""
    account_id = command.account_id
    if account_id not in state.accounts or account_id < 0:
        return [OrderRejected(account_id, "", RejectReason.UNKNOWN_ACCOUNT)]
    order = NewOrder(account_id, command.instrument_id, "", command.terms, keep_rejected=True)
    return [_rejected(state, (OrderId(seq), ts_ns), order, command.reason)]


def place(state: State, seq: int, ts_ns: int, command: NewOrder, order_id: OrderId) -> list[Event]:
    """Accept an order under an id and match it, or refuse it."""
    reason = checks.refuse_order(state, ts_ns, command)
    if reason is not None:
        return [_rejected(state, (order_id, ts_ns), command, reason)]
    account, market = state.accounts[command.account_id], state.markets[command.instrument_id]
    in_force = _in_force(state, market, command)
    now = OrderReport(
        order_id,
        command.account_id,
        command.instrument_id,
        command.cl_ord_id,
        in_force,
        Standing.PENDING,
        leaves_qty_lots=in_force.order_qty_lots,
        hold_minor=order_hold(
            market.instrument, in_force.side, in_force.price_ticks, in_force.order_qty_lots
        ),
        submit_ns=ts_ns,
        transact_ns=ts_ns,
    )
    taken = list(slots.takeover(account, market.instrument, in_force, order_id, ts_ns))
    gone_id = next((e.order.order_id for e in taken if isinstance(e, OrderCanceled)), 0)
    if not taken and _rests_at_once(market, in_force):
        return [OrderAccepted(pictures.rested(now))]
    at_best = in_force.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    taker = Taker(seq, ts_ns, now, gone_id=gone_id, rests_at_best=at_best)
    return [OrderAccepted(now), *taken, *_enter(state, market, taker)]


def _in_force(state: State, market: Market, command: NewOrder) -> OrderTerms:
    asked = command.terms
    exec_inst = asked.exec_inst
    if state.accounts[command.account_id].reduce_only:
        # What an account may only do, its orders carry, so that they lose their cover together.
        exec_inst |= int(ExecInst.REDUCE_ONLY)
    return replace(
        asked,
        order_qty_lots=sizing.order_qty_lots(market, command),
        price_ticks=asked.price_ticks or market_bound(market, asked.side),
        exec_inst=exec_inst,
    )


def _rests_at_once(market: Market, asked: OrderTerms) -> bool:
    if asked.ord_type is not OrdType.LIMIT or asked.is_immediate:
        return False
    return not market.book.crosses(asked.side, asked.price_ticks)


def _rejected(
    state: State, named: tuple[OrderId, int], command: NewOrder, reason: RejectReason
) -> OrderRejected:
    account_id, cl_ord_id = command.account_id, command.cl_ord_id
    if not command.keep_rejected or account_id not in state.accounts or account_id < 0:
        return OrderRejected(account_id, cl_ord_id, reason)
    order_id, ts_ns = named
    kept = OrderReport(
        order_id,
        account_id,
        command.instrument_id,
        cl_ord_id,
        # As asked for: what the market would have made of it is not known.
        command.terms,
        Standing.CLOSED,
        ord_status=OrdStatus.REJECTED,
        exec_type=ExecType.REJECTED,
        submit_ns=ts_ns,
        transact_ns=ts_ns,
        reject_reason=reason,
    )
    return OrderRejected(account_id, cl_ord_id, reason, kept)


def replace_order(state: State, seq: int, ts_ns: int, command: ReplaceOrder) -> list[Event]:
    """
    Give an open order new terms, or refuse; only less quantity at the same price keeps its place.
    """
    account = state.accounts.get(command.account_id)
    order = account and state.find_order(
        account, command.order_id, command.cl_ord_id, command.instrument_id
    )
    response_to, asked = CxlRejResponseTo.REPLACE, (command.account_id, command.cl_ord_id)
    if not account or not order or not order.now.is_open:
        return [cancel_rejected(response_to, order or None, asked)]
    now, market = order.now, state.markets[order.now.instrument_id]
    new, cl_ord_id = terms.replaced(order, command), command.new_cl_ord_id or now.cl_ord_id
    ends = command.policy is ReplacePolicy.CANCEL_EXECUTED
    if ends and new.order_qty_lots <= now.cum_qty_lots:
        return [OrderCanceled(pictures.canceled(now, ts_ns, CancelReason.REQUESTED))]
    reason = checks.refuse_replace(account, market, order, (cl_ord_id, new), ts_ns)
    if reason is not None:
        return [cancel_rejected(response_to, order, asked, reason)]
    after = pictures.replaced(now, market.instrument, new, ts_ns, order.fee_accrued)
    if terms.keeps_priority(now.terms, new):
        return [OrderReplaced(replace(after, cl_ord_id=cl_ord_id), keeps_priority=True)]
    after = replace(after, cl_ord_id=cl_ord_id, standing=Standing.PENDING)
    taker = Taker(seq, ts_ns, after, order.fee_accrued)
    return [OrderReplaced(after, keeps_priority=False), *_enter(state, market, taker)]


def fill_whole(state: State, order: Order, first_index: int) -> list[Event]:
    """
    Return the trades of a resting order that trades whole or not at all, if it can be filled now.

    `first_index` is how many matches the entry has made before.
    """
    now = order.now
    market, account = state.markets[now.instrument_id], state.accounts[now.account_id]
    # What rests does not hold what coming in is charged, nor a sell all that it may trade at.
    priced = Priced(now.terms.side, now.terms.price_ticks, now.leaves_qty_lots)
    if not affordable(account, market, priced, replaced=order):
        return []
    planned = plan(market.book, _incoming(now), _net_of(state, market))
    if planned.traded_lots < now.leaves_qty_lots:
        return []
    taker = Taker(state.seq, state.ts_ns, now, order.fee_accrued, first_index)
    return [
        _happened(market.instrument, taker, index, step) for index, step in enumerate(planned.steps)
    ]


def _incoming(now: OrderReport) -> Incoming:
    asked = now.terms
    return Incoming(now.account_id, asked.side, asked.price_ticks, now.leaves_qty_lots, asked.stp)


def _enter(state: State, market: Market, taker: Taker) -> Iterator[Event]:
    # What happens to an order from when it reaches the book until it rests or ends.
    asked, instrument = taker.now.terms, market.instrument
    best_px_ticks = 0
    if taker.rests_at_best:
        best_px_ticks = left_over_px_ticks(market, asked.side, asked.price_ticks)
    if not market.book.crosses(asked.side, asked.price_ticks):
        yield from _remainder(taker, instrument, best_px_ticks)
        return
    planned = plan(market.book, _incoming(taker.now), _net_of(state, market), taker.gone_id)
    whole = terms.is_whole(asked) or asked.time_in_force is TimeInForce.FOK
    if whole and planned.traded_lots < taker.now.leaves_qty_lots:
        yield from _remainder(taker, instrument, best_px_ticks)
        return
    for index, step in enumerate(planned.steps):
        yield _happened(instrument, taker, index, step)
        if step.kind is StepKind.PULL and step.qty_lots:
            # At once, so that what trades after it trades off the smaller quantity.
            qty_lots = taker.now.terms.order_qty_lots - step.qty_lots
            yield _restated(taker, instrument, qty_lots, 0)
    if planned.stopped:
        reason = CancelReason.SELF_TRADE_PREVENTION
        yield OrderCanceled(pictures.canceled(taker.now, taker.ts_ns, reason))
    elif planned.leaves_qty_lots:
        yield from _remainder(taker, instrument, best_px_ticks)


def _net_of(state: State, market: Market) -> Callable[[AccountId], int] | None:
    instrument = market.instrument
    if not instrument.has_positions:
        return None
    return lambda account_id: state.accounts[account_id].net_lots(instrument.instrument_id)


def _happened(instrument: Instrument, taker: Taker, index: int, step: Step) -> Event:
    maker, ts_ns = step.maker, taker.ts_ns
    if step.kind is StepKind.PULL:
        return OrderCanceled(pictures.canceled(maker.now, ts_ns, step.reason))
    if step.kind is StepKind.RESTATE:
        left = replace(
            maker.now.terms, order_qty_lots=maker.now.terms.order_qty_lots - step.qty_lots
        )
        return OrderRestated(
            pictures.restated(maker.now, instrument, left, ts_ns, maker.fee_accrued)
        )
    return _traded(instrument, taker, index, step)


def _traded(instrument: Instrument, taker: Taker, index: int, step: Step) -> Traded:
    maker, qty_lots = step.maker, step.qty_lots
    price_ticks = maker.now.terms.price_ticks
    match = (price_ticks, qty_lots)
    maker_fee, maker_accrued = fees.charge(
        instrument, maker.now, instrument.maker_fee_ppb, match, maker.fee_accrued
    )
    taker_fee, taker.fee_accrued = fees.charge(
        instrument, taker.now, instrument.taker_fee_ppb, match, taker.fee_accrued
    )
    ts_ns = taker.ts_ns
    made = pictures.traded(maker.now, instrument, (*match, maker_fee), ts_ns, maker_accrued)
    taker.now = pictures.traded(
        taker.now, instrument, (*match, taker_fee), ts_ns, taker.fee_accrued
    )
    return Traded(
        match_id(taker.seq, taker.first_index + index),
        made,
        taker.now,
        price_ticks,
        qty_lots,
        maker_fee_minor=maker_fee,
        taker_fee_minor=taker_fee,
    )


def _restated(taker: Taker, instrument: Instrument, qty_lots: int, price_ticks: int) -> Event:
    asked = taker.now.terms
    changed = replace(asked, order_qty_lots=qty_lots, price_ticks=price_ticks or asked.price_ticks)
    taker.now = pictures.restated(taker.now, instrument, changed, taker.ts_ns, taker.fee_accrued)
    return OrderRestated(taker.now)


def _remainder(taker: Taker, instrument: Instrument, best_px_ticks: int) -> Iterator[Event]:
    # What becomes of quantity that found nothing more to trade with.
    asked = taker.now.terms
    if asked.time_in_force is TimeInForce.IOC:
        reason = CancelReason.IOC_REMAINDER
        yield OrderCanceled(pictures.canceled(taker.now, taker.ts_ns, reason))
    elif asked.time_in_force is TimeInForce.FOK:
        reason = CancelReason.FOK_NOT_FILLED
        yield OrderCanceled(pictures.canceled(taker.now, taker.ts_ns, reason))
    else:
        if taker.rests_at_best:
            yield _restated(taker, instrument, asked.order_qty_lots, best_px_ticks)
        yield OrderRested(pictures.rested(taker.now))
