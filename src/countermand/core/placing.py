"""Placing: new orders and replacements, from the ladder of checks to what happens at the book."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from countermand.core import checks
from countermand.core.canceling import cancel_rejected
from countermand.core.commands import NewOrder, ReplaceOrder
from countermand.core.events import (
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderRejected,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    Traded,
)
from countermand.core.ids import AccountId, OrderId, match_id
from countermand.core.matching import Incoming, Plan, Step, StepKind, plan
from countermand.core.order import ExecInst, TimeInForce
from countermand.core.reasons import CancelReason, CxlRejResponseTo
from countermand.core.state import Market, State
from countermand.core.units import truncate_ppb


class Arrival(Struct, frozen=True, gc=False):
    """An order on its way to the book: new, or replaced and coming in anew."""

    seq: int
    order_id: OrderId
    incoming: Incoming
    time_in_force: TimeInForce
    order_qty_lots: int


def new_order(state: State, seq: int, ts_ns: int, command: NewOrder) -> list[Event]:
    """Accept a new order and match it, or refuse it."""
    reason = checks.refuse_order(state, ts_ns, command)
    if reason is not None:
        return [OrderRejected(command.account_id, command.cl_ord_id, reason)]
    market = state.markets[command.instrument_id]
    price_ticks = command.price_ticks or checks.market_bound(market, command.side)
    exec_inst = command.exec_inst
    if state.accounts[command.account_id].reduce_only:
        # What an account may only do, its orders carry, so that they lose their cover together.
        exec_inst |= ExecInst.REDUCE_ONLY
    qty_lots = command.order_qty_lots
    accepted = OrderAccepted(
        OrderId(seq),
        command.account_id,
        command.instrument_id,
        command.cl_ord_id,
        command.side,
        command.ord_type,
        command.time_in_force,
        int(exec_inst),
        command.stp,
        price_ticks,
        qty_lots,
        command.expire_ns,
    )
    incoming = Incoming(command.account_id, command.side, price_ticks, qty_lots, command.stp)
    arrival = Arrival(seq, accepted.order_id, incoming, command.time_in_force, qty_lots)
    return [accepted, *_enter(state, market, arrival)]


def replace_order(state: State, seq: int, ts_ns: int, command: ReplaceOrder) -> list[Event]:
    """
    Give an open order new terms, or refuse; only less quantity at the same price keeps its place.
    """
    account = state.accounts.get(command.account_id)
    order = account and state.find_order(
        account, command.order_id, command.cl_ord_id, command.instrument_id
    )
    if not account or not order or not order.is_open:
        return [cancel_rejected(CxlRejResponseTo.REPLACE, order or None, command.cl_ord_id)]
    market = state.markets[order.instrument_id]
    price_ticks = command.price_ticks or order.price_ticks
    qty_lots = command.order_qty_lots or order.order_qty_lots
    reason = checks.refuse_replace(account, market, order, command, price_ticks, qty_lots)
    if reason is not None:
        return [cancel_rejected(CxlRejResponseTo.REPLACE, order, command.cl_ord_id, reason)]
    keeps = price_ticks == order.price_ticks and qty_lots <= order.order_qty_lots
    cl_ord_id = command.new_cl_ord_id or order.cl_ord_id
    replaced = OrderReplaced(order.order_id, cl_ord_id, price_ticks, qty_lots, keeps)
    if keeps:
        return [replaced]
    leaves = qty_lots - order.cum_qty_lots
    incoming = Incoming(order.account_id, order.side, price_ticks, leaves, order.stp)
    arrival = Arrival(seq, order.order_id, incoming, order.time_in_force, qty_lots)
    return [replaced, *_enter(state, market, arrival)]


def _enter(state: State, market: Market, arrival: Arrival) -> Iterator[Event]:
    # What happens to an order from when it reaches the book until it rests or ends.
    incoming, order_id = arrival.incoming, arrival.order_id
    if not market.book.crosses(incoming.side, incoming.price_ticks):
        yield _settled(order_id, arrival.time_in_force)
        return
    planned = plan(market.book, incoming, _net_of(state, market))
    fok = arrival.time_in_force is TimeInForce.FOK
    if fok and planned.traded_lots < incoming.qty_lots:
        yield OrderCanceled(order_id, CancelReason.FOK_NOT_FILLED)
        return
    qty_lots = arrival.order_qty_lots
    for index, step in enumerate(planned.steps):
        yield _happened(market, arrival, index, step)
        if step.kind is StepKind.PULL and step.qty_lots:
            # At once, so that what trades after it trades off the smaller quantity.
            qty_lots -= step.qty_lots
            yield OrderRestated(order_id, qty_lots)
    yield from _ending(arrival, planned)


def _net_of(state: State, market: Market) -> Callable[[AccountId], int] | None:
    instrument = market.instrument
    if not instrument.is_perpetual:
        return None
    return lambda account_id: state.accounts[account_id].net_lots(instrument.instrument_id)


def _happened(market: Market, arrival: Arrival, index: int, step: Step) -> Event:
    instrument, maker = market.instrument, step.maker
    if step.kind is StepKind.PULL:
        return OrderCanceled(maker.order_id, step.reason)
    if step.kind is StepKind.RESTATE:
        return OrderRestated(maker.order_id, maker.order_qty_lots - step.qty_lots)
    notional = instrument.notional_of(maker.price_ticks, step.qty_lots)
    return Traded(
        match_id(arrival.seq, index),
        instrument.instrument_id,
        maker.order_id,
        arrival.order_id,
        maker.price_ticks,
        step.qty_lots,
        truncate_ppb(notional, instrument.maker_fee_ppb),
        truncate_ppb(notional, instrument.taker_fee_ppb),
    )


def _ending(arrival: Arrival, planned: Plan) -> Iterator[Event]:
    if planned.stopped:
        yield OrderCanceled(arrival.order_id, CancelReason.SELF_TRADE_PREVENTION)
    elif planned.leaves_qty_lots:
        yield _settled(arrival.order_id, arrival.time_in_force)


def _settled(order_id: OrderId, time_in_force: TimeInForce) -> Event:
    if time_in_force is TimeInForce.IOC:
        return OrderCanceled(order_id, CancelReason.IOC_REMAINDER)
    if time_in_force is TimeInForce.FOK:
        return OrderCanceled(order_id, CancelReason.FOK_NOT_FILLED)
    return OrderRested(order_id)
