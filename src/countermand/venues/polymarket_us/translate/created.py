"""
Created: the answers to new orders, and how long a synchronous one waits for its own.

A 200 with an id says that an order was taken to be processed, not that it was accepted.
"""

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.auth import PolymarketSettings
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.translate.executions import executions_to_wire
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder, ListFills, Query
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import Fill, OrderReport, Receipt
from countermand.wire import times
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, OrderRefused
from countermand.wire.receipts import Acknowledged, accepted

Synchronous = orders.CreateOrder | orders.ClosePosition


def block_ns(message: Synchronous, ctx: Context) -> int:
    """
    Return how long the answer waits for the order to close; 0 unless it is synchronous.

    Units: nanoseconds; no time, or 0, is as long as may be.
    """
    assert isinstance(ctx.settings, PolymarketSettings)  # noqa: S101  (the venue's own settings)
    asked_s, most_s = message.max_block_time or 0, ctx.settings.block_s_max
    if not message.synchronous_execution:
        return 0
    return min(asked_s or most_s, most_s) * times.S


def asked_then(receipt: Receipt, ctx: Context) -> tuple[Query, ...]:
    """Return the questions what became of the order; none unless it is synchronous."""
    if not ctx.message.synchronous_execution or not receipt.orders:
        return ()
    order = receipt.orders[0]
    fills = ListFills((order.account_id,), order.order_id)
    return GetOrder(order.account_id, order.order_id), fills


def created_to_wire(receipt: Receipt, ctx: Context) -> orders.Created:
    """
    Return the id of the order, and what happened to it if it was to be waited for.

    Raises: OrderRefused for who lacks funds: the gateway says so, before the engine sees the order.
            The exchange keeps such an order as rejected, but its id is never told.
    """
    order = _taken(receipt)
    if order.reject_reason is RejectReason.INSUFFICIENT_FUNDS:
        raise OrderRefused(order.reject_reason)
    text = ids.order_text(order.order_id)
    if not ctx.found:
        return orders.Created(text)
    now: OrderReport
    fills: tuple[Fill, ...]
    now, fills = ctx.found
    return orders.Created(text, executions_to_wire(now, fills, ctx))


def created_from_wire(message: orders.Created, ctx: Context) -> Acknowledged:
    """Return the id of an order that was taken; only the order itself tells what became of it."""
    order_id = ids.parse_order(message.id)
    if order_id is None:
        raise Malformed("order id is not known here")
    return Acknowledged((order_id,))


def created_many_to_wire(receipts: tuple[Receipt, ...], ctx: Context) -> orders.CreatedIds:
    """Return the ids of a batch, those of rejected orders too."""
    return orders.CreatedIds([ids.order_text(_taken(receipt).order_id) for receipt in receipts])


def _taken(receipt: Receipt) -> OrderReport:
    if receipt.orders and receipt.orders[0].ord_status is OrdStatus.REJECTED:
        return receipt.orders[0]
    return accepted(receipt).orders[0]
