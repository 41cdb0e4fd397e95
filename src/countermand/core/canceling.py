"""Canceling: taking orders out, one or many, asked for or because their time is up."""

from countermand.core.decision import Decision
from countermand.core.order import Order
from countermand.core.pictures import canceled, expired
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
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import Standing
from countermand.vocabulary.reasons import (
    CancelReason,
    CxlRejReason,
    CxlRejResponseTo,
    RejectReason,
)
from countermand.vocabulary.reports import OrderReport

_REQUESTED, _CLOSED = CancelReason.REQUESTED, Standing.CLOSED


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
    return Decision([OrderCanceled(canceled(now, ts_ns, _REQUESTED))], (now.order_id,))


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
    chosen = sorted(
        (
            order.now
            for order in orders
            if (side is None or order.now.terms.side is side)
            and (instruments is None or order.now.instrument_id in instruments)
        ),
        key=_order_id,
    )
    reason = CancelReason.MASS_CANCEL
    events: list[Event] = [OrderCanceled(canceled(now, ts_ns, reason)) for now in chosen]
    events.append(MassCanceled(command.account_id, len(chosen)))
    return Decision(events, tuple(now.order_id for now in chosen))


def advance_time(state: State, seq: int, ts_ns: int, command: AdvanceTime) -> Decision:
    """End what was due by now: soonest first, then by order id."""
    due = [state.orders[OrderId(number)] for _, _, number in state.timers.due(ts_ns)]
    events: list[Event] = [OrderExpired(expired(order.now, ts_ns)) for order in due]
    events.append(TimeAdvanced())
    return Decision(events)


def cancel_rejected(
    response_to: CxlRejResponseTo,
    order: Order | None,
    asked: tuple[AccountId, str],
    reject_reason: RejectReason | None = None,
) -> CancelRejected:
    """
    Return the refusal of a cancel or replace that an account `asked` for by a client id.
    """
    account_id, cl_ord_id = asked
    if order is None:
        return CancelRejected(account_id, response_to, cl_ord_id, CxlRejReason.UNKNOWN_ORDER)
    reason = CxlRejReason.TOO_LATE_TO_CANCEL
    if reject_reason is RejectReason.DUPLICATE_CL_ORD_ID:
        reason = CxlRejReason.DUPLICATE_CL_ORD_ID
    elif reject_reason is not None:
        reason = CxlRejReason.OTHER
    now = order.now
    return CancelRejected(account_id, response_to, now.cl_ord_id, reason, now, reject_reason)


def _order_id(now: OrderReport) -> int:
    return now.order_id
