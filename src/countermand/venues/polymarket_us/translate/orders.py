"""Reading and canceling single orders: requests to commands and queries, and back."""

from typing import Any

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.auth import PolymarketSettings
from countermand.venues.polymarket_us.errors import ORDER_NOT_FOUND, conflict
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.translate import resolve
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo
from countermand.vocabulary.reports import Receipt
from countermand.wire.context import Context
from countermand.wire.errors import CancelRefused, NotExpressible, NotFound
from countermand.wire.http import Response
from countermand.wire.receipts import Acknowledged, accepted

_CANCEL = CxlRejResponseTo.CANCEL


def get_from_wire(message: orders.GetOrder, ctx: Context) -> GetOrder:
    """Return the question for one order. Raises NotFound for a text that is no order's id."""
    order_id = ids.parse_order(message.order_id)
    if order_id is None:
        raise NotFound(ORDER_NOT_FOUND)
    return GetOrder(resolve.account(ctx), order_id)


def get_to_wire(query: GetOrder, ctx: Context) -> orders.GetOrder:
    """Return the request for one order. Raises NotExpressible for one by client id."""
    resolve.check_own(query.account_id, ctx)
    return orders.GetOrder(path_id(query.order_id))


def list_from_wire(message: orders.ListOrders, ctx: Context) -> ListOpenOrders:
    """Return the question for the open orders; a slug nobody knows matches nothing."""
    return ListOpenOrders((resolve.account(ctx),), chosen(message.slugs, ctx))


def list_to_wire(query: ListOpenOrders, ctx: Context) -> orders.ListOrders:
    """Return the request for the open orders. Raises NotExpressible for a filter there is none."""
    if query != ListOpenOrders(query.account_ids, query.instrument_ids):
        raise NotExpressible("a filter of open orders but by market")
    if query.account_ids != (resolve.account(ctx),):
        raise NotExpressible("orders of another account than the key's")
    return orders.ListOrders(slugs_to_wire(query.instrument_ids, ctx) or [])


def cancel_from_wire(message: orders.CancelOrder, ctx: Context) -> CancelOrder:
    """
    Return the cancel asked for: of this order, if it is in this market.

    Raises: MissingField for the slug; CancelRefused for a slug or an id nobody knows.
    Source: Orders API reference, "Cancel Order".
    """
    instrument = resolve.market_of_order(message.market_slug, _CANCEL, ctx)
    order_id = resolve.order_id(message.order_id, _CANCEL)
    return CancelOrder(resolve.account(ctx), order_id, "", instrument.instrument_id)


def cancel_to_wire(command: CancelOrder, ctx: Context) -> orders.CancelOrder:
    """Return the request for a cancel. Raises NotExpressible without an id and a market."""
    resolve.check_own(command.account_id, ctx)
    if command.cl_ord_id or command.secondary_cl_ord_id or not command.instrument_id:
        raise NotExpressible("a cancel but by order id and market")
    instrument = ctx.directory.instruments[command.instrument_id]
    return orders.CancelOrder(path_id(command.order_id), instrument.symbol)


def canceled_to_wire(receipt: Receipt, ctx: Context) -> orders.Empty | Response:
    """Return `{}`: the cancel was taken. Raises CancelRefused; see `closed_cancel_answer`."""
    return taken_to_wire(receipt, ctx)


def empty_from_wire(message: orders.Empty, ctx: Context) -> Acknowledged:
    """Return the id of the order a modify or cancel was taken for, which confirms neither."""
    order_id = ids.parse_order(ctx.message.order_id)
    return Acknowledged(() if order_id is None else (order_id,))


def chosen(slugs: list[str] | None, ctx: Context) -> tuple[InstrumentId, ...] | None:
    """Return the markets named, those that are known; None when none is named, which is all."""
    if not slugs:
        return None
    known = (ctx.directory.instrument_by_symbol(slug) for slug in slugs)
    return tuple(dict.fromkeys(i.instrument_id for i in known if i is not None))


def slugs_to_wire(
    instrument_ids: tuple[InstrumentId, ...] | None, ctx: Context
) -> list[str] | None:
    """Return the slugs of markets; no list means any. Raises NotExpressible for no market."""
    if instrument_ids is None:
        return None
    if not instrument_ids:
        raise NotExpressible("a choice of no market")
    return [ctx.directory.instruments[known].symbol for known in instrument_ids]


def taken_to_wire(receipt: Receipt, ctx: Context) -> orders.Empty | Response:
    """Return `{}`, or what the settings say of an order that is over. Raises CancelRefused."""
    settings: Any = ctx.settings
    assert isinstance(settings, PolymarketSettings)  # noqa: S101  (the venue's own settings)
    try:
        accepted(receipt)
    except CancelRefused as refused:
        if refused.cxl_rej_reason is not CxlRejReason.TOO_LATE_TO_CANCEL:
            raise
        match settings.closed_cancel_answer:
            case "silence":
                return orders.Empty()
            case "conflict":
                return conflict(refused.response_to)
            case "not-found":
                raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None) from None
            case _:
                raise
    return orders.Empty()


def path_id(order_id: OrderId) -> str:
    """Return an order's id as a path has it. Raises NotExpressible for one named otherwise."""
    if not order_id:
        raise NotExpressible("an order named by anything but its order id")
    return ids.order_text(order_id)
