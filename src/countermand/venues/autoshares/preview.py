"""
Previews: what an order would come to, always answered with 200.

Source: ETNA manual, "Verify order" (fields, that the status is 200, codes and the text for
        `LimitPriceUndefined`); the other texts are our proposal.
"""

import re
from decimal import Decimal
from typing import NoReturn

from msgspec.structs import replace

from countermand.venues.autoshares import dates, resolve, show
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.place import parse_order
from countermand.venues.autoshares.read_orders import find_order
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import margin_ppb
from countermand.vocabulary.commands import NewOrder, NewOrderList, RecordRejected
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrdType, SelfTradePrevention, Side
from countermand.vocabulary.queries import GetQuote, PreviewOrder
from countermand.vocabulary.reports import OrderReport, PreviewReport, QuoteReport
from countermand.wire.conversation import Op, Serving, reply
from countermand.wire.errors import Forbidden
from countermand.wire.numbers import (
    minor_text,
    price_text,
    price_ticks_nearest,
    qty_text,
    rate_text,
)

_ZERO = Decimal(0)
_TEXTS = {"LimitPriceUndefined": "Limit price is not defined."}
_CAPITALS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def serve_preview(message: m.CreateOrder, ctx: Ctx) -> Serving[m.Preview]:
    """Return what an order would come to. Raises as `parse_order` does."""
    asked = parse_order(message, ctx)
    # Of linked orders the first, which comes in before the others.
    order = asked.orders[0] if isinstance(asked, NewOrderList) else asked
    known = resolve.find(message.symbol or "", ctx)
    quote = yield GetQuote(order.instrument_id if known is None else known.instrument_id)
    report = yield PreviewOrder(order, ctx.now_ns)
    return show_preview(report, order, quote, ctx)


PREVIEW = Op(m.CreateOrder, m.Preview, serve_preview)


def serve_verify(message: m.OneOrder, ctx: Ctx) -> Serving[m.Preview]:
    """
    Return the preview of an existing order as if it came now. Raises as `find_order` does.

    An open order is always accepted: the funds and the position it needs are held for it already.
    """
    found = yield from find_order(message, ctx)
    order = _again(found)
    report = yield PreviewOrder(order, ctx.now_ns)
    if found.is_open:
        report = replace(report, reason=None)
    return replace(show_preview(report, order, None, ctx), order_id=found.order_id)


VERIFY = Op(m.OneOrder, m.Preview, serve_verify)


def refuse_replacement(message: m.ModifyOrder, ctx: Ctx) -> NoReturn:
    """Refuse what only administrators may. Raises Forbidden, after what `resolve.order` raises."""
    resolve.order(message.account_id, message.order_id, ctx)
    raise Forbidden("an administrator's right is needed")


VERIFY_REPLACEMENT = Op(m.ModifyOrder, m.Preview, reply(refuse_replacement))


def _again(found: OrderReport) -> NewOrder:
    asked = found.terms
    follows = asked.trigger is not None and asked.trigger.limit_offset_ticks is not None
    terms = replace(
        asked,
        order_qty_lots=found.leaves_qty_lots or asked.order_qty_lots,
        price_ticks=asked.price_ticks if asked.ord_type is OrdType.LIMIT and not follows else 0,
        trigger=asked.trigger and replace(asked.trigger, is_met=False),
        expire_ns=asked.expire_ns if found.is_open else 0,
        # It rests beside its own account's orders already, so it is not stopped by them here.
        stp=SelfTradePrevention.NONE,
    )
    return NewOrder(found.account_id, found.instrument_id, "", terms)


def show_preview(
    report: PreviewReport, order: NewOrder | RecordRejected, quote: QuoteReport | None, ctx: Ctx
) -> m.Preview:
    """Return the preview of an order."""
    code = "" if report.reason is None else show.reject_code(report.reason, order.terms)
    cost, fee, margin, rate = _amounts(report, order, quote, ctx)
    return m.Preview(
        is_successful=report.reason is None,
        error_description=code, error_description_text=text_of(code), error_description_args=[],
        commission=fee, commissions={"Per Trade Commission": fee},
        cost=cost, net_cost=cost + fee, total_cost=cost + fee,
        margin_change=margin, initial_margin_rate=rate, maintenance_margin_rate=rate,
        quotes=[] if quote is None else [show_quote(quote)],
    )  # fmt: skip


def read_quote(message: m.Quote, market: Instrument) -> QuoteReport:
    """Return the prices that a preview shows; sizes are not told. Raises OutOfRange."""
    bid, ask, last = (
        price_ticks_nearest(market, price or _ZERO)
        for price in (message.bid, message.ask, message.last)
    )
    return QuoteReport(market, bid_px_ticks=bid, ask_px_ticks=ask, last_px_ticks=last)


def _amounts(
    report: PreviewReport, order: NewOrder | RecordRejected, quote: QuoteReport | None, ctx: Ctx
) -> tuple[Decimal, ...]:
    # Cost, fee, margin and the margin's rate; nothing for an order that is in no market.
    market = ctx.directory.instruments.get(order.instrument_id)
    if market is None:
        return (_ZERO,) * 4
    asset = ctx.directory.assets[market.quote_asset_id]
    price_ticks = order.terms.price_ticks or _quoted_ticks(order, quote)
    cost_minor = market.notional_of(price_ticks, order.terms.order_qty_lots)
    amounts = (cost_minor, report.fee_minor, max(0, report.required_minor))
    rate = margin_ppb(market, borrows=ctx.directory.accounts[order.account_id].may_borrow)
    return (*(Decimal(minor_text(asset, minor)) for minor in amounts), Decimal(rate_text(rate)))


def _quoted_ticks(order: NewOrder | RecordRejected, quote: QuoteReport | None) -> int:
    # The price that a market order is counted at.
    if quote is None:
        return 0
    best = quote.ask_px_ticks if order.terms.side is Side.BUY else quote.bid_px_ticks
    return best or quote.mark_price_ticks


def text_of(code: str) -> str:
    """Return a code in words."""
    if not code:
        return ""
    return _TEXTS.get(code) or _CAPITALS.sub(" ", code).capitalize() + "."


def show_quote(report: QuoteReport) -> m.Quote:
    """Return a security's quote."""
    known = report.instrument
    last = report.last_px_ticks or report.mark_price_ticks
    return m.Quote(
        symbol=known.symbol, security_id=known.instrument_id, open_interest=0,
        ask=Decimal(price_text(known, report.ask_px_ticks)),
        bid=Decimal(price_text(known, report.bid_px_ticks)),
        last=Decimal(price_text(known, last)),
        volume=Decimal(qty_text(known, report.volume_lots)),
        timestamp=dates.date_text(report.transact_ns),
    )  # fmt: skip
