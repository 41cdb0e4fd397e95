"""Reading, replacing and canceling orders: requests to commands and queries, and back."""

from decimal import Decimal

from countermand.venues.coinbase_intx import ids, tables
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import orders
from countermand.venues.coinbase_intx.translate import pages, resolve
from countermand.venues.coinbase_intx.translate.order_reports import order_to_wire, orders_from_wire
from countermand.venues.coinbase_intx.translate.placing import check_cl_ord_id
from countermand.vocabulary.commands import CancelOrder, MassCancel, ReplaceOrder
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecType, OrdStatus, OrdType
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import CancelRefused, InvalidField, NotExpressible

_SHOWN_EVENTS: tuple[orders.EventType, ...] = ("NEW", "TRADE", "REPLACED")


def get_from_wire(message: orders.GetOrder | orders.ModifyOrder, ctx: Context) -> GetOrder:
    """Return the question for one order, by its id or its client id. Raises for the portfolio."""
    account_id = resolve.portfolio(message.portfolio, ctx)
    return GetOrder(account_id, _order_id(message.id), message.id)


def get_to_wire(query: GetOrder, ctx: Context) -> orders.GetOrder:
    """Return the request for one order."""
    return orders.GetOrder(_path_id(query.order_id, query.cl_ord_id), _uuid(query.account_id))


def list_from_wire(message: orders.ListOrders, ctx: Context) -> ListOpenOrders:
    """Return the question for a page of open orders. Raises for a portfolio and a filter."""
    until_ns = pages.until_ns(message)
    texts = () if message.portfolio is None else (message.portfolio,)
    return ListOpenOrders(
        resolve.portfolios(texts, ctx),
        resolve.instruments(message.instrument, message.instrument_type, ctx),
        None if message.side is None else tables.SIDES.from_wire(message.side),
        message.client_order_id,
        until_ns,
        message.result_offset,
        message.result_limit,
        _ord_types(message.order_type),
        _exec_types(message.event_type),
    )


def list_to_wire(query: ListOpenOrders, ctx: Context) -> orders.ListOrders:
    """Return the request for a page, or the first hundred open orders. Raises NotExpressible."""
    instrument, instrument_type = resolve.instruments_to_wire(query.instrument_ids, ctx)
    return orders.ListOrders(
        portfolio=_one_or_all(query.account_ids, ctx),
        instrument=instrument,
        instrument_type=instrument_type,  # type: ignore[arg-type]  # a Literal by the table
        client_order_id=query.cl_ord_id,
        side=None if query.side is None else tables.SIDES.to_wire(query.side),  # type: ignore[arg-type]
        event_type=_event_type(query.exec_types),
        order_type=_order_type(query.ord_types),  # type: ignore[arg-type]
        ref_datetime=pages.until_to_wire(query),
        result_limit=pages.limit_to_wire(query),
        result_offset=query.offset,
    )


def list_reply_to_wire(reports: tuple[OrderReport, ...], ctx: Context) -> orders.OrderPage:
    """Return the part of the open orders that was asked for, last event first."""
    page = pages.header(ctx.message)
    return orders.OrderPage(page, [order_to_wire(report, ctx) for report in reports])


def list_reply_from_wire(message: orders.OrderPage, ctx: Context) -> tuple[OrderReport, ...]:
    """Return the reports on a page."""
    return orders_from_wire(message.results, ctx)


def replace_from_wire(message: orders.ModifyOrder, ctx: Context) -> ReplaceOrder:
    """
    Return the replacement asked for; `ctx.found` is the order as it stands.

    Raises: CancelRefused for an unknown order and for terms that cannot be a replacement's,
            InvalidField.
    Source: INTX REST reference, "Modify open order".
    """
    account_id = resolve.portfolio(message.portfolio, ctx)
    new_cl_ord_id = check_cl_ord_id(message.client_order_id)
    for name in ("stop_price", "stop_limit_price"):
        if getattr(message, name) is not None:
            raise InvalidField(name, f"{name} does not apply to this order")
    found: OrderReport | None = ctx.found
    if found is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, CxlRejResponseTo.REPLACE)
    instrument = ctx.directory.instruments[found.instrument_id]
    price_ticks, qty_lots = _new_terms(message, instrument)
    if found.is_open and (reason := _refuse_terms(message, found, price_ticks, qty_lots)):
        raise _replace_refused(reason, found.ord_status)
    return ReplaceOrder(
        account_id,
        found.instrument_id,
        _order_id(message.id),
        message.id,
        new_cl_ord_id,
        price_ticks,
        qty_lots,
    )


def replace_to_wire(command: ReplaceOrder, ctx: Context) -> orders.ModifyOrder:
    """Return the request for a replacement. Raises NotExpressible without a new client id."""
    if not command.new_cl_ord_id:
        raise NotExpressible("a replacement that keeps its client_order_id")
    instrument = ctx.directory.instruments[command.instrument_id]
    price, size = command.price_ticks, command.order_qty_lots
    return orders.ModifyOrder(
        id=_path_id(command.order_id, command.cl_ord_id),
        client_order_id=command.new_cl_ord_id,
        portfolio=_uuid(command.account_id),
        price=Decimal(numbers.price_text(instrument, price)) if price else None,
        size=Decimal(numbers.qty_text(instrument, size)) if size else None,
    )


def cancel_from_wire(message: orders.CancelOrder, ctx: Context) -> CancelOrder:
    """
    Return the cancel asked for: the path holds an order id, or else a client order id.

    Raises: MissingField, InvalidField, NotFound, Forbidden for the portfolio.
    Source: INTX REST reference, "Cancel order".
    """
    account_id = resolve.portfolio(message.portfolio, ctx)
    return CancelOrder(account_id, _order_id(message.id), message.id)


def cancel_to_wire(command: CancelOrder, ctx: Context) -> orders.CancelOrder:
    """Return the request for a cancel. Raises NotExpressible when it also names an instrument."""
    if command.instrument_id:
        raise NotExpressible("a cancel bound to an instrument")
    path_id = _path_id(command.order_id, command.cl_ord_id)
    return orders.CancelOrder(path_id, _uuid(command.account_id))


def cancel_all_from_wire(message: orders.CancelAllOrders, ctx: Context) -> MassCancel:
    """
    Return the mass cancel asked for. Every filter is resolved before anything is canceled.

    Raises: as `cancel_from_wire`; InvalidField for a filter that names nothing.
    Source: INTX REST reference, "Cancel orders".
    """
    return MassCancel(
        resolve.portfolio(message.portfolio, ctx),
        resolve.instruments(message.instrument, message.instrument_type, ctx),
        None if message.side is None else tables.SIDES.from_wire(message.side),
    )


def cancel_all_to_wire(command: MassCancel, ctx: Context) -> orders.CancelAllOrders:
    """Return the request for a mass cancel. Raises NotExpressible for other than one account."""
    if not command.account_id:
        raise NotExpressible("a mass cancel over all accounts")
    instrument, instrument_type = resolve.instruments_to_wire(command.instrument_ids, ctx)
    return orders.CancelAllOrders(
        _uuid(command.account_id),
        instrument,
        # Literals by their tables, both.
        None if command.side is None else tables.SIDES.to_wire(command.side),  # type: ignore[arg-type]
        instrument_type,  # type: ignore[arg-type]
    )


def _order_id(text: str) -> OrderId:
    # What is not spelled like an order id is a client order id, and may also be one if it is.
    return OrderId(ids.parse_triplet(Kind.ORDER, text) or 0)


def _path_id(order_id: OrderId, cl_ord_id: str) -> str:
    if not order_id:
        return cl_ord_id
    spelled = ids.triplet(Kind.ORDER, order_id)
    if cl_ord_id not in ("", spelled):
        raise NotExpressible("an order id and a client_order_id in one request")
    return spelled


def _uuid(account_id: AccountId) -> str:
    return ids.both(Kind.PORTFOLIO, account_id)[1]


def _one_or_all(account_ids: tuple[AccountId, ...], ctx: Context) -> str | None:
    if account_ids == resolve.portfolios((), ctx):
        return None
    if len(account_ids) != 1:
        raise NotExpressible("one portfolio or all of them")
    return _uuid(account_ids[0])


def _ord_types(text: str | None) -> tuple[OrdType, ...] | None:
    # Of a type that is not offered here there are no orders.
    if text is None:
        return None
    return tuple(ord_type for ord_type, known in tables.ORD_TYPES.rows if known == text)


def _order_type(ord_types: tuple[OrdType, ...] | None) -> str | None:
    if ord_types is None:
        return None
    if len(ord_types) != 1:
        raise NotExpressible("one type of order")
    return tables.ORD_TYPES.to_wire(ord_types[0])


def _exec_types(text: str | None) -> tuple[ExecType, ...] | None:
    if text is None:
        return None
    exec_type = tables.EVENT_TYPES.from_wire(text)
    return (exec_type, ExecType.RESTATED) if exec_type is tables.RESTATED_AS else (exec_type,)


def _event_type(exec_types: tuple[ExecType, ...] | None) -> orders.EventType | None:
    if exec_types is None:
        return None
    for text in _SHOWN_EVENTS:
        if _exec_types(text) == exec_types:
            return text
    raise NotExpressible("one type of event")


def _new_terms(message: orders.ModifyOrder, instrument: Instrument) -> tuple[int, int]:
    price, size = message.price, message.size
    return (
        0 if price is None else resolve.steps("price", price, instrument, numbers.price_ticks),
        0 if size is None else resolve.steps("size", size, instrument, numbers.qty_lots),
    )


def _refuse_terms(
    message: orders.ModifyOrder, found: OrderReport, price_ticks: int, qty_lots: int
) -> RejectReason | None:
    # 0 means "keep" to the exchange, so a zero that was sent must not get there.
    if message.client_order_id == found.cl_ord_id:
        return RejectReason.DUPLICATE_CL_ORD_ID
    if message.size is not None and qty_lots <= 0:
        return RejectReason.QTY_NOT_POSITIVE
    if message.price is not None and price_ticks <= 0:
        return RejectReason.PRICE_NOT_POSITIVE
    if message.size is None and message.price is None:
        return RejectReason.NOTHING_TO_REPLACE
    return None


def _replace_refused(reason: RejectReason, status: OrdStatus) -> CancelRefused:
    duplicate = reason is RejectReason.DUPLICATE_CL_ORD_ID
    cxl = CxlRejReason.DUPLICATE_CL_ORD_ID if duplicate else CxlRejReason.OTHER
    return CancelRefused(cxl, status, CxlRejResponseTo.REPLACE, reason)
