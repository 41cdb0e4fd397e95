"""Reading, modifying and canceling single orders: requests to commands and queries, and back."""

from decimal import Decimal
from typing import Any

from countermand.core.commands import CancelOrder, ReplaceOrder
from countermand.core.ids import InstrumentId, OrderId
from countermand.core.instrument import Instrument
from countermand.core.order import ExecInst
from countermand.core.queries import GetOrder, ListOpenOrders
from countermand.core.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.core.reports import OrderReport, Receipt
from countermand.venues.polymarket_us import ids, tables
from countermand.venues.polymarket_us.auth import PolymarketSettings
from countermand.venues.polymarket_us.errors import ORDER_NOT_FOUND, conflict
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.translate import money, resolve
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import (
    CancelRefused,
    InvalidField,
    NotExpressible,
    NotFound,
    OrderRefused,
)
from countermand.wire.http import Response
from countermand.wire.receipts import Acknowledged, accepted

_CANCEL, _REPLACE = CxlRejResponseTo.CANCEL, CxlRejResponseTo.REPLACE

# An order was not found, or it is over; whatever else is refused leaves it as it was, silently.
_TOLD = (CxlRejReason.UNKNOWN_ORDER, CxlRejReason.TOO_LATE_TO_CANCEL)


def get_from_wire(message: orders.GetOrder, ctx: Context) -> GetOrder:
    """Return the question for one order. Raises NotFound for a text that is no order's id."""
    order_id = ids.parse_order(message.order_id)
    if order_id is None:
        raise NotFound(ORDER_NOT_FOUND)
    return GetOrder(resolve.account(ctx), order_id)


def get_to_wire(query: GetOrder, ctx: Context) -> orders.GetOrder:
    """Return the request for one order. Raises NotExpressible for one by client id."""
    resolve.check_own(query.account_id, ctx)
    return orders.GetOrder(_path_id(query.order_id))


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


def find_modified(message: orders.ModifyOrder, ctx: Context) -> GetOrder:
    """Return the question for the order to be modified. Raises as `cancel_from_wire` does."""
    resolve.required_slug(message.market_slug)
    return GetOrder(resolve.account(ctx), resolve.order_id(message.order_id, _REPLACE))


def modify_from_wire(message: orders.ModifyOrder, ctx: Context) -> ReplaceOrder | CancelOrder:
    """
    Return the replacement asked for; `ctx.found` is the order as it stands.

    A quantity that has been executed already leaves nothing to work, so that it is a cancel.

    Raises: MissingField, InvalidField; CancelRefused for an unknown order.
    Source: Orders API reference, "Modify Order".
    """
    found: OrderReport | None = ctx.found
    instrument = resolve.market_of_order(message.market_slug, _REPLACE, ctx)
    if found is None or found.instrument_id != instrument.instrument_id:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, _REPLACE)
    price_ticks, qty_lots = _new_terms(message, instrument)
    _check_kept(message, found)
    account_id = resolve.account(ctx)
    if message.quantity is not None and qty_lots <= found.cum_qty_lots:
        return CancelOrder(account_id, found.order_id, "", instrument.instrument_id)
    return ReplaceOrder(
        account_id, instrument.instrument_id, found.order_id, "", "", price_ticks, qty_lots
    )


def modify_to_wire(command: ReplaceOrder, ctx: Context) -> orders.ModifyOrder:
    """Return the request for a replacement. Raises NotExpressible for one with client ids."""
    resolve.check_own(command.account_id, ctx)
    if command.cl_ord_id or command.new_cl_ord_id:
        raise NotExpressible("a client order id")
    instrument = ctx.directory.instruments[command.instrument_id]
    price, size = command.price_ticks, command.order_qty_lots
    return orders.ModifyOrder(
        order_id=_path_id(command.order_id),
        market_slug=instrument.symbol,
        price=money.price_to_wire(instrument, price) if price else None,
        quantity=Decimal(numbers.qty_text(instrument, size)) if size else None,
    )


def modified_to_wire(receipt: Receipt, ctx: Context) -> orders.Empty | Response:
    """
    Return `{}`: a modification was taken. One whose terms are refused leaves the order as it was.

    Raises: CancelRefused for an order that is unknown or over; OrderRefused for who lacks funds.
    """
    try:
        return _taken(receipt, ctx)
    except CancelRefused as refused:
        if refused.reject_reason is RejectReason.INSUFFICIENT_FUNDS:
            raise OrderRefused(refused.reject_reason) from None
        if refused.cxl_rej_reason in _TOLD:
            raise
        return orders.Empty()


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
    return orders.CancelOrder(_path_id(command.order_id), instrument.symbol)


def canceled_to_wire(receipt: Receipt, ctx: Context) -> orders.Empty | Response:
    """Return `{}`: the cancel was taken. Raises CancelRefused; see `closed_cancel_answer`."""
    return _taken(receipt, ctx)


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


def _taken(receipt: Receipt, ctx: Context) -> orders.Empty | Response:
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
                return conflict()
            case "not-found":
                raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None) from None
            case _:
                raise
    return orders.Empty()


def _path_id(order_id: OrderId) -> str:
    if not order_id:
        raise NotExpressible("an order named by anything but its order id")
    return ids.order_text(order_id)


def _new_terms(message: orders.ModifyOrder, instrument: Instrument) -> tuple[int, int]:
    # 0 means "keep" to the exchange, so a zero that was sent becomes what it refuses.
    price_ticks = qty_lots = 0
    if message.price is not None:
        price = resolve.amount("price", message.price)
        price_ticks = resolve.price_ticks("price", price, instrument) or -1
    if message.quantity is not None:
        qty_lots = resolve.qty_lots("quantity", message.quantity, instrument)
        if qty_lots < 0:
            raise InvalidField("quantity", "invalid quantity: must not be negative")
    return price_ticks, qty_lots


def _check_kept(message: orders.ModifyOrder, found: OrderReport) -> None:
    # What the exchange cannot change may be said again, and nothing else: an order must not rest
    # longer, or trade sooner, than its owner believes.
    tif, expires = message.tif, message.good_till_time
    if tif is not None and tables.TIMES_IN_FORCE.from_wire(tif) is not found.time_in_force:
        raise InvalidField("tif", "invalid tif: cannot be changed")
    if expires and resolve.instant("goodTillTime", expires) != found.expire_ns:
        raise InvalidField("goodTillTime", "invalid goodTillTime: cannot be changed")
    post_only = message.participate_dont_initiate
    if post_only is not None and post_only is not bool(found.exec_inst & ExecInst.POST_ONLY):
        text = "invalid participateDontInitiate: cannot be changed"
        raise InvalidField("participateDontInitiate", text)
