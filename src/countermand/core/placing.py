"""Placing: new orders and replacements, from the ladder of checks to what happens at the book."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from countermand.core import checks, fees, sizing, slots, terms
from countermand.core.canceling import cancel_rejected
from countermand.core.exposure import affordable, left_over_px_ticks, market_bound
from countermand.core.matching import Incoming, Step, StepKind, plan
from countermand.core.state import Market, State
from countermand.vocabulary.commands import NewOrder, ReplaceOrder
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
from countermand.vocabulary.order import ExecInst, Order, OrdType, TimeInForce
from countermand.vocabulary.reasons import CancelReason, CxlRejResponseTo, RejectReason


class Arrival(Struct, frozen=True, gc=False):
    """
    An order on its way to the book: new, or replaced and coming in anew.

    Units: `fee_accrued` and `fee_minor` are what it was charged before, as in `Order`; `gone_id` is
    the order whose slot it took over, or 0.
    """

    seq: int
    order_id: OrderId
    incoming: Incoming
    time_in_force: TimeInForce
    order_qty_lots: int
    rests_at_best: bool = False
    all_or_none: bool = False
    fee_accrued: int = 0
    fee_minor: int = 0
    gone_id: int = 0


def new_order(
    state: State, seq: int, ts_ns: int, command: NewOrder, order_id: OrderId | None = None
) -> list[Event]:
    """Accept a new order and match it, or refuse it; its id is `seq` unless it has one already."""
    order_id = order_id or OrderId(seq)
    reason = checks.refuse_order(state, ts_ns, command)
    if reason is not None:
        return [_rejected(state, order_id, command, reason)]
    market = state.markets[command.instrument_id]
    price_ticks = command.price_ticks or market_bound(market, command.side)
    exec_inst = command.exec_inst
    if state.accounts[command.account_id].reduce_only:
        # What an account may only do, its orders carry, so that they lose their cover together.
        exec_inst |= ExecInst.REDUCE_ONLY
    qty_lots = sizing.order_qty_lots(market, command)
    accepted = _accepted(order_id, command, exec_inst, price_ticks, qty_lots)
    incoming = Incoming(command.account_id, command.side, price_ticks, qty_lots, command.stp)
    at_best = command.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    tif = command.time_in_force
    whole = bool(exec_inst & ExecInst.ALL_OR_NONE)
    account = state.accounts[command.account_id]
    taken = list(slots.takeover(account, market.instrument, command, order_id))
    gone_id = next((event.order_id for event in taken if isinstance(event, OrderCanceled)), 0)
    arrival = Arrival(seq, order_id, incoming, tif, qty_lots, at_best, whole, gone_id=gone_id)
    return [accepted, *taken, *_enter(state, market, arrival)]


def _accepted(
    order_id: OrderId, command: NewOrder, exec_inst: int, price_ticks: int, qty_lots: int
) -> OrderAccepted:
    return OrderAccepted(
        order_id,
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
        command.text,
        command.secondary_cl_ord_id,
        command.cash_qty_minor,
        command.position_effect,
    )


def _rejected(
    state: State, order_id: OrderId, command: NewOrder, reason: RejectReason
) -> OrderRejected:
    kept = None
    if command.keep_rejected and command.account_id in state.accounts and command.account_id > 0:
        # As asked for: what the market would have made of it is not known.
        terms = (command.exec_inst, command.price_ticks, command.order_qty_lots)
        kept = _accepted(order_id, command, *terms)
    return OrderRejected(command.account_id, command.cl_ord_id, reason, kept)


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
    market, new = state.markets[order.instrument_id], terms.replaced(order, command)
    if command.cancel_if_executed and new.order_qty_lots <= order.cum_qty_lots:
        return [OrderCanceled(order.order_id, CancelReason.REQUESTED)]
    reason = checks.refuse_replace(account, market, order, new, ts_ns)
    if reason is not None:
        return [cancel_rejected(CxlRejResponseTo.REPLACE, order, command.cl_ord_id, reason)]
    keeps = terms.keeps_priority(order, new)
    style = (new.time_in_force, new.expire_ns, new.exec_inst, new.text)
    replaced = OrderReplaced(
        order.order_id, new.cl_ord_id, new.price_ticks, new.order_qty_lots, keeps, *style
    )
    if keeps:
        return [replaced]
    return [replaced, *_enter(state, market, _anew(seq, order, new))]


def _anew(seq: int, order: Order, new: terms.Terms) -> Arrival:
    leaves = new.order_qty_lots - order.cum_qty_lots
    return Arrival(
        seq,
        order.order_id,
        Incoming(order.account_id, order.side, new.price_ticks, leaves, order.stp),
        new.time_in_force,
        new.order_qty_lots,
        all_or_none=new.all_or_none,
        fee_accrued=order.fee_accrued,
        fee_minor=order.fee_minor,
    )


def fill_whole(state: State, order: Order, first_index: int) -> list[Event]:
    """
    Return the trades of a resting order that trades whole or not at all, if it can be filled now.

    `first_index` is how many matches the entry has made before.
    """
    market, account = state.markets[order.instrument_id], state.accounts[order.account_id]
    terms_of = (order.side, order.price_ticks, order.leaves_qty_lots)
    # What rests does not hold what coming in is charged, nor a sell all that it may trade at.
    if not affordable(account, market, *terms_of, replaced=order):
        return []
    arrival = _anew(state.seq, order, terms.stated(order))
    planned = plan(market.book, arrival.incoming, _net_of(state, market))
    if planned.traded_lots < arrival.incoming.qty_lots:
        return []
    charges = _Charges(market.instrument, arrival)
    return [
        _happened(charges, arrival, first_index + index, step)
        for index, step in enumerate(planned.steps)
    ]


class _Charges:
    # The fees of one arrival's fills; what it was charged runs along, for sums are what is rounded.

    def __init__(self, instrument: Instrument, arrival: Arrival) -> None:
        self._instrument, self._side = instrument, arrival.incoming.side
        self._accrued, self._charged_minor = arrival.fee_accrued, arrival.fee_minor

    def of_maker(self, maker: Order, qty_lots: int) -> int:
        return fees.fee_minor(
            self._instrument,
            maker.side,
            self._instrument.maker_fee_ppb,
            maker.price_ticks,
            qty_lots,
            maker.fee_accrued,
            maker.fee_minor,
        )

    def of_taker(self, price_ticks: int, qty_lots: int) -> int:
        instrument, side, rate = self._instrument, self._side, self._instrument.taker_fee_ppb
        accrued, charged = self._accrued, self._charged_minor
        fee = fees.fee_minor(instrument, side, rate, price_ticks, qty_lots, accrued, charged)
        if instrument.fee_step_minor:
            self._accrued += fees.accrual(instrument, side, rate, price_ticks, qty_lots)
            self._charged_minor += fee
        return fee


def _enter(state: State, market: Market, arrival: Arrival) -> Iterator[Event]:
    # What happens to an order from when it reaches the book until it rests or ends.
    incoming, order_id = arrival.incoming, arrival.order_id
    best_px_ticks = 0
    if arrival.rests_at_best:
        best_px_ticks = left_over_px_ticks(market, incoming.side, incoming.price_ticks)
    if not market.book.crosses(incoming.side, incoming.price_ticks):
        yield from _settled(arrival, arrival.order_qty_lots, best_px_ticks)
        return
    planned = plan(market.book, incoming, _net_of(state, market), arrival.gone_id)
    whole = arrival.all_or_none or arrival.time_in_force is TimeInForce.FOK
    if whole and planned.traded_lots < incoming.qty_lots:
        yield from _settled(arrival, arrival.order_qty_lots, best_px_ticks)
        return
    qty_lots = arrival.order_qty_lots
    charges = _Charges(market.instrument, arrival)
    for index, step in enumerate(planned.steps):
        yield _happened(charges, arrival, index, step)
        if step.kind is StepKind.PULL and step.qty_lots:
            # At once, so that what trades after it trades off the smaller quantity.
            qty_lots -= step.qty_lots
            yield OrderRestated(order_id, qty_lots)
    if planned.stopped:
        yield OrderCanceled(order_id, CancelReason.SELF_TRADE_PREVENTION)
    elif planned.leaves_qty_lots:
        yield from _settled(arrival, qty_lots, best_px_ticks)


def _net_of(state: State, market: Market) -> Callable[[AccountId], int] | None:
    instrument = market.instrument
    if not instrument.has_positions:
        return None
    return lambda account_id: state.accounts[account_id].net_lots(instrument.instrument_id)


def _happened(charges: _Charges, arrival: Arrival, index: int, step: Step) -> Event:
    maker = step.maker
    if step.kind is StepKind.PULL:
        return OrderCanceled(maker.order_id, step.reason)
    if step.kind is StepKind.RESTATE:
        return OrderRestated(maker.order_id, maker.order_qty_lots - step.qty_lots)
    return Traded(
        match_id(arrival.seq, index),
        maker.instrument_id,
        maker.order_id,
        arrival.order_id,
        maker.price_ticks,
        step.qty_lots,
        charges.of_maker(maker, step.qty_lots),
        charges.of_taker(maker.price_ticks, step.qty_lots),
    )


def _settled(arrival: Arrival, qty_lots: int, best_px_ticks: int) -> Iterator[Event]:
    # What becomes of quantity that found nothing more to trade with.
    if arrival.time_in_force is TimeInForce.IOC:
        yield OrderCanceled(arrival.order_id, CancelReason.IOC_REMAINDER)
    elif arrival.time_in_force is TimeInForce.FOK:
        yield OrderCanceled(arrival.order_id, CancelReason.FOK_NOT_FILLED)
    else:
        if arrival.rests_at_best:
            yield OrderRestated(arrival.order_id, qty_lots, best_px_ticks)
        yield OrderRested(arrival.order_id)
