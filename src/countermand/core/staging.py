"""
Staging: orders that are written down before they are placed.

A staged order has its id and was good when it was staged; it holds nothing, stands nowhere and can
be submitted once, until its time is over. What is never submitted is forgotten, oldest first.
"""

from msgspec.structs import replace

from countermand.core import placing
from countermand.core.admitting import admit
from countermand.core.decision import Decision
from countermand.core.state import State
from countermand.vocabulary.commands import NewOrder, StageOrder, SubmitOrder
from countermand.vocabulary.events import InstructionRejected, OrderRejected, OrderStaged
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Standing
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport


def stage_order(state: State, seq: int, ts_ns: int, command: StageOrder) -> Decision:
    """Write an order down, unless it would be refused now."""
    order = command.order
    admitted = admit(state, ts_ns, order)
    if not isinstance(admitted, RejectReason) and command.lifetime_ns <= 0:
        admitted = RejectReason.INVALID_EXPIRE_TIME
    if isinstance(admitted, RejectReason):
        return Decision([OrderRejected(order.account_id, order.cl_ord_id, admitted)])
    staged = OrderReport(
        OrderId(seq),
        order.account_id,
        order.instrument_id,
        order.cl_ord_id,
        order.terms,
        Standing.STAGED,
        submit_ns=ts_ns,
        transact_ns=ts_ns,
        due_ns=ts_ns + command.lifetime_ns,
    )
    return Decision([OrderStaged(staged, order.keep_rejected, order.needs_liquidity)])


def submit_order(state: State, seq: int, ts_ns: int, command: SubmitOrder) -> Decision:
    """Place a staged order under the id it was staged with; it is checked anew."""
    account = state.accounts.get(command.account_id)
    if account is None:
        return Decision([InstructionRejected(RejectReason.UNKNOWN_ACCOUNT, command.account_id)])
    staged = account.staged.get(command.order_id)
    if staged is None:
        placed = state.find_order(account, command.order_id, "")
        known = RejectReason.ALREADY_SUBMITTED if placed else RejectReason.UNKNOWN_ORDER
        return Decision([InstructionRejected(known, command.account_id)])
    now = staged.now
    if ts_ns >= now.due_ns:
        return Decision([InstructionRejected(RejectReason.STAGING_EXPIRED, command.account_id)])
    terms = now.terms if command.text is None else replace(now.terms, text=command.text)
    named = (now.account_id, now.instrument_id, now.cl_ord_id)
    order = NewOrder(*named, terms, staged.keep_rejected, staged.needs_liquidity, command.delay_ns)
    delay_ns = placing.delay_ns(state, order)
    return placing.place(state, (seq, ts_ns), order, now.order_id, delay_ns)
