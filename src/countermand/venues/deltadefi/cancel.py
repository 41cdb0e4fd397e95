"""Canceling one order, or the open ones of a market."""

from countermand.venues.deltadefi import ids, resolve
from countermand.venues.deltadefi.errors import NothingToCancel
from countermand.venues.deltadefi.messages import orders as m
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.commands import CancelOrder, MassCancel
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import CancelRefused
from countermand.wire.receipts import Acknowledged, accepted


def serve_cancel(message: m.CancelOrder, ctx: Ctx) -> Serving[m.CanceledOrder]:
    """
    Cancel an order. One that is only built is looked for first: it is known, and not open.

    Raises: CancelRefused: 4200 for an unknown order and a text that is not an id, else 4201.
    Source: API reference, "Cancel Order".
    """
    if (order_id := ids.parse_order(message.order_id, ctx.read_id)) is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER)
    account_id = resolve.account(ctx)
    found: OrderReport | None = yield GetOrder(account_id, order_id)
    if found is not None and resolve.is_building(found, ctx):
        raise CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL)
    receipt: Receipt = yield CancelOrder(account_id, order_id)
    accepted(receipt)
    # An order has one spelling.
    return m.CanceledOrder(message.order_id)


def ask_cancel(command: CancelOrder, ctx: Ctx) -> m.CancelOrder:
    """Return the request for a cancel."""
    return m.CancelOrder(ids.order_text(command.order_id))


def read_cancel(reply: m.CanceledOrder, message: m.CancelOrder, ctx: Ctx) -> Acknowledged:
    """Return the id of the order that is canceled; what it traded before is not told."""
    return Acknowledged((resolve.order_id(reply.order_id, ctx),))


CANCEL = Op(m.CancelOrder, m.CanceledOrder, serve_cancel, ask_cancel, read_cancel)


def serve_mass_cancel(message: m.CancelAllOrders, ctx: Ctx) -> Serving[m.CanceledOrders]:
    """
    Cancel every open order of a symbol and tell their ids, ascending.

    Raises: Refused (4106); NothingToCancel.
    Source: API reference, "Cancel All Orders".
    """
    instrument_id = resolve.instrument(message.symbol, ctx).instrument_id
    receipt: Receipt = yield MassCancel(resolve.account(ctx), (instrument_id,))
    taken = [ids.order_text(report.order_id) for report in accepted(receipt).orders]
    if not taken:
        raise NothingToCancel
    return m.CanceledOrders(message.symbol, taken)


def ask_mass_cancel(command: MassCancel, ctx: Ctx) -> m.CancelAllOrders:
    """Return the request for a cancel of all."""
    return m.CancelAllOrders(resolve.symbol_of_one(command.instrument_ids, ctx))


def read_mass_cancel(reply: m.CanceledOrders, message: m.CancelAllOrders, ctx: Ctx) -> Acknowledged:
    """Return the ids of the orders that are canceled."""
    return Acknowledged(tuple(resolve.order_id(text, ctx) for text in reply.order_ids))


MASS_CANCEL = Op(
    m.CancelAllOrders, m.CanceledOrders, serve_mass_cancel, ask_mass_cancel, read_mass_cancel
)
