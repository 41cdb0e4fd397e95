"""Reading orders: one by its id, or a page of the open ones."""

from typing import Any

from countermand.venues.coinbase_intx import brackets, ids, paging, resolve, tables
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.venues.coinbase_intx.show import read_order
from countermand.vocabulary.order import ExecType, OrdType
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.errors import NotExpressible, NotFound

_FILTERS: tuple[m.EventType, ...] = ("NEW", "TRADE", "REPLACED")


def serve_get(message: m.GetOrder, ctx: Ctx) -> Serving[m.Order]:
    """Show one order, by its id or its client id. Raises NotFound, and for the portfolio."""
    account_id = resolve.portfolio(message.portfolio, ctx)
    found: OrderReport | None = yield GetOrder(account_id, ids.parse_order(message.id), message.id)
    if found is None:
        raise NotFound("order not found")
    return (yield from brackets.shown(found, ctx))


def ask_get(query: GetOrder, ctx: Ctx) -> m.GetOrder:
    """Return the request for one order."""
    path_id = ids.order_text(query.order_id, query.cl_ord_id)
    return m.GetOrder(path_id, ids.portfolio_text(query.account_id))


def serve_list(message: m.ListOrders, ctx: Ctx) -> Serving[m.OrderPage]:
    """Show a page of open orders, last event first. Raises for a portfolio and a filter."""
    until_ns = paging.until_ns(message)
    ord_types, has_trigger = _kind(message.order_type)
    reports: tuple[OrderReport, ...] = yield ListOpenOrders(
        resolve.portfolios(() if message.portfolio is None else (message.portfolio,), ctx),
        resolve.instruments(message.instrument, message.instrument_type, ctx),
        tables.SIDES.from_wire_if(message.side),
        message.client_order_id,
        until_ns,
        message.result_offset,
        limit=message.result_limit,
        ord_types=ord_types,
        has_trigger=has_trigger,
        exec_types=_exec_types(message.event_type),
    )
    if message.order_type is not None:
        # A bracket is of another type than its legs.
        reports = tuple(report for report in reports if report.terms.link is None)
    told = yield from brackets.shown_each(reports, ctx)
    return m.OrderPage(paging.header(message), told)


def ask_list(query: ListOpenOrders, ctx: Ctx) -> m.ListOrders:
    """Return the request for a page, or for the first hundred open orders."""
    every = query.account_ids in ((), resolve.portfolios((), ctx))
    exec_types = query.exec_types
    return m.ListOrders(
        portfolio=None if every else ids.portfolio_text(query.account_ids[0]),
        client_order_id=query.cl_ord_id,
        side=tables.SIDES.to_wire_if(query.side),
        event_type=next((text for text in _FILTERS if _exec_types(text) == exec_types), None),
        order_type=_type_word(query),
        **resolve.filters(query.instrument_ids, ctx),
        **paging.ask(query.until_ns, query.offset, query.limit),
    )


def _kind(text: str | None) -> tuple[tuple[OrdType, ...] | None, bool | None]:
    # An order type that is not offered matches no orders.
    if text is None:
        return None, None
    for (ord_type, sleeps), known in tables.ORD_TYPES.rows:
        if known == text:
            return (ord_type,), sleeps
    return (), None


def _type_word(query: ListOpenOrders) -> Any:
    match query.ord_types, query.has_trigger:
        case None, None:
            return None
        case (ord_type,), bool(sleeps):
            return tables.ORD_TYPES.to_wire((ord_type, sleeps))
    raise NotExpressible("orders are asked for by one type, asleep or not")


def _exec_types(text: str | None) -> tuple[ExecType, ...] | None:
    if text is None:
        return None
    exec_type = tables.EVENT_TYPES.from_wire(text)
    return (exec_type, ExecType.RESTATED) if exec_type is tables.RESTATED_AS else (exec_type,)


GET = Op(m.GetOrder, m.Order, serve_get, ask_get, read_order)
LIST = Op(m.ListOrders, m.OrderPage, serve_list, ask_list, each(read_order, "results"))
