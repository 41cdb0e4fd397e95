"""
Columns of orders: what lists of them can be searched and sorted by, each worked out by itself.

An account may have a quarter of a million orders, of which a page shows few, so a search must not
write them all. Every column is what `order_reports` shows under its name.

Source: ETNA manual, "List orders" (`CreateDate`, `SecurityId`, `Status`); the others are our
        proposal (README).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from countermand.venues.autoshares import tables
from countermand.venues.autoshares.filters import Kind
from countermand.venues.autoshares.paging import Column
from countermand.venues.autoshares.translate import dates, order_reports, shown
from countermand.venues.autoshares.translate.placing import side_word
from countermand.venues.autoshares.translate.remarks import parse_remarks
from countermand.venues.autoshares.translate.shown import Pending
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrdType
from countermand.vocabulary.reports import OrderReport
from countermand.wire.context import Context
from countermand.wire.numbers import avg_px_text_half_even, price_text, qty_text

Columns = Mapping[str, Column[OrderReport]]
_Text = Callable[[Instrument, OrderReport], str]

FIELDS: Mapping[str, Kind] = {
    "Id": Kind.NUMBER,
    "CreateDate": Kind.MOMENT,
    "Date": Kind.MOMENT,
    "TransactionDate": Kind.MOMENT,
    "ExpireDate": Kind.MOMENT,
    "SecurityId": Kind.NUMBER,
    "AccountId": Kind.NUMBER,
    "Status": Kind.NUMBER,
    "Symbol": Kind.TEXT,
    "ClientId": Kind.TEXT,
    "Side": Kind.TEXT,
    "Type": Kind.TEXT,
    "TimeInForce": Kind.TEXT,
    "Quantity": Kind.NUMBER,
    "Price": Kind.NUMBER,
    "ExecutedQuantity": Kind.NUMBER,
    "LeavesQuantity": Kind.NUMBER,
    "AveragePrice": Kind.NUMBER,
}


def columns(ctx: Context) -> Columns:
    """Return the columns of orders, each with how to work it out."""
    values = {**_names(ctx), **_times(ctx), **_words(), **_terms(ctx), **_executed(ctx)}
    return {name: Column(kind, values[name]) for name, kind in FIELDS.items()}


_Values = dict[str, Callable[[OrderReport], Any]]


def _names(ctx: Context) -> _Values:
    known = ctx.directory.instruments

    def symbol(one: OrderReport) -> str:
        market = known.get(one.instrument_id)
        return parse_remarks(one.terms.text).symbol if market is None else market.symbol

    def security_id(one: OrderReport) -> int:
        # An order that was refused before it came into a market may name one nonetheless.
        if one.instrument_id in known:
            return one.instrument_id
        market = ctx.directory.instrument_by_symbol(symbol(one))
        return 0 if market is None else market.instrument_id

    return {
        "Id": lambda one: one.order_id,
        "AccountId": lambda one: one.account_id,
        "ClientId": order_reports.client_id,
        "SecurityId": security_id,
        "Symbol": symbol,
        "Status": lambda one: tables.STATUS_CODES[shown.shown(one, shown.pending(one, ctx)).status],
    }


def _times(ctx: Context) -> _Values:
    return {
        "CreateDate": lambda one: dates.floored(one.submit_ns),
        "Date": lambda one: dates.floored(one.transact_ns),
        "TransactionDate": lambda one: dates.floored(one.transact_ns),
        "ExpireDate": lambda one: (
            dates.date_from_wire(order_reports.expire_date(one, parse_remarks(one.terms.text), ctx))
            or None
        ),
    }


def _words() -> _Values:
    def type_word(one: OrderReport) -> str:
        return parse_remarks(one.terms.text).type or tables.ORD_TYPES.to_wire(one.terms.ord_type)

    def tif_word(one: OrderReport) -> str:
        return parse_remarks(one.terms.text).tif or tables.TIMES_IN_FORCE.to_wire(
            one.terms.time_in_force
        )

    return {
        "Side": lambda one: side_word(one.terms.side, one.terms.position_effect),
        "Type": type_word,
        "TimeInForce": tif_word,
    }


def _terms(ctx: Context) -> _Values:
    known = ctx.directory.instruments

    def quantity(one: OrderReport) -> Decimal:
        if (market := known.get(one.instrument_id)) is None:
            return parse_remarks(one.terms.text).quantity
        return Decimal(qty_text(market, one.terms.order_qty_lots))

    def price(one: OrderReport) -> Decimal:
        if (market := known.get(one.instrument_id)) is None:
            return parse_remarks(one.terms.text).price
        return Decimal(
            price_text(market, one.terms.price_ticks if one.terms.ord_type is OrdType.LIMIT else 0)
        )

    return {"Quantity": quantity, "Price": price}


def _executed(ctx: Context) -> _Values:
    def leaves_lots(one: OrderReport) -> int:
        waits_for = shown.pending(one, ctx)
        return one.terms.order_qty_lots - one.cum_qty_lots if waits_for else one.leaves_qty_lots

    def value(text: _Text) -> Callable[[OrderReport], Decimal]:
        # Nothing is shown of what became of an order that is still to be looked at.
        def shown_value(one: OrderReport) -> Decimal:
            market = ctx.directory.instruments.get(one.instrument_id)
            if market is None or shown.pending(one, ctx) is Pending.NEW:
                return Decimal(0)
            return Decimal(text(market, one))

        return shown_value

    return {
        "ExecutedQuantity": value(lambda market, one: qty_text(market, one.cum_qty_lots)),
        "LeavesQuantity": value(lambda market, one: qty_text(market, leaves_lots(one))),
        "AveragePrice": value(
            lambda market, one: avg_px_text_half_even(
                market, one.cum_notional_minor, one.cum_qty_lots
            )
        ),
    }
