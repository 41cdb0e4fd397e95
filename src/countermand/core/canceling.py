"""Canceling: taking orders out, one or many."""

from countermand.core.decision import Decision
from countermand.core.order import Order
from countermand.core.pending import delays_of, postponed
from countermand.core.pictures import canceled
from countermand.core.state import State
from countermand.vocabulary.commands import AdvanceTime, CancelOrder, MassCancel
from countermand.vocabulary.events import (
    CancelRejected,
    Event,
    MassCanceled,
    OrderCanceled,
    TimeAdvanced,
)
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import Pending, Standing
from countermand.vocabulary.reasons import (
    CancelReason,
    CxlRejReason,
    CxlRejResponseTo,
    RejectReason,
)
from countermand.vocabulary.reports import OrderReport

_CLOSED = Standing.CLOSED
_PENDING_CANCEL, _TWICE = Pending.CANCEL, CxlRejReason.ALREADY_PENDING


def cancel_order(state: State, seq: int, ts_ns: int, command: CancelOrder) -> Decision:
    """Cancel one order in any state of its market; refuse an unknown or a closed one."""
    account_id = command.account_id
    order = state.orders.get(command.order_id)
    # Mostly an order is named by its id; any other name is looked up.
    if order is None or order.now.account_id != account_id or command.instrument_id:
        order = _find(state, command)
    if order is None or order.now.standing is _CLOSED:
        asked = (account_id, command.cl_ord_id)
        return Decision([cancel_rejected(CxlRejResponseTo.CANCEL, order, asked)])
    now = order.now
    if command.delay_ns is not None or state.delays:
        delay_ns = _delay_ns(state, command)
        if delay_ns and now.pending is _PENDING_CANCEL:
            asked = (account_id, command.cl_ord_id)
            return Decision([cancel_rejected(CxlRejResponseTo.CANCEL, order, asked, None, _TWICE)])
        if delay_ns:
            named = CancelOrder(account_id, now.order_id, delay_ns=0, reason=command.reason)
            return postponed((seq, ts_ns), delay_ns, named, [now])
    return Decision([OrderCanceled(canceled(now, ts_ns, command.reason))], (now.order_id,))


def _delay_ns(state: State, command: CancelOrder | MassCancel) -> int:
    if command.delay_ns is not None:
        return max(0, command.delay_ns)
    return delays_of(state, command.account_id).cancel_ns


def _find(state: State, command: CancelOrder) -> Order | None:
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
    order_ids = None if command.order_ids is None else frozenset(command.order_ids)
    chosen = sorted(
        (
            order.now
            for order in orders
            if (side is None or order.now.terms.side is side)
            and (instruments is None or order.now.instrument_id in instruments)
            and (order_ids is None or order.now.order_id in order_ids)
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
    order: Order | None,
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
    now = order.now
    return CancelRejected(account_id, response_to, now.cl_ord_id, reason, now, reject_reason)


def _order_id(now: OrderReport) -> int:
    return now.order_id
