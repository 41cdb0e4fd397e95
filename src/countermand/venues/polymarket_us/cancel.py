"""Canceling one order, a batch, or all; an answer says that a cancel was taken."""

from countermand.venues.polymarket_us import ids, resolve
from countermand.venues.polymarket_us.errors import conflict
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.commands import CancelOrder, MassCancel
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo
from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import CancelRefused
from countermand.wire.http import Response
from countermand.wire.reading import known
from countermand.wire.receipts import Acknowledged, accepted


def serve_cancel(message: m.CancelOrder, ctx: Ctx) -> Serving[m.Empty | Response]:
    """
    Cancel an order in the market named; where a world says so, in any market.

    Raises: MissingField for the slug; CancelRefused for an unknown slug or id, or an order that is
            over, as the settings say.
    Source: Orders API reference, "Cancel Order".
    """
    if ctx.settings.market_slug_optional and not message.market_slug:
        order_id = resolve.order(message.order_id, CxlRejResponseTo.CANCEL, ctx)
        receipt: Receipt = yield CancelOrder(resolve.account(ctx), order_id)
    else:
        receipt = yield _cancel(message, ctx)
    return taken(receipt, ctx)


def ask_cancel(command: CancelOrder, ctx: Ctx) -> m.CancelOrder:
    """Return the request for a cancel, which is refused without a market."""
    market = ctx.directory.instruments.get(command.instrument_id)
    return m.CancelOrder(ids.order_text(command.order_id), market.symbol if market else None)


def read_taken(reply: m.Empty, message: m.CancelOrder | m.ModifyOrder, ctx: Ctx) -> Acknowledged:
    """Return the id of the order a cancel or modify was taken for, which confirms neither."""
    order_id = ids.parse_order(message.order_id, ctx.read_id)
    return Acknowledged(() if order_id is None else (order_id,))


def serve_batch(message: m.CancelOrders, ctx: Ctx) -> Serving[m.CanceledIds]:
    """
    Cancel the orders of a batch; the answer is the ids that were sent, known or not.

    Raises: MissingField when one is without its market.
    """
    yield resolve.each(message.orders, lambda one: _cancel(one, ctx))
    return m.CanceledIds([one.order_id for one in message.orders])


def serve_mass_cancel(message: m.CancelAllOrders, ctx: Ctx) -> Serving[m.CanceledIds]:
    """
    Cancel the open orders of the markets named, or all; an unknown slug matches nothing.

    Shape:  the ids of the orders that were taken, in order of submission.
    Source: Orders API reference, "Cancel All Open Orders".
    """
    receipt: Receipt = yield MassCancel(resolve.account(ctx), resolve.markets(message.slugs, ctx))
    return m.CanceledIds([ids.order_text(order.order_id) for order in accepted(receipt).orders])


def ask_mass_cancel(command: MassCancel, ctx: Ctx) -> m.CancelAllOrders:
    """Return the request for a mass cancel."""
    return m.CancelAllOrders(resolve.slugs(command.instrument_ids, ctx) or None)


def read_mass_cancel(reply: m.CanceledIds, message: m.CancelAllOrders, ctx: Ctx) -> Acknowledged:
    """Return the ids that were to be canceled, which confirms nothing. Raises Malformed."""
    texts = reply.canceled_order_ids
    return Acknowledged(
        tuple(known("answer", ids.parse_order(text, ctx.read_id)) for text in texts)
    )


def taken(receipt: Receipt, ctx: Ctx) -> m.Empty | Response:
    """Return `{}`, or what the settings say of an order that is over. Raises CancelRefused."""
    try:
        accepted(receipt)
    except CancelRefused as refused:
        if _is_on_its_way(refused):
            return m.Empty()
        answer = ctx.settings.closed_cancel_answer
        if (
            refused.cxl_rej_reason is not CxlRejReason.TOO_LATE_TO_CANCEL
            or answer == "precondition"
        ):
            raise
        if answer == "not-found":
            raise CancelRefused(CxlRejReason.UNKNOWN_ORDER) from None
        if answer == "conflict":
            return conflict(refused.response_to)
    return m.Empty()


def _is_on_its_way(refused: CancelRefused) -> bool:
    # A second cancel of an order whose cancel is pending is accepted like the first.
    reason, to = refused.cxl_rej_reason, refused.response_to
    return reason is CxlRejReason.ALREADY_PENDING and to is CxlRejResponseTo.CANCEL


CANCEL = Op(m.CancelOrder, m.Empty, serve_cancel, ask_cancel, read_taken)
BATCH = Op(m.CancelOrders, m.CanceledIds, serve_batch)
MASS_CANCEL = Op(
    m.CancelAllOrders, m.CanceledIds, serve_mass_cancel, ask_mass_cancel, read_mass_cancel
)


def _cancel(message: m.CancelOrder, ctx: Ctx) -> CancelOrder:
    market, order_id = resolve.order_in_market(message, CxlRejResponseTo.CANCEL, ctx)
    return CancelOrder(resolve.account(ctx), order_id, "", market.instrument_id)
