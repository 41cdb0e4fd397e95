"""Reading orders: one by its id, and those that are open."""

from countermand.venues.polymarket_us import ids, resolve
from countermand.venues.polymarket_us.errors import ORDER_NOT_FOUND
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.show import read_order, show_order
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.errors import NotFound


def serve_get(message: m.GetOrder, ctx: Ctx) -> Serving[m.OneOrder]:
    """Return one order. Raises NotFound, also for a text that is not an order's id."""
    if (order_id := ids.parse_order(message.order_id, ctx.read_id)) is None:
        raise NotFound(ORDER_NOT_FOUND)
    report: OrderReport | None = yield GetOrder(resolve.account(ctx), order_id)
    if report is None:
        raise NotFound(ORDER_NOT_FOUND)
    return m.OneOrder(show_order(report, ctx))


def ask_get(query: GetOrder, ctx: Ctx) -> m.GetOrder:
    """Return the request for one order."""
    return m.GetOrder(ids.order_text(query.order_id))


def read_get(reply: m.OneOrder, message: m.GetOrder, ctx: Ctx) -> OrderReport:
    """Return the report of one order. Raises as `read_order` does."""
    return read_order(reply.order, message, ctx)


def serve_list(message: m.ListOrders, ctx: Ctx) -> Serving[m.OrderList]:
    """Return the open orders, last event first; an unknown slug matches nothing."""
    markets = resolve.markets(message.slugs, ctx)
    reports: tuple[OrderReport, ...] = yield ListOpenOrders((resolve.account(ctx),), markets)
    return m.OrderList([show_order(report, ctx) for report in reports])


def ask_list(query: ListOpenOrders, ctx: Ctx) -> m.ListOrders:
    """Return the request for the open orders."""
    return m.ListOrders(resolve.slugs(query.instrument_ids, ctx))


GET = Op(m.GetOrder, m.OneOrder, serve_get, ask_get, read_get)
LIST = Op(m.ListOrders, m.OrderList, serve_list, ask_list, each(read_order, "orders"))
