"""Canceling: taking orders out, one or many."""

from countermand.core.decision import Decision
from countermand.core.order import Order
from countermand.core.pending import delays_of, postponed
from countermand.core.pictures import canceled
from countermand.core.state import Account, State
from countermand.vocabulary.commands import (
    AdvanceTime,
    CancelOnDisconnect,
    CancelOrder,
    MassCancel,
    SetDeadMan,
    SetKill,
)
from countermand.vocabulary.events import (
    CancelRejected,
    DeadManFired,
    DeadManSet,
    Event,
    InstructionRejected,
    KillSet,
    MassCanceled,
    OrderCanceled,
    TimeAdvanced,
)
from countermand.vocabulary.ids import NO_INSTRUMENT, AccountId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import CancelOnly, Pending, Side, Standing
from countermand.vocabulary.reasons import (
    CancelReason,
    CxlRejReason,
    CxlRejResponseTo,
    RejectReason,
)
from countermand.vocabulary.reports import ClosedOrder, OrderReport

_CLOSED = Standing.CLOSED
_ASLEEP = (Standing.ARMED, Standing.HELD)
_UNMET, _UNKNOWN = RejectReason.CONDITION_NOT_MET, RejectReason.UNKNOWN_ACCOUNT
_PENDING_CANCEL, _TWICE = Pending.CANCEL, CxlRejReason.ALREADY_PENDING


def cancel_order(state: State, seq: int, ts_ns: int, command: CancelOrder) -> Decision:
    """Cancel one order in any state of its market; refuse an unknown or a closed one."""
    account_id = command.account_id
    order = state.orders.get(command.order_id)
    # Mostly an order is named by its id; any other name is looked up.
    if order is None or order.now.account_id != account_id or command.instrument_id:
        found = _find(state, command)
        if not isinstance(found, Order):
            return _refused(command, found)
        order = found
    now = order.now
    if now.standing is _CLOSED:
        return _refused(command, order)
    if command.delay_ns is not None or command.only or state.delays:
        return _cancel_if(state, (seq, ts_ns), command, order)
    return Decision([OrderCanceled(canceled(now, ts_ns, command.reason))], (now.order_id,))


def _cancel_if(
    state: State, entry: tuple[int, int], command: CancelOrder, order: Order
) -> Decision:
    # A cancel that is only meant for some orders, or takes time.
    now, ts_ns = order.now, entry[1]
    if command.only and not _is_so(now, command.only):
        asked = (command.account_id, "")
        return Decision([cancel_rejected(CxlRejResponseTo.CANCEL, order, asked, _UNMET)])
    delay_ns = _delay_ns(state, command)
    if not delay_ns:
        return Decision([OrderCanceled(canceled(now, ts_ns, command.reason))], (now.order_id,))
    if now.pending is _PENDING_CANCEL:
        return _refused(command, order, _TWICE)
    how = (0, command.reason, command.only)
    named = CancelOrder(command.account_id, now.order_id, "", NO_INSTRUMENT, "", *how)
    return postponed(entry, delay_ns, named, [now])


def _refused(
    command: CancelOrder,
    order: Order | ClosedOrder | None,
    reason: CxlRejReason = CxlRejReason.TOO_LATE_TO_CANCEL,
) -> Decision:
    asked = (command.account_id, command.cl_ord_id)
    refusal = cancel_rejected(CxlRejResponseTo.CANCEL, order, asked, cxl_rej_reason=reason)
    return Decision([refusal])


def _is_so(now: OrderReport, only: CancelOnly) -> bool:
    return (now.cum_qty_lots > 0) is (only is CancelOnly.PARTIALLY_FILLED)


def _delay_ns(state: State, command: CancelOrder | MassCancel) -> int:
    if command.delay_ns is not None:
        return max(0, command.delay_ns)
    return delays_of(state, command.account_id).cancel_ns


def _find(state: State, command: CancelOrder) -> Order | ClosedOrder | None:
    account = state.accounts.get(command.account_id)
    if account is None:
        return None
    return state.find_order(
        account,
        command.order_id,
        command.cl_ord_id,
        command.instrument_id,
        command.secondary_cl_ord_id,
    )


def mass_cancel(state: State, seq: int, ts_ns: int, command: MassCancel) -> Decision:
    """Cancel every open order that matches, in ascending order id."""
    if command.account_id:
        account = state.accounts.get(command.account_id)
        orders = list(account.open_orders.values()) if account else []
    else:
        orders = [order for a in state.accounts.values() for order in a.open_orders.values()]
    instruments, side = command.instrument_ids, command.side
    bare = not (command.price_ticks_min or command.price_ticks_max or command.list_id)
    order_ids = None if command.order_ids is None else frozenset(command.order_ids)
    chosen = sorted(
        (
            order.now
            for order in orders
            if (side is None or order.now.terms.side is side)
            and (instruments is None or order.now.instrument_id in instruments)
            and (order_ids is None or order.now.order_id in order_ids)
            and (bare or _lies_within(order.now, command))
        ),
        key=_order_id,
    )
    if chosen and (command.delay_ns is not None or state.delays):
        delay_ns = _delay_ns(state, command)
        if delay_ns:
            return _cancel_later(command.account_id, (seq, ts_ns), delay_ns, chosen)
    reason = CancelReason.MASS_CANCEL
    events: list[Event] = [OrderCanceled(canceled(now, ts_ns, reason)) for now in chosen]
    events.append(MassCanceled(command.account_id, len(chosen)))
    return Decision(events, tuple(now.order_id for now in chosen))


def _lies_within(now: OrderReport, command: MassCancel) -> bool:
    terms = now.terms
    if command.list_id and (terms.link is None or terms.link.list_id != command.list_id):
        return False
    most = command.price_ticks_max or terms.price_ticks
    return command.price_ticks_min <= terms.price_ticks <= most


def is_protective(account: Account, instrument: Instrument, now: OrderReport) -> bool:
    """
    Whether an order only takes a loss short: it sleeps, or is held back to, and can but reduce what
    its account has; where there are no positions, it sells.
    """
    if now.terms.trigger is None or now.standing not in _ASLEEP:
        return False
    if not instrument.has_positions:
        return now.terms.side is Side.SELL
    net_lots = account.net_lots(now.instrument_id)
    return now.leaves_qty_lots <= now.terms.side.closable(net_lots)


def _end_all(
    state: State, account: Account, ts_ns: int, reason: CancelReason, *, spares_protective: bool
) -> list[Event]:
    # The open orders of an account in ascending id, and how many they are.
    each = [order.now for _, order in sorted(account.open_orders.items())]
    if spares_protective:
        markets = state.markets
        each = [
            now
            for now in each
            if not is_protective(account, markets[now.instrument_id].instrument, now)
        ]
    events: list[Event] = [OrderCanceled(canceled(now, ts_ns, reason)) for now in each]
    return [*events, MassCanceled(account.account_id, len(each))]


def cancel_on_disconnect(
    state: State, seq: int, ts_ns: int, command: CancelOnDisconnect
) -> Decision:
    """Cancel what an account has open, for its connection is gone."""
    account = _customer(state, command.account_id)
    if account is None:
        return Decision([InstructionRejected(_UNKNOWN, command.account_id)])
    spares = command.spares_protective
    reason = CancelReason.DISCONNECTED
    return _about(_end_all(state, account, ts_ns, reason, spares_protective=spares))


def set_dead_man(state: State, seq: int, ts_ns: int, command: SetDeadMan) -> Decision:
    """Arm, refresh or disarm a dead man's switch."""
    account_id, timeout_ns = command.account_id, command.timeout_ns
    if _customer(state, account_id) is None:
        return Decision([InstructionRejected(_UNKNOWN, account_id)])
    if timeout_ns < 0:
        return Decision([InstructionRejected(RejectReason.INVALID_AMOUNT, account_id)])
    due_ns = ts_ns + timeout_ns if timeout_ns else 0
    return Decision([DeadManSet(account_id, due_ns, command.spares_protective)])


def dead_man(state: State, account_id: AccountId) -> list[Event]:
    """Return what a dead man's switch does that has not been refreshed in time."""
    account = state.accounts[account_id]
    switch = account.dead_man
    assert switch is not None, f"account {account_id} has no switch to go off"
    spares, reason = switch.spares_protective, CancelReason.DEAD_MAN
    ended = _end_all(state, account, state.ts_ns, reason, spares_protective=spares)
    return [DeadManFired(account_id), *ended]


def set_kill(state: State, seq: int, ts_ns: int, command: SetKill) -> Decision:
    """Stop an account and cancel what it has open, or let it go on."""
    account = _customer(state, command.account_id)
    if account is None:
        return Decision([InstructionRejected(_UNKNOWN, command.account_id)])
    told = KillSet(account.account_id, command.is_killed)
    if not command.is_killed:
        return Decision([told])
    spares, reason = command.spares_protective, CancelReason.KILLED
    return _about([told, *_end_all(state, account, ts_ns, reason, spares_protective=spares)])


def _customer(state: State, account_id: AccountId) -> Account | None:
    return state.accounts.get(account_id) if account_id > 0 else None


def _about(events: list[Event]) -> Decision:
    ended = (event.order.order_id for event in events if isinstance(event, OrderCanceled))
    return Decision(events, tuple(ended))


def _cancel_later(
    account_id: AccountId, entry: tuple[int, int], delay_ns: int, chosen: list[OrderReport]
) -> Decision:
    # What matches now, and not what would match then.
    chosen = [now for now in chosen if now.pending is not _PENDING_CANCEL]
    if not chosen:
        return Decision([MassCanceled(account_id, 0)])
    order_ids = tuple(now.order_id for now in chosen)
    request = MassCancel(account_id, order_ids=order_ids, delay_ns=0)
    return postponed(entry, delay_ns, request, chosen)


def advance_time(state: State, seq: int, ts_ns: int, command: AdvanceTime) -> Decision:
    """Say that it is later; what fell due are reactions to it, in `falling_due.py`."""
    return Decision([TimeAdvanced()])


def cancel_rejected(
    response_to: CxlRejResponseTo,
    order: Order | ClosedOrder | None,
    asked: tuple[AccountId, str],
    reject_reason: RejectReason | None = None,
    cxl_rej_reason: CxlRejReason = CxlRejReason.TOO_LATE_TO_CANCEL,
) -> CancelRejected:
    """
    Return the refusal of a cancel or replace that an account `asked` for by a client id.

    What a replacement's terms were refused for counts before the reason given.
    """
    account_id, cl_ord_id = asked
    if order is None:
        return CancelRejected(account_id, response_to, cl_ord_id, CxlRejReason.UNKNOWN_ORDER)
    reason = cxl_rej_reason
    if reject_reason is RejectReason.DUPLICATE_CL_ORD_ID:
        reason = CxlRejReason.DUPLICATE_CL_ORD_ID
    elif reject_reason is not None:
        reason = CxlRejReason.OTHER
    told = (account_id, response_to)
    if isinstance(order, ClosedOrder):
        return CancelRejected(*told, cl_ord_id, reason, None, reject_reason, order)
    now = order.now
    if now.standing is _CLOSED:
        # One that is not packed yet.
        return CancelRejected(*told, cl_ord_id, reason, None, reject_reason, _packed(now))
    return CancelRejected(*told, now.cl_ord_id, reason, now, reject_reason)


def _packed(now: OrderReport) -> ClosedOrder:
    ids = (now.order_id, now.account_id, now.instrument_id)
    return ClosedOrder(*ids, now.ord_status, now.cancel_reason)


def _order_id(now: OrderReport) -> int:
    return now.order_id
