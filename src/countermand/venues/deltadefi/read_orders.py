"""Reading orders: one by its id, or a page of the open or of the closed ones."""

from collections.abc import Sequence

from countermand.venues.deltadefi import ids, paging, resolve
from countermand.venues.deltadefi.messages import orders as m
from countermand.venues.deltadefi.messages.shared import LIMIT_MAX
from countermand.venues.deltadefi.settings import Ctx
from countermand.venues.deltadefi.show import read_order, show_order
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder, ListFills, ListOpenOrders, ListOrders
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import Fill, OrderPage, OrderReport
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.errors import OrderRefused

# An answer has so many execution records, the newest: an order may have traded as often as there
# are fills, and every other request waits for the answer.
RECORDS_MAX = 10_000

_CLOSED = (OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.REJECTED, OrdStatus.EXPIRED)


def serve_get(message: m.GetOrder, ctx: Ctx) -> Serving[m.Order]:
    """Show one order, built or placed. Raises OrderRefused (4200) when there is none."""
    account_id, order_id = resolve.account(ctx), resolve.order_id(message.id, ctx)
    found: OrderReport | None = yield GetOrder(account_id, order_id)
    if found is None or resolve.has_lapsed(found, ctx):
        raise OrderRefused(RejectReason.UNKNOWN_ORDER)
    traded: Sequence[Fill] = ()
    if found.cum_qty_lots:
        traded = yield ListFills((account_id,), order_id, limit=RECORDS_MAX)
    return show_order(found, reversed(traded), ctx)


def ask_get(query: GetOrder, ctx: Ctx) -> m.GetOrder:
    """Return the request for one order."""
    return m.GetOrder(ids.order_text(query.order_id))


def serve_open(message: m.ListOfSymbol, ctx: Ctx) -> Serving[m.OrderPage]:
    """Show a page of the open orders, last event first. Raises Refused (4106)."""
    chosen = resolve.scope(message.symbol, ctx)
    found: tuple[OrderReport, ...] = yield ListOpenOrders((resolve.account(ctx),), chosen)
    return (yield from _page(message, paging.cut(found, message), len(found), ctx))


def ask_open(query: ListOpenOrders, ctx: Ctx) -> m.ListOfSymbol:
    """Return the request for the first open orders, of a market or of all."""
    return m.ListOfSymbol(resolve.symbol_of_one(query.instrument_ids, ctx) or None, 1, LIMIT_MAX)


def serve_closed(message: m.ListOfSymbol, ctx: Ctx) -> Serving[m.OrderPage]:
    """Show a page of the orders that are over, newest first. Raises Refused (4106)."""
    found: OrderPage = yield ListOrders(
        (resolve.account(ctx),),
        resolve.scope(message.symbol, ctx),
        ord_statuses=_CLOSED,
        offset=(message.page - 1) * message.limit,
        limit=message.limit,
    )
    return (yield from _page(message, found.orders, found.total, ctx))


def _page(
    message: m.ListOfSymbol, reports: tuple[OrderReport, ...], total: int, ctx: Ctx
) -> Serving[m.OrderPage]:
    data: list[m.Order] = []
    left = RECORDS_MAX
    for report in reports:
        traded: tuple[Fill, ...] = ()
        if report.cum_qty_lots:
            asked = ListFills((report.account_id,), report.order_id, limit=left)
            traded = yield asked
            left -= len(traded)
        data.append(show_order(report, reversed(traded), ctx))
    return m.OrderPage(data, total, paging.pages(total, message))


GET = Op(m.GetOrder, m.Order, serve_get, ask_get, read_order)
OPEN = Op(m.ListOfSymbol, m.OrderPage, serve_open, ask_open, each(read_order, "data"))
CLOSED = Op(m.ListOfSymbol, m.OrderPage, serve_closed)
