"""Reading and canceling single orders: requests to commands and queries, and back."""

from typing import Any

from countermand.venues.autoshares import ids, settings
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.translate import resolve, shown
from countermand.venues.autoshares.translate.shown import Pending
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.events import CancelRejected
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.receipt import Receipt
from countermand.wire.context import Context
from countermand.wire.errors import CancelRefused, Forbidden, NotExpressible
from countermand.wire.http import Response
from countermand.wire.receipts import Acknowledged, accepted


def get_from_wire(message: orders.OneOrder, ctx: Context) -> GetOrder:
    """Return the question for one order. Raises as `resolve.order` does."""
    return GetOrder(*resolve.order(message.account_id, message.order_id, ctx))


def get_to_wire(query: GetOrder, ctx: Context) -> orders.OneOrder:
    """Return the request for one order. Raises NotExpressible for one by another name."""
    if query.cl_ord_id or query.secondary_cl_ord_id:
        raise NotExpressible("an order named by anything but its order id")
    check_own(query.account_id, ctx)
    return orders.OneOrder(str(query.account_id), path_id(query.order_id))


def cancel_from_wire(message: orders.OneOrder, ctx: Context) -> CancelOrder:
    """
    Return the cancel asked for. Raises as `resolve.order` does.

    Source: Orders API reference, "Cancel order".
    """
    return CancelOrder(*resolve.order(message.account_id, message.order_id, ctx))


def cancel_to_wire(command: CancelOrder, ctx: Context) -> orders.OneOrder:
    """Return the request for a cancel. Raises NotExpressible for anything but an order id."""
    if command.cl_ord_id or command.secondary_cl_ord_id or command.instrument_id:
        raise NotExpressible("a cancel but by order id")
    check_own(command.account_id, ctx)
    return orders.OneOrder(str(command.account_id), path_id(command.order_id))


def canceled_to_wire(receipt: Receipt, ctx: Context) -> Response | None:
    """
    Return the answer to a cancel that was taken: nothing, or `{}` where a world says so.

    A second cancel while the first is shown to be pending is taken as well, and does nothing.

    Raises: CancelRefused for an order that is unknown or closed.
    Source: Orders API reference, "Cancel order" (204, 200); ETNA manual, "Cancel order".
    """
    no = receipt.events[0]
    refused = no.order if isinstance(no, CancelRejected) else None
    if refused is None or shown.pending(refused, ctx) is not Pending.CANCEL:
        accepted(receipt)
    return Response(200, b"{}") if settings.of(ctx.settings).cancel_answers_ok else None


def canceled_from_wire(message: None, ctx: Context) -> Acknowledged:
    """Return which order was canceled; whatever body came says nothing about it."""
    return Acknowledged((OrderId(int(ctx.message.order_id)),))


def cancel_fund_from_wire(message: orders.CancelMutualFund, ctx: Context) -> Any:
    """
    Refuse the cancel of a mutual fund's order: there are none.

    Raises: CancelRefused, after what `resolve.order` raises.
    Source: ETNA manual, "Cancel mutual fund order" (409 for an id that does not exist).
    """
    resolve.order(message.clearing_number, message.order_id, ctx)
    raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)


def verify_replace_from_wire(message: orders.ModifyOrder, ctx: Context) -> Any:
    """Refuse what only administrators may. Raises Forbidden, after what `resolve.order` raises."""
    resolve.order(message.account_id, message.order_id, ctx)
    raise Forbidden("an administrator's right is needed")


def nothing_to_wire(result: Any, ctx: Context) -> None:
    """Return no body."""


def check_own(account_id: AccountId, ctx: Context) -> None:
    """See that a command is about an account of whoever sends it. Raises NotExpressible."""
    known = ctx.directory.accounts.get(account_id)
    if known is None or ctx.principal is None or known.owner != ctx.principal.owner:
        raise NotExpressible("another's account")


def path_id(order_id: OrderId) -> str:
    """Return an order's id as a path has it. Raises NotExpressible for one that fits in none."""
    if not 0 < order_id <= ids.INT32_MAX:
        raise NotExpressible("an order named by anything but a 32-bit order id")
    return str(order_id)
