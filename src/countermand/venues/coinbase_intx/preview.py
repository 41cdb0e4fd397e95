"""Previewing an order: what would become of it."""

from countermand.venues.coinbase_intx import brackets, resolve, tables
from countermand.venues.coinbase_intx.errors import CODES
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.place import order_of
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import PreviewOrder
from countermand.vocabulary.reports import PreviewReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving


def serve_preview(message: m.PreviewOrder, ctx: Ctx) -> Serving[m.Preview]:
    """
    Tell what an order would do. Raises as `serve_place` does.

    Source: specification file, previewOrder.
    """
    order = order_of(message, resolve.portfolio(message.portfolio, ctx), "", ctx)
    reports = yield from _reports(message, order, ctx)
    instrument = ctx.directory.instruments[order.instrument_id]
    in_quote = instrument.is_perpetual or order.terms.side is Side.BUY
    asset_id = instrument.quote_asset_id if in_quote else instrument.base_asset_id
    reason = next((report.reason for report in reports if report.reason is not None), None)
    return m.Preview(
        is_valid=reason is None,
        maker_fee_estimate=numbers.rate_text(instrument.maker_fee_ppb),
        taker_fee_estimate=numbers.rate_text(instrument.taker_fee_ppb),
        required_margin_delta=numbers.minor_text(
            # Of a bracket the larger of its legs is held once.
            ctx.directory.assets[asset_id],
            max(report.required_minor for report in reports),
        ),
        reject_reason=CODES.to_wire_if(reason),
        reject_details=None if reason is None else reason.sentence,
    )


def _reports(form: m.PreviewOrder, order: NewOrder, ctx: Ctx) -> Serving[list[PreviewReport]]:
    # One of an order, two of a bracket.
    orders: tuple[NewOrder, ...] = (order,)
    if form.type == tables.BRACKET:
        orders = yield from brackets.both(form, order, ctx)
    reports = list[PreviewReport]()
    for one in orders:
        reports.append((yield PreviewOrder(one, ctx.now_ns)))
    return reports


PREVIEW = Op(m.PreviewOrder, m.Preview, serve_preview)
