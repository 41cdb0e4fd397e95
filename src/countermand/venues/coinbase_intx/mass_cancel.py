"""Canceling many orders: all of a portfolio's, or those that its filters choose."""

from countermand.venues.coinbase_intx import ids, resolve, tables
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.venues.coinbase_intx.show import read_order, show_order
from countermand.vocabulary.commands import MassCancel
from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.receipts import accepted


def serve_mass_cancel(message: m.CancelAllOrders, ctx: Ctx) -> Serving[list[m.Order]]:
    """
    Cancel the orders that match, in order of submission.

    Raises: as `serve_cancel`; InvalidField for a filter that names nothing, before anything is
            canceled.
    Source: INTX REST reference, "Cancel orders".
    """
    receipt: Receipt = yield MassCancel(
        resolve.portfolio(message.portfolio, ctx),
        resolve.instruments(message.instrument, message.instrument_type, ctx),
        tables.SIDES.from_wire_if(message.side),
    )
    return [show_order(order, ctx) for order in accepted(receipt).orders]


def ask_mass_cancel(command: MassCancel, ctx: Ctx) -> m.CancelAllOrders:
    """Return the request for a mass cancel."""
    return m.CancelAllOrders(
        ids.uuid(Kind.PORTFOLIO, command.account_id),
        side=tables.SIDES.to_wire_if(command.side),
        **resolve.filters(command.instrument_ids, ctx),
    )


MASS_CANCEL = Op(
    m.CancelAllOrders, list[m.Order], serve_mass_cancel, ask_mass_cancel, each(read_order)
)
