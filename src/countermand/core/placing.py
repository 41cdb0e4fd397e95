"""Placing: how a new order is accepted: at rest, on its way, asleep or pending; or rejected."""

from msgspec.structs import replace

from countermand.core import pictures, slots, triggers, waiting
from countermand.core.admitting import Admitted, admit
from countermand.core.decision import Decision
from countermand.core.exposure import left_over_px_ticks
from countermand.core.ledger import order_hold
from countermand.core.state import State
from countermand.core.taker import Taker, enter, rested
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.events import (
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderRejected,
    OrderTriggered,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    Pending,
    Standing,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport

# Enum members looked up once: these lines run on every order.
_PENDING, _RESTING = Standing.PENDING, Standing.RESTING
_NEW, _EXEC_NEW = OrdStatus.NEW, ExecType.NEW
_LEFT_OVER = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT


def new_order(state: State, seq: int, ts_ns: int, command: NewOrder) -> Decision:
    """Accept a new order and match it, or refuse it; its id is `seq`."""
    if command.delay_ns is None and not state.delays:
        return place(state, (seq, ts_ns), command, OrderId(seq))
    return place(state, (seq, ts_ns), command, OrderId(seq), delay_ns(state, command))


def delay_ns(state: State, command: NewOrder) -> int:
    """Return how long an order takes to come to the book: as it says itself, or as its venue."""
    if command.delay_ns is not None:
        return max(0, command.delay_ns)
    account = state.accounts.get(command.account_id)
    delays = state.delays.get(account.venue) if account else None
    return delays.new_ns if delays else 0


def record_rejected(state: State, seq: int, ts_ns: int, command: RecordRejected) -> Decision:
    """Remember an order that its venue refused."""
    account_id = command.account_id
    if account_id not in state.accounts or account_id < 0:
        return Decision([OrderRejected(account_id, "", RejectReason.UNKNOWN_ACCOUNT)])
    order = NewOrder(account_id, command.instrument_id, "", command.terms, keep_rejected=True)
    return _rejected(state, (OrderId(seq), ts_ns), order, command.reason)


def place(
    state: State,
    entry: tuple[int, int],
    command: NewOrder,
    order_id: OrderId,
    delay_ns: int = 0,
) -> Decision:
    """
    Accept an order under an id and match it, or refuse it. Units: entry's number and time.

    With a delay it is accepted as pending new, and nothing else happens to it yet.
    """
    seq, ts_ns = entry
    admitted = admit(state, ts_ns, command)
    if isinstance(admitted, RejectReason):
        return _rejected(state, (order_id, ts_ns), command, admitted)
    market, terms = admitted.market, admitted.terms
    side, price_ticks, qty_lots = terms.side, terms.price_ticks, terms.order_qty_lots
    rests = admitted.is_plain and not waiting.reaches(market, side, price_ticks)
    accepted = OrderReport(
        order_id,
        command.account_id,
        command.instrument_id,
        command.cl_ord_id,
        terms,
        _RESTING if rests else _PENDING,
        ord_status=_NEW,
        exec_type=_EXEC_NEW,
        leaves_qty_lots=qty_lots,
        hold_minor=order_hold(market.instrument, side, price_ticks, qty_lots),
        submit_ns=ts_ns,
        transact_ns=ts_ns,
    )
    if delay_ns:
        return Decision(_pending(admitted, accepted, delay_ns), (order_id,))
    if rests:
        return Decision([OrderAccepted(accepted)], (order_id,))
    return Decision(_not_at_rest(state, seq, admitted, accepted), (order_id,))


def _not_at_rest(state: State, seq: int, admitted: Admitted, now: OrderReport) -> list[Event]:
    if now.terms.trigger or now.terms.schedule:
        return _asleep(admitted, now)
    taker = Taker(state, admitted.market, now, 0, seq, now.submit_ns)
    if admitted.is_plain:
        return [OrderAccepted(now), *enter(taker)]
    return _accept(taker, admitted)


def _pending(admitted: Admitted, now: OrderReport, delay_ns: int) -> list[Event]:
    taken = replace(
        now,
        standing=_PENDING,
        pending=Pending.NEW,
        exec_type=ExecType.PENDING_NEW,
        due_ns=now.submit_ns + delay_ns,
    )
    instrument = admitted.market.instrument
    return [OrderAccepted(taken), *slots.takeover(admitted.account, instrument, taken)]


def _asleep(admitted: Admitted, now: OrderReport) -> list[Event]:
    # Until its trigger is met, which it may be already.
    market = admitted.market
    due_ns = now.submit_ns if now.terms.schedule else 0
    sleeps = replace(now, standing=Standing.ARMED, due_ns=due_ns)
    events: list[Event] = [OrderAccepted(sleeps)]
    events += slots.takeover(admitted.account, market.instrument, now)
    trigger = now.terms.trigger
    if trigger and triggers.is_met(trigger, market.prices.basis_ticks):
        woken = pictures.released(sleeps, _PENDING, ExecType.TRIGGERED, now.submit_ns)
        events.append(OrderTriggered(woken))
    return events


def _accept(taker: Taker, admitted: Admitted) -> list[Event]:
    # An order that may want more than to stand where it can.
    now, market = taker.now, taker.market
    if now.terms.ord_type is _LEFT_OVER:
        bound = (now.terms.side, now.terms.price_ticks)
        taker.rests_at = left_over_px_ticks(market, *bound)
    events: list[Event] = [OrderAccepted(now)]
    if now.terms.slot is None:
        if waiting.reaches(market, now.terms.side, now.terms.price_ticks):
            return [*events, *enter(taker)]
        if now.terms.ord_type is OrdType.LIMIT and not now.terms.is_immediate:
            return [OrderAccepted(rested(now))]
        return [*events, *enter(taker)]
    events += slots.takeover(admitted.account, market.instrument, now)
    gone = [event.order.order_id for event in events if type(event) is OrderCanceled]
    makers = waiting.makers(market, now.terms.side, now.terms.price_ticks)
    # What the slot has been taken from stands there still, and will be gone by then.
    return [*events, *enter(taker, slots.without(gone, makers))]


def _rejected(
    state: State, named: tuple[OrderId, int], command: NewOrder, reason: RejectReason
) -> Decision:
    account_id, cl_ord_id = command.account_id, command.cl_ord_id
    if not command.keep_rejected or account_id not in state.accounts or account_id < 0:
        return Decision([OrderRejected(account_id, cl_ord_id, reason)])
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
    return Decision([OrderRejected(account_id, cl_ord_id, reason, kept)], (order_id,))
