"""Canceling one order."""

from countermand.venues.coinbase_intx import ids, resolve
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.venues.coinbase_intx.show import read_order, show_order
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import Op, Serving
from countermand.wire.receipts import the_order


def serve_cancel(message: m.CancelOrder, ctx: Ctx) -> Serving[m.Order]:
    """
    Cancel an order: the path holds its id, or else its client id.

    Raises: MissingField, InvalidField, NotFound, Forbidden for the portfolio; CancelRefused.
    Source: INTX REST reference, "Cancel order".
    """
    account_id = resolve.portfolio(message.portfolio, ctx)
    receipt: Receipt = yield CancelOrder(account_id, ids.parse_order(message.id), message.id)
    return show_order(the_order(receipt), ctx)


def ask_cancel(command: CancelOrder, ctx: Ctx) -> m.CancelOrder:
    """Return the request for a cancel."""
    path_id = ids.order_text(command.order_id, command.cl_ord_id)
    return m.CancelOrder(path_id, ids.uuid(Kind.PORTFOLIO, command.account_id))


CANCEL = Op(m.CancelOrder, m.Order, serve_cancel, ask_cancel, read_order)
