"""
What a venue tells besides orders: fills, balances, positions, books and instruments, as decimals
and symbols.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from countermand.client.people import price, qty
from countermand.client.session import Session
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reports import (
    BalanceReport,
    DepthReport,
    Fill,
    PositionReport,
    QuoteReport,
)
from countermand.wire import numbers
from countermand.wire.ids import foreign_text


class Trade(Struct, frozen=True):
    """
    A fill of one of the account's orders.

    Shape:  `order_id` is the venue's text, empty where a fill does not name its order; `trade_id`
            tells one trade from another, empty where nothing does.
    Units:  exact decimals; `ts_ns` nanoseconds since the Unix epoch.
    """

    order_id: str
    cl_ord_id: str
    symbol: str
    side: str
    last_qty: Decimal
    last_px: Decimal
    is_maker: bool
    ts_ns: int
    trade_id: str = ""


class Balance(Struct, frozen=True):
    """The account's balance of an asset. `available` is the part that is neither held nor lost."""

    asset: str
    total: Decimal
    available: Decimal


class Position(Struct, frozen=True):
    """A position: `net_qty` below zero is short; `avg_px` what it was bought or sold for."""

    symbol: str
    net_qty: Decimal
    avg_px: Decimal | None


class Book(Struct, frozen=True):
    """
    The levels of a market as (price, quantity), best first; as many as the venue tells.

    Shape:  a quantity is None where the venue tells prices alone.
    """

    symbol: str
    bids: tuple[tuple[Decimal, Decimal | None], ...]
    asks: tuple[tuple[Decimal, Decimal | None], ...]


class Quote(Struct, frozen=True):
    """
    The best prices of a market and its last one; None where there is none, or it is not told.

    Units:  exact decimals; `ts_ns` nanoseconds since the Unix epoch, 0 where it is not told.
    """

    symbol: str
    bid_px: Decimal | None
    bid_qty: Decimal | None
    ask_px: Decimal | None
    ask_qty: Decimal | None
    last_px: Decimal | None
    ts_ns: int = 0


class Market(Struct, frozen=True):
    """A market: prices are multiples of `tick_size`, quantities of `lot_size`."""

    symbol: str
    kind: str
    base: str
    quote: str
    tick_size: Decimal
    lot_size: Decimal
    min_qty: Decimal
    trading_state: str


def trade_of(session: Session, fill: Fill, order_id: str) -> Trade:
    """Return a fill in people's words."""
    one = session.directory.instruments[fill.instrument_id]
    return Trade(
        order_id,
        fill.terms.secondary_cl_ord_id or fill.cl_ord_id,
        one.symbol,
        fill.terms.side.name.lower(),
        qty(one, fill.last_qty_lots),
        price(one, fill.last_px_ticks),
        fill.is_maker,
        fill.ts_ns,
        foreign_text(fill.match_id) if fill.match_id < 0 else str(fill.match_id or ""),
    )


def balance_of(session: Session, report: BalanceReport) -> Balance:
    """Return a balance in people's words."""
    asset = session.directory.assets[report.asset_id]
    total, available = _money(asset, report.total_minor), _money(asset, report.available_minor)
    return Balance(asset.symbol, total, available)


def position_of(session: Session, report: PositionReport) -> Position:
    """Return a position in people's words."""
    one, lots = session.directory.instruments[report.instrument_id], report.net_lots
    average = numbers.avg_px_text_half_even(one, report.cost_minor, lots) if lots else None
    return Position(one.symbol, qty(one, lots), None if average is None else Decimal(average))


def book_of(session: Session, report: DepthReport) -> Book:
    """Return a book in people's words."""
    one = session.directory.instruments[report.instrument_id]
    sides = (
        tuple((price(one, ticks), qty(one, lots) if lots else None) for ticks, lots in side)
        for side in (report.bids, report.asks)
    )
    return Book(one.symbol, *sides)


def quote_of(report: QuoteReport) -> Quote:
    """Return a quote in people's words."""
    one = report.instrument
    return Quote(
        one.symbol,
        price(one, report.bid_px_ticks) if report.bid_px_ticks else None,
        qty(one, report.bid_qty_lots) if report.bid_qty_lots else None,
        price(one, report.ask_px_ticks) if report.ask_px_ticks else None,
        qty(one, report.ask_qty_lots) if report.ask_qty_lots else None,
        price(one, report.last_px_ticks) if report.last_px_ticks else None,
        report.transact_ns,
    )


def depth_of(report: QuoteReport) -> DepthReport:
    """Return the top of a book as one of a single level."""
    bid = ((report.bid_px_ticks, report.bid_qty_lots),) if report.bid_px_ticks else ()
    ask = ((report.ask_px_ticks, report.ask_qty_lots),) if report.ask_px_ticks else ()
    return DepthReport(report.instrument.instrument_id, bid, ask)


def market_of(session: Session, one: Instrument) -> Market:
    """Return an instrument in people's words."""
    assets = session.directory.assets
    return Market(
        one.symbol,
        one.kind.name.lower(),
        assets[one.base_asset_id].symbol if one.base_asset_id in assets else "",
        assets[one.quote_asset_id].symbol if one.quote_asset_id in assets else "",
        price(one, 1),
        qty(one, 1),
        qty(one, one.order_qty_lots_min),
        one.trading_state.name.lower(),
    )


def _money(asset: Asset, minor: int) -> Decimal:
    return Decimal(numbers.minor_text(asset, minor))
