"""Previewing: the order as it would be taken."""

from msgspec.structs import replace

from countermand.venues.polymarket_us import resolve
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.order_form import read_form
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.show import PENDING_NEW, show_order
from countermand.vocabulary.commands import RecordRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Standing
from countermand.vocabulary.queries import PreviewOrder
from countermand.vocabulary.reports import OrderReport, PreviewReport
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import MissingField, OrderRefused


def serve_preview(message: m.PreviewOrder, ctx: Ctx) -> Serving[m.OneOrder]:
    """
    Return the order as it would be taken, with neither id nor time.

    Raises: MissingField, InvalidField; OrderRefused when it would be rejected.
    """
    if message.request is None:
        raise MissingField("request")
    order = read_form(message.request, resolve.account(ctx), ctx)
    if isinstance(order, RecordRejected):
        raise OrderRefused(order.reason)
    report: PreviewReport = yield PreviewOrder(order, ctx.now_ns)
    if report.reason is not None:
        raise OrderRefused(report.reason)
    lots = order.terms.order_qty_lots or report.fill_qty_lots
    taken = OrderReport(
        OrderId(1),
        order.account_id,
        order.instrument_id,
        "",
        replace(order.terms, order_qty_lots=lots),
        Standing.PENDING,
        leaves_qty_lots=lots,
    )
    timeless = {"insert_time": None, "create_time": None, "last_transact_time": None}
    return m.OneOrder(replace(show_order(taken, ctx), id="", state=PENDING_NEW, **timeless))


PREVIEW = Op(m.PreviewOrder, m.OneOrder, serve_preview)
