"""
Pending: what is taken now and applied later.

How much later a command says itself, or else its venue (`SetDelays`); most are applied at once. A
new order is checked and holds its money from when it is taken, and comes to the book when it is
due. A cancel or a replacement is kept as a request, and is decided when it is due, on the order as
it is then: one that has filled or ended meanwhile refuses it as too late. What ends an order does
so whatever is pending. An order has one pending cancel and one pending replacement at most; another
that would have to wait is refused.
"""

from countermand.core.decision import Decision
from countermand.core.order import Request, kind_of
from countermand.core.pictures import pended, unpended
from countermand.core.state import Delays, State
from countermand.vocabulary.commands import (
    CancelOrder,
    MassCancel,
    ReplaceList,
    ReplaceOrder,
    SetDelays,
)
from countermand.vocabulary.events import (
    DelaysSet,
    Event,
    InstructionRejected,
    RequestDue,
    RequestPended,
)
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import Pending, Standing
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport

_AT_ONCE = Delays()


def set_delays(state: State, seq: int, ts_ns: int, command: SetDelays) -> Decision:
    """Say how long a venue takes from now on."""
    if min(command.new_ns, command.cancel_ns, command.replace_ns) < 0:
        return Decision([InstructionRejected(RejectReason.INVALID_AMOUNT)])
    times = (command.new_ns, command.cancel_ns, command.replace_ns)
    return Decision([DelaysSet(command.venue, *times)])


def delays_of(state: State, account_id: AccountId) -> Delays:
    """Return how long the venue of an account takes."""
    account = state.accounts.get(account_id)
    return state.delays.get(account.venue, _AT_ONCE) if account else _AT_ONCE


def postponed(
    entry: tuple[int, int],
    delay_ns: int,
    request: CancelOrder | ReplaceOrder | ReplaceList | MassCancel,
    orders: list[OrderReport],
) -> Decision:
    """Return the taking of a request about orders. Units: the entry's number and time."""
    seq, ts_ns = entry
    what = kind_of(request)
    reports = tuple(pended(now, what, ts_ns) for now in orders)
    order_ids = tuple(now.order_id for now in orders)
    return Decision([RequestPended(seq, ts_ns + delay_ns, request, reports)], order_ids)


def let_due(state: State, number: int) -> list[Event]:
    """Return that a request's time has come; what it comes to is for its decider to say."""
    request = state.requests[number]
    orders = (state.orders.get(order_id) for order_id in request.order_ids)
    open_ones = [order.now for order in orders if order and order.now.is_open]
    reports = tuple(unpended(now, _beneath(state, now, request)) for now in open_ones)
    return [RequestDue(number, reports)]


def _beneath(state: State, now: OrderReport, gone: Request) -> Pending:
    # What is pending still, when a request is no more.
    others = (r for r in state.requests.values() if r is not gone and now.order_id in r.order_ids)
    kinds = {other.kind for other in others}
    if Pending.CANCEL in kinds:
        return Pending.CANCEL
    if Pending.REPLACE in kinds:
        return Pending.REPLACE
    return Pending.NEW if now.standing is Standing.PENDING else Pending.NONE
