"""Canceling: taking orders out, one or many, asked for or because their time is up."""

from countermand.core.state import State
from countermand.vocabulary.commands import AdvanceTime, CancelOrder, MassCancel
from countermand.vocabulary.events import (
    CancelRejected,
    Event,
    MassCanceled,
    OrderCanceled,
    OrderExpired,
    TimeAdvanced,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Order
from countermand.vocabulary.reasons import (
    CancelReason,
    CxlRejReason,
    CxlRejResponseTo,
    RejectReason,
)


def cancel_order(state: State, seq: int, ts_ns: int, command: CancelOrder) -> list[Event]:
    """Cancel one order, whatever state its market is in; refuse an unknown or a closed one."""
    account = state.accounts.get(command.account_id)
    order = account and state.find_order(
        account,
        command.order_id,
        command.cl_ord_id,
        command.instrument_id,
        command.secondary_cl_ord_id,
    )
    if not order or not order.is_open:
        return [cancel_rejected(CxlRejResponseTo.CANCEL, order or None, command.cl_ord_id)]
    return [OrderCanceled(order.order_id, CancelReason.REQUESTED)]


def mass_cancel(state: State, seq: int, ts_ns: int, command: MassCancel) -> list[Event]:
    """Cancel every open order that matches, in ascending order id."""
    if command.account_id:
        account = state.accounts.get(command.account_id)
        orders = list(account.open_orders.values()) if account else []
    else:
        orders = [order for a in state.accounts.values() for order in a.open_orders.values()]
    instruments, side = command.instrument_ids, command.side
    chosen = sorted(
        order.order_id
        for order in orders
        if (side is None or order.side is side)
        and (instruments is None or order.instrument_id in instruments)
    )
    events: list[Event] = [OrderCanceled(order_id, CancelReason.MASS_CANCEL) for order_id in chosen]
    events.append(MassCanceled(len(chosen)))
    return events


def advance_time(state: State, seq: int, ts_ns: int, command: AdvanceTime) -> list[Event]:
    """End what was due by now: soonest first, then by order id."""
    events: list[Event] = [OrderExpired(order.order_id) for order in state.timers.due(ts_ns)]
    events.append(TimeAdvanced())
    return events


def cancel_rejected(
    response_to: CxlRejResponseTo,
    order: Order | None,
    cl_ord_id: str,
    reject_reason: RejectReason | None = None,
) -> CancelRejected:
    """Return the refusal of a cancel or replace, with the state of the order that refused it."""
    if order is None:
        unknown = CxlRejReason.UNKNOWN_ORDER
        return CancelRejected(response_to, OrderId(0), cl_ord_id, unknown, None)
    reason = CxlRejReason.TOO_LATE_TO_CANCEL
    if reject_reason is RejectReason.DUPLICATE_CL_ORD_ID:
        reason = CxlRejReason.DUPLICATE_CL_ORD_ID
    elif reject_reason is not None:
        reason = CxlRejReason.OTHER
    return CancelRejected(
        response_to, order.order_id, order.cl_ord_id, reason, order.ord_status, reject_reason
    )
