"""
Previews: what an order would come to, always answered with 200.

Source: ETNA manual, "Verify order" (fields, that the status is 200, codes and the text for
        `LimitPriceUndefined`); the other texts are our proposal.
"""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares.errors import ORDER_NOT_FOUND
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.translate import dates, order_reports
from countermand.venues.autoshares.translate.orders import get_from_wire
from countermand.venues.autoshares.translate.placing import place_from_wire, side_word
from countermand.venues.autoshares.translate.remarks import parse_remarks
from countermand.venues.autoshares.translate.worth import margin_ppb
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrdType, SelfTradePrevention, Side
from countermand.vocabulary.queries import GetOrder, GetQuote, PreviewOrder
from countermand.vocabulary.reports import OrderReport, PreviewReport, QuoteReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import NotFound

_ZERO = Decimal(0)
_TEXTS = {"LimitPriceUndefined": "Limit price is not defined."}
_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def find_quote(message: orders.CreateOrder, ctx: Context) -> GetQuote:
    """Return the question for the quote of an order's security."""
    known = ctx.directory.instrument_by_symbol(message.symbol or "")
    return GetQuote(InstrumentId(0) if known is None else known.instrument_id)


def preview_from_wire(message: orders.CreateOrder, ctx: Context) -> PreviewOrder:
    """Return the question what an order would do. Raises as `place_from_wire` does."""
    return PreviewOrder(place_from_wire(message, ctx), ctx.now_ns)


def preview_to_wire(report: PreviewReport, ctx: Context) -> orders.Preview:
    """Return what an order would come to."""
    return _preview(report, place_from_wire(ctx.message, ctx), ctx.found, ctx)


def find_verified(message: orders.OneOrder, ctx: Context) -> GetOrder:
    """Return the question for the order that is to be looked at. Raises as `get_from_wire`."""
    return get_from_wire(message, ctx)


def verified_from_wire(message: orders.OneOrder, ctx: Context) -> PreviewOrder:
    """Return the question what an order would do if it came now. Raises NotFound."""
    if ctx.found is None:
        raise NotFound(ORDER_NOT_FOUND)
    return PreviewOrder(_again(ctx.found), ctx.now_ns)


def verified_to_wire(report: PreviewReport, ctx: Context) -> orders.Preview:
    """
    Return what an order that exists would come to if it came now.

    One that stands has been found good: what it closes and what it is paid with is its own already.
    """
    found: OrderReport = ctx.found
    if found.is_open:
        report = replace(report, reason=None)
    return _preview(report, _again(found), None, ctx, found.order_id)


def _again(found: OrderReport) -> NewOrder:
    asked = found.terms
    limited = asked.ord_type is OrdType.LIMIT
    terms = replace(
        asked,
        order_qty_lots=found.leaves_qty_lots or asked.order_qty_lots,
        price_ticks=asked.price_ticks if limited else 0,
        expire_ns=asked.expire_ns if found.is_open else 0,
        # It would meet nobody of its own account that it does not stand beside already.
        stp=SelfTradePrevention.NONE,
    )
    return NewOrder(found.account_id, found.instrument_id, "", terms)


def _preview(
    report: PreviewReport,
    order: NewOrder | RecordRejected,
    quote: QuoteReport | None,
    ctx: Context,
    order_id: int | None = None,
) -> orders.Preview:
    code = _code(report, order)
    cost, fee, margin, rate = _amounts(report, order, quote, ctx)
    return orders.Preview(
        is_successful=report.reason is None,
        error_description=code,
        error_description_text=text_of(code),
        error_description_args=[],
        commission=fee,
        commissions={"Per Trade Commission": fee},
        cost=cost,
        net_cost=cost + fee,
        total_cost=cost + fee,
        margin_change=margin,
        initial_margin_rate=rate,
        maintenance_margin_rate=rate,
        quotes=[] if quote is None else [quote_to_wire(quote)],
        order_id=order_id,
    )


def _code(report: PreviewReport, order: NewOrder | RecordRejected) -> str:
    if report.reason is None:
        return ""
    side = side_word(order.terms.side, order.terms.position_effect)
    return parse_remarks(order.terms.text).fault or order_reports.code_of(report.reason, side)


def _amounts(
    report: PreviewReport, order: NewOrder | RecordRejected, quote: QuoteReport | None, ctx: Context
) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    # Cost, fee, margin and the margin's rate; nothing for an order that is in no market.
    market = ctx.directory.instruments.get(order.instrument_id)
    if market is None:
        return _ZERO, _ZERO, _ZERO, _ZERO
    asset = ctx.directory.assets[market.quote_asset_id]
    price_ticks = order.terms.price_ticks or _quoted_ticks(order, quote)
    cost, fee, margin = (
        Decimal(numbers.minor_text(asset, minor))
        for minor in (
            market.notional_of(price_ticks, order.terms.order_qty_lots),
            report.fee_minor,
            max(0, report.required_minor),
        )
    )
    borrows = ctx.directory.accounts[order.account_id].may_borrow
    return cost, fee, margin, Decimal(numbers.rate_text(margin_ppb(market, borrows=borrows)))


def _quoted_ticks(order: NewOrder | RecordRejected, quote: QuoteReport | None) -> int:
    # What a market order is counted at.
    if quote is None:
        return 0
    best = quote.ask_px_ticks if order.terms.side is Side.BUY else quote.bid_px_ticks
    return best or quote.mark_price_ticks


def text_of(code: str) -> str:
    """Return a code in words."""
    if not code:
        return ""
    return _TEXTS.get(code) or _CAPITALS.sub(" ", code).capitalize() + "."


def quote_to_wire(report: QuoteReport) -> orders.Quote:
    """Return a security's quote."""
    known: Instrument = report.instrument

    def price(ticks: int) -> Decimal:
        return Decimal(numbers.price_text(known, ticks))

    return orders.Quote(
        ask=price(report.ask_px_ticks),
        bid=price(report.bid_px_ticks),
        last=price(report.last_px_ticks or report.mark_price_ticks),
        volume=Decimal(numbers.qty_text(known, report.volume_lots)),
        open_interest=0,
        symbol=known.symbol,
        security_id=known.instrument_id,
        timestamp=dates.date_to_wire(report.transact_ns),
    )
