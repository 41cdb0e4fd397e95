"""Reading and canceling orders: requests to commands and queries, and back."""

from itertools import islice
from typing import Any

from countermand.venues.deltadefi import ids
from countermand.venues.deltadefi.errors import NothingToCancel
from countermand.venues.deltadefi.messages import orders
from countermand.venues.deltadefi.translate import resolve
from countermand.venues.deltadefi.translate.order_reports import (
    building_to_wire,
    has_lapsed,
    is_building,
    order_from_wire,
    order_to_wire,
)
from countermand.venues.deltadefi.translate.pages import pages, sliced
from countermand.venues.deltadefi.translate.records import record_of_fill, records_of
from countermand.vocabulary.commands import CancelOrder, MassCancel
from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder, ListFills, ListOpenOrders, ListOrders, Query
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import Fill, OrderPage, OrderReport
from countermand.wire.context import Context
from countermand.wire.errors import CancelRefused, NotExpressible, OrderRefused
from countermand.wire.receipts import Acknowledged, accepted

# An answer has so many execution records, the newest: an order may have traded as often as there
# are fills, and whoever asks for it would keep everybody waiting.
RECORDS_MAX = 10_000

_CLOSED = (OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.REJECTED, OrdStatus.EXPIRED)


def get_from_wire(message: orders.GetOrder, ctx: Context) -> GetOrder:
    """Return the question for one order. Raises OrderRefused (4200) for a text that is no id."""
    return GetOrder(resolve.account(ctx), resolve.order_id(message.id))


def get_to_wire(query: GetOrder, ctx: Context) -> orders.GetOrder:
    """Return the request for one order. Raises NotExpressible for one by client id."""
    resolve.check_own(query.account_id, ctx)
    return orders.GetOrder(path_id(query.order_id))


def then_of_one(report: OrderReport | None, ctx: Context) -> Query | tuple[Query, ...]:
    """Return what is asked after an order: what it traded."""
    if report is None or not report.cum_qty_lots:
        return ()
    return ListFills((report.account_id,), report.order_id, limit=RECORDS_MAX)


def found_to_wire(report: OrderReport | None, ctx: Context) -> orders.Order:
    """Return the order that was asked for. Raises OrderRefused (4200) when there is none."""
    if report is None or has_lapsed(report, ctx):
        raise OrderRefused(RejectReason.UNKNOWN_ORDER)
    if is_building(report, ctx):
        return building_to_wire(report, ctx)
    return order_to_wire(report, records_of(ctx.found or (), ctx), ctx)


def found_from_wire(message: orders.Order, ctx: Context) -> OrderReport:
    """Return the report of one order. Raises as `order_from_wire` does."""
    return order_from_wire(message, ctx)


def open_from_wire(message: orders.ListOfSymbol, ctx: Context) -> ListOpenOrders:
    """Return the question for the open orders of a symbol. Raises Refused (4106)."""
    instrument_id = resolve.instrument(message.symbol, ctx).instrument_id
    return ListOpenOrders((resolve.account(ctx),), (instrument_id,))


def open_to_wire(query: ListOpenOrders, ctx: Context) -> orders.ListOfSymbol:
    """Return the request for the first open orders. Raises NotExpressible but for one market's."""
    if query != ListOpenOrders(query.account_ids, query.instrument_ids):
        raise NotExpressible("a filter of open orders but by market")
    if query.account_ids != (resolve.account(ctx),):
        raise NotExpressible("orders of another account than the key's")
    symbol = _symbol_of_one(query.instrument_ids, ctx)
    return orders.ListOfSymbol(symbol, 1, orders.LIMIT_MAX)


def then_of_open(reports: tuple[OrderReport, ...], ctx: Context) -> Query | tuple[Query, ...]:
    """Return what is asked after the open orders: what those on the page traded."""
    return _fills_of(sliced(reports, ctx), ctx)


def open_list_to_wire(reports: tuple[OrderReport, ...], ctx: Context) -> orders.OrderPage:
    """Return a page of the open orders, last event first."""
    return _page(sliced(reports, ctx), len(reports), ctx)


def open_list_from_wire(message: orders.OrderPage, ctx: Context) -> tuple[OrderReport, ...]:
    """Return the reports on a page. Raises as `order_from_wire` does."""
    return tuple(order_from_wire(order, ctx) for order in message.data)


def closed_from_wire(message: orders.ListOfSymbol, ctx: Context) -> ListOrders:
    """Return the question for the orders of a symbol that are over. Raises Refused (4106)."""
    return ListOrders(
        (resolve.account(ctx),),
        (resolve.instrument(message.symbol, ctx).instrument_id,),
        ord_statuses=_CLOSED,
        offset=(message.page - 1) * message.limit,
        limit=message.limit,
    )


def then_of_closed(page: OrderPage, ctx: Context) -> Query | tuple[Query, ...]:
    """Return what is asked after the orders that are over: what they traded."""
    return _fills_of(page.orders, ctx)


def closed_list_to_wire(page: OrderPage, ctx: Context) -> orders.OrderPage:
    """Return a page of orders that are over, newest first."""
    return _page(page.orders, page.total, ctx)


def trades_from_wire(message: orders.ListOfSymbol, ctx: Context) -> ListFills:
    """Return the question for the account's fills. Raises Refused (4106)."""
    instrument = resolve.instrument(message.symbol, ctx)
    return ListFills((resolve.account(ctx),), instrument_ids=(instrument.instrument_id,))


def trades_to_wire(fills: tuple[Fill, ...], ctx: Context) -> orders.TradePage:
    """Return a page of the fills of a symbol, newest first."""
    data = [record_of_fill(fill, ctx) for fill in sliced(fills, ctx)]
    return orders.TradePage(data, len(fills), pages(len(fills), ctx))


def find_building(message: orders.CancelOrder, ctx: Context) -> Query | tuple[Query, ...]:
    """Return the question whether an order that shall be canceled is only built."""
    order_id = ids.parse_order(message.order_id)
    if order_id is None:
        return ()
    return GetOrder(resolve.account(ctx), order_id)


def cancel_from_wire(message: orders.CancelOrder, ctx: Context) -> CancelOrder:
    """
    Return the cancel asked for.

    Raises: CancelRefused: 4200 for a text that is no id, 4201 for an order that is only built.
    Source: API reference, "Cancel Order".
    """
    order_id = ids.parse_order(message.order_id)
    if order_id is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
    if is_building(ctx.found or None, ctx):
        raise CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, None)
    return CancelOrder(resolve.account(ctx), order_id)


def cancel_to_wire(command: CancelOrder, ctx: Context) -> orders.CancelOrder:
    """Return the request for a cancel. Raises NotExpressible but for one by order id alone."""
    resolve.check_own(command.account_id, ctx)
    if command.cl_ord_id or command.secondary_cl_ord_id or command.instrument_id:
        raise NotExpressible("a cancel but by order id alone")
    return orders.CancelOrder(path_id(command.order_id))


def canceled_to_wire(receipt: Receipt, ctx: Context) -> orders.CanceledOrder:
    """Return the id of the order that was canceled. Raises CancelRefused."""
    return orders.CanceledOrder(ids.order_text(accepted(receipt).orders[0].order_id))


def canceled_from_wire(message: orders.CanceledOrder, ctx: Context) -> Acknowledged:
    """Return the id of the order that is canceled; what it traded before is not told."""
    return Acknowledged((resolve.order_id(message.order_id),))


def cancel_all_from_wire(message: orders.CancelAllOrders, ctx: Context) -> MassCancel:
    """Return the cancel of every open order of a symbol. Raises Refused (4106)."""
    instrument_id = resolve.instrument(message.symbol, ctx).instrument_id
    return MassCancel(resolve.account(ctx), (instrument_id,))


def cancel_all_to_wire(command: MassCancel, ctx: Context) -> orders.CancelAllOrders:
    """Return the request for a cancel of all. Raises NotExpressible but for one market's."""
    resolve.check_own(command.account_id, ctx)
    if command.side is not None:
        raise NotExpressible("a cancel of one side")
    return orders.CancelAllOrders(_symbol_of_one(command.instrument_ids, ctx))


def canceled_all_to_wire(receipt: Receipt, ctx: Context) -> orders.CanceledOrders:
    """Return the ids of what was canceled, ascending. Raises NothingToCancel."""
    taken = [ids.order_text(report.order_id) for report in accepted(receipt).orders]
    if not taken:
        raise NothingToCancel
    return orders.CanceledOrders(ctx.message.symbol, taken)


def canceled_all_from_wire(message: orders.CanceledOrders, ctx: Context) -> Acknowledged:
    """Return the ids of the orders that are canceled."""
    return Acknowledged(tuple(resolve.order_id(text) for text in message.order_ids))


def path_id(order_id: OrderId) -> str:
    """Return an order's id as a path has it. Raises NotExpressible for one named otherwise."""
    if not order_id:
        raise NotExpressible("an order named by anything but its order id")
    return ids.order_text(order_id)


def _symbol_of_one(instrument_ids: tuple[InstrumentId, ...] | None, ctx: Context) -> str:
    if instrument_ids is None or len(instrument_ids) != 1:
        raise NotExpressible("a choice of any but one market")
    return ctx.directory.instruments[instrument_ids[0]].symbol


def _fills_of(reports: tuple[OrderReport, ...], ctx: Context) -> Query | tuple[Query, ...]:
    # All of the account's at once, however many orders the page has.
    if not any(report.cum_qty_lots for report in reports):
        return ()
    return ListFills((resolve.account(ctx),))


def _page(reports: tuple[OrderReport, ...], total: int, ctx: Context) -> orders.OrderPage:
    traded: dict[OrderId, list[Fill]] = {report.order_id: [] for report in reports}
    found: Any = ctx.found or ()
    for fill in islice((one for one in found if one.order_id in traded), RECORDS_MAX):
        traded[fill.order_id].append(fill)
    data = [order_to_wire(one, records_of(traded[one.order_id], ctx), ctx) for one in reports]
    return orders.OrderPage(data, total, pages(total, ctx))
