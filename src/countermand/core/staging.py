"""
Staging: orders that are written down before they are placed.

A staged order has its id and was good when it was staged; it holds nothing, stands nowhere and can
be submitted once, until its time is over. What is never submitted is forgotten, oldest first.
"""

from msgspec.structs import replace

from countermand.core import checks, placing
from countermand.core.state import State
from countermand.vocabulary.commands import StageOrder, SubmitOrder
from countermand.vocabulary.events import Event, InstructionRejected, OrderRejected, OrderStaged
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.reasons import RejectReason


def stage_order(state: State, seq: int, ts_ns: int, command: StageOrder) -> list[Event]:
    """Write an order down, unless it would be refused now."""
    order = command.order
    reason = checks.refuse_order(state, ts_ns, order)
    if reason is not None:
        return [OrderRejected(order.account_id, order.cl_ord_id, reason)]
    if command.lifetime_ns <= 0:
        return [OrderRejected(order.account_id, order.cl_ord_id, RejectReason.INVALID_EXPIRE_TIME)]
    return [OrderStaged(OrderId(seq), ts_ns + command.lifetime_ns, order)]


def submit_order(state: State, seq: int, ts_ns: int, command: SubmitOrder) -> list[Event]:
    """Place a staged order under the id it was staged with; it is checked anew."""
    account = state.accounts.get(command.account_id)
    if account is None:
        return [InstructionRejected(RejectReason.UNKNOWN_ACCOUNT)]
    staged = account.staged.get(command.order_id)
    if staged is None:
        placed = state.find_order(account, command.order_id, "")
        known = RejectReason.ALREADY_SUBMITTED if placed else RejectReason.UNKNOWN_ORDER
        return [InstructionRejected(known)]
    if ts_ns >= staged.expire_ns:
        return [InstructionRejected(RejectReason.STAGING_EXPIRED)]
    text = staged.order.text if command.text is None else command.text
    return placing.new_order(state, seq, ts_ns, replace(staged.order, text=text), staged.order_id)
