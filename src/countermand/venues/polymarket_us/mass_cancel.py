"""Canceling all open orders, or those of some markets."""

from countermand.venues.polymarket_us import ids, resolve
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.commands import MassCancel
from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import Malformed
from countermand.wire.receipts import Acknowledged, accepted


def serve_cancel_all(message: m.CancelAllOrders, ctx: Ctx) -> Serving[m.CanceledIds]:
    """
    Cancel the open orders of the markets named, or all; an unknown slug matches nothing.

    Shape:  the ids of the orders that were taken, in order of submission.
    Source: Orders API reference, "Cancel All Open Orders".
    """
    receipt: Receipt = yield MassCancel(resolve.account(ctx), resolve.markets(message.slugs, ctx))
    return m.CanceledIds([ids.order_text(order.order_id) for order in accepted(receipt).orders])


def ask_cancel_all(command: MassCancel, ctx: Ctx) -> m.CancelAllOrders:
    """Return the request for a mass cancel."""
    return m.CancelAllOrders(resolve.slugs(command.instrument_ids, ctx) or None)


def read_cancel_all(reply: m.CanceledIds, message: m.CancelAllOrders, ctx: Ctx) -> Acknowledged:
    """Return the ids that were to be canceled, which confirms nothing. Raises Malformed."""
    known = [ids.parse_order(text) for text in reply.canceled_order_ids]
    if None in known:
        raise Malformed("order id is not known here")
    return Acknowledged(tuple(order_id for order_id in known if order_id is not None))


ALL = Op(m.CancelAllOrders, m.CanceledIds, serve_cancel_all, ask_cancel_all, read_cancel_all)
