"""Canceling: orders of shares. Mutual funds are not traded here, so their cancels are refused."""

from countermand.venues.autoshares import resolve, states
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.settings import Ctx
from countermand.vocabulary.commands import CancelOrder, MassCancel
from countermand.vocabulary.events import CancelRejected
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import Pending
from countermand.vocabulary.queries import GetOrder, GetOrderList
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import ListReport
from countermand.wire.conversation import Op, Serving, reply
from countermand.wire.errors import CancelRefused
from countermand.wire.http import Response
from countermand.wire.receipts import Acknowledged, accepted

_TAKEN = Response(200, b"{}")


def serve_cancel(message: m.OneOrder, ctx: Ctx) -> Serving[Response | None]:
    """
    Return the answer to a cancel that was taken: nothing, or `{}` where a world says so.

    A second cancel while the first is shown to be pending is taken as well, and does nothing.

    Raises: CancelRefused for an order that is unknown or closed; else as `resolve.order` does.
    Source: Orders API reference, "Cancel order" (204, 200); ETNA manual, "Cancel order".
    """
    account_id, order_id = resolve.order(message.account_id, message.order_id, ctx)
    receipt: Receipt = yield CancelOrder(account_id, order_id)
    no = receipt.events[0]
    if isinstance(no, CancelRejected) and no.cxl_rej_reason is CxlRejReason.UNKNOWN_ORDER:
        yield from _cancel_legs(account_id, order_id)
    elif not (isinstance(no, CancelRejected) and (yield from _is_going(no, ctx))):
        accepted(receipt)
    return _TAKEN if ctx.settings.cancel_answers_ok else None


def _is_going(no: CancelRejected, ctx: Ctx) -> Serving[bool]:
    # Whether the order that refused a cancel is shown as one whose cancel is pending.
    order = no.order
    if no.closed:
        order = yield GetOrder(no.account_id, no.closed.order_id)
    return order is not None and states.pending(order, ctx) is states.Pending.CANCEL


def _cancel_legs(account_id: AccountId, list_id: int) -> Serving[None]:
    # A parent is no order of the exchange: its open legs are canceled, which end together. All of
    # them may end before that arrives, so that it cancels none; then they are looked at again.
    taken = 0
    while not taken:
        found: ListReport | None = yield GetOrderList(account_id, list_id)
        if found is None:
            raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
        legs = [leg for leg in found.orders if leg.is_open]
        if not legs:
            raise CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, found.orders[0].ord_status)
        going = tuple(leg.order_id for leg in legs if leg.pending is not Pending.CANCEL)
        if not going:
            return
        receipt: Receipt = yield MassCancel(account_id, order_ids=going)
        taken = len(accepted(receipt).orders)


def ask_cancel(command: CancelOrder, ctx: Ctx) -> m.OneOrder:
    """Return the request for a cancel."""
    return m.OneOrder(str(command.account_id), str(command.order_id))


def read_cancel(reply: None, message: m.OneOrder, ctx: Ctx) -> Acknowledged:
    """Return the order whose cancel was taken. A body, if there is one, is ignored."""
    return Acknowledged((OrderId(int(message.order_id)),))


CANCEL = Op(m.OneOrder, None, serve_cancel, ask_cancel, read_cancel)


def refuse_fund(message: m.CancelMutualFund, ctx: Ctx) -> None:
    """
    Refuse the cancel of a mutual fund's order: no such order exists here.

    Raises: CancelRefused, after what `resolve.order` raises.
    Source: ETNA manual, "Cancel mutual fund order" (409 for an id that does not exist).
    """
    resolve.order(message.clearing_number, message.order_id, ctx)
    raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)


CANCEL_FUND = Op(m.CancelMutualFund, None, reply(refuse_fund))
