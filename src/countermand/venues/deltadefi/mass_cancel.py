"""Canceling many orders: the open ones of a market."""

from countermand.venues.deltadefi import ids, resolve
from countermand.venues.deltadefi.errors import NothingToCancel
from countermand.venues.deltadefi.messages import orders as m
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.commands import MassCancel
from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import Op, Serving
from countermand.wire.receipts import Acknowledged, accepted


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
    return Acknowledged(tuple(resolve.order_id(text) for text in reply.order_ids))


MASS_CANCEL = Op(
    m.CancelAllOrders, m.CanceledOrders, serve_mass_cancel, ask_mass_cancel, read_mass_cancel
)
