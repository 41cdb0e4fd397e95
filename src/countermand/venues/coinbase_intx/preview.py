"""Previewing an order: what would become of it."""

from countermand.venues.coinbase_intx import resolve, tables
from countermand.venues.coinbase_intx.errors import CODES
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.place import order_of
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import PreviewOrder
from countermand.vocabulary.reports import PreviewReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import InvalidField


def serve_preview(message: m.PreviewOrder, ctx: Ctx) -> Serving[m.Preview]:
    """
    Tell what an order would do. Raises as `serve_place` does.

    Source: specification file, previewOrder.
    """
    if message.type == tables.BRACKET:
        raise InvalidField("type", f"{tables.BRACKET} orders are not previewed")
    order = order_of(message, resolve.portfolio(message.portfolio, ctx), "", ctx)
    report: PreviewReport = yield PreviewOrder(order, ctx.now_ns)
    instrument = ctx.directory.instruments[order.instrument_id]
    in_quote = instrument.is_perpetual or order.terms.side is Side.BUY
    asset_id = instrument.quote_asset_id if in_quote else instrument.base_asset_id
    reason = report.reason
    return m.Preview(
        is_valid=reason is None,
        maker_fee_estimate=numbers.rate_text(instrument.maker_fee_ppb),
        taker_fee_estimate=numbers.rate_text(instrument.taker_fee_ppb),
        required_margin_delta=numbers.minor_text(
            ctx.directory.assets[asset_id], report.required_minor
        ),
        reject_reason=CODES.to_wire_if(reason),
        reject_details=None if reason is None else reason.sentence,
    )


PREVIEW = Op(m.PreviewOrder, m.Preview, serve_preview)
