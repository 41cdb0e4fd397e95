"""Canceling one order, or many: all of a portfolio's, or those that filters choose."""

from countermand.venues.coinbase_intx import brackets, ids, resolve, tables
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.venues.coinbase_intx.show import read_order
from countermand.vocabulary.commands import CancelOrder, MassCancel
from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.errors import CancelRefused
from countermand.wire.receipts import accepted, the_order


def serve_cancel(message: m.CancelOrder, ctx: Ctx) -> Serving[m.Order]:
    """
    Cancel an order: the path holds its id, or else its client id.

    Raises: MissingField, InvalidField, NotFound, Forbidden for the portfolio; CancelRefused.
    Source: INTX REST reference, "Cancel order".
    """
    account_id = resolve.portfolio(message.portfolio, ctx)
    asked = CancelOrder(account_id, ids.parse_order(message.id), message.id)
    receipt: Receipt = yield asked
    try:
        order = the_order(receipt)
    except CancelRefused as refused:
        return (yield from brackets.serve_cancel_other(asked, refused, ctx))
    return (yield from brackets.shown(order, ctx))


def ask_cancel(command: CancelOrder, ctx: Ctx) -> m.CancelOrder:
    """Return the request for a cancel."""
    path_id = ids.order_text(command.order_id, command.cl_ord_id)
    return m.CancelOrder(path_id, ids.portfolio_text(command.account_id))


CANCEL = Op(m.CancelOrder, m.Order, serve_cancel, ask_cancel, read_order)


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
    return (yield from brackets.shown_each(accepted(receipt).orders, ctx))


def ask_mass_cancel(command: MassCancel, ctx: Ctx) -> m.CancelAllOrders:
    """Return the request for a mass cancel."""
    return m.CancelAllOrders(
        ids.portfolio_text(command.account_id),
        side=tables.SIDES.to_wire_if(command.side),
        **resolve.filters(command.instrument_ids, ctx),
    )


MASS_CANCEL = Op(
    m.CancelAllOrders, list[m.Order], serve_mass_cancel, ask_mass_cancel, each(read_order)
)
