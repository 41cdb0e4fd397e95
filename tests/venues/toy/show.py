"""Show: the order object, both ways."""

from decimal import Decimal

from tests.venues.toy import resolve
from tests.venues.toy.messages import orders as m
from tests.venues.toy.settings import Ctx
from tests.venues.toy.tables import REASONS, SIDES, STATUSES

from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.reading import last_exec_type


def limit(side: Side, qty_lots: int, price_ticks: int) -> OrderTerms:
    """Return the terms of the only kind of order there is."""
    return OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, qty_lots, price_ticks)


def show_order(report: OrderReport, ctx: Ctx) -> m.Order:
    """Return the order as the toy shows it."""
    market = ctx.directory.instruments[report.instrument_id]
    quote = ctx.directory.assets[market.quote_asset_id]
    return m.Order(
        report.order_id,
        market.symbol,
        SIDES.to_wire(report.terms.side),
        Decimal(numbers.price_text(market, report.terms.price_ticks)),
        Decimal(numbers.qty_text(market, report.terms.order_qty_lots)),
        Decimal(numbers.qty_text(market, report.cum_qty_lots)),
        Decimal(numbers.minor_text(quote, report.cum_notional_minor)),
        Decimal(numbers.minor_text(quote, report.fee_minor)),
        STATUSES.to_wire(report.ord_status),
        REASONS.to_wire(report.cancel_reason),
    )


def read_order(reply: m.Order, message: object, ctx: Ctx) -> OrderReport:
    """Return the order that a reply shows."""
    market = resolve.instrument(reply.symbol, ctx)
    quote = ctx.directory.assets[market.quote_asset_id]
    status = STATUSES.from_wire(reply.status)
    qty, cum = (numbers.qty_lots(market, each) for each in (reply.quantity, reply.executed))
    price = numbers.price_ticks(market, reply.price)
    terms = limit(SIDES.from_wire(reply.side), qty, price)
    names = (OrderId(reply.id), resolve.account_id(ctx), market.instrument_id, "")
    return OrderReport(
        *names,
        terms,
        status.standing,
        ord_status=status,
        exec_type=last_exec_type(status),
        leaves_qty_lots=qty - cum if status.standing.is_open else 0,
        cum_qty_lots=cum,
        cum_notional_minor=numbers.asset_minor(quote, reply.value),
        fee_minor=numbers.asset_minor(quote, reply.fee),
        cancel_reason=REASONS.from_wire(reply.reason),
    )
