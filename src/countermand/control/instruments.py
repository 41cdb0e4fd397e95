"""Instruments: the markets there are, their rules and where they stand."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

from countermand.control import names
from countermand.control.host import Host, Served
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.queries import GetDepth, GetQuote, ListQuotes
from countermand.vocabulary.reports import DepthReport, QuoteReport
from countermand.wire import numbers


class State(StrEnum):
    """What a market accepts; a cancel always. A paused and a halted one accept no orders."""

    TRADING = "trading"
    CANCEL_ONLY = "cancel-only"
    POST_ONLY = "post-only"
    LIMIT_ONLY = "limit-only"
    PAUSED = "paused"
    HALTED = "halted"

    @classmethod
    def of(cls, state: TradingState) -> State:
        """Return the word for a state."""
        return cls[state.name]


class OfVenue(Asked, frozen=True):
    """Which venue."""

    venue: str


class OfInstrument(Asked, frozen=True):
    """Which instrument, by its symbol."""

    venue: str
    symbol: str


class Book(OfInstrument, frozen=True):
    """Which book, and how many levels of each side at most."""

    levels: int = 20


class Quoted(Struct, frozen=True):
    """
    A market: its rules, as a world's file has them, and where it stands.

    Units: decimal text, None where there is none. `mark_price` is the last trade's, else the
    reference; `volume` since the listing, in the base asset; `settlement` what it was paid out at.
    """

    symbol: str
    kind: str
    base: str
    quote: str
    tick_size: str
    lot_size: str
    min_quantity: str
    max_quantity: str | None
    price_min: str
    price_max: str | None
    maker_fee_rate: str
    taker_fee_rate: str
    initial_margin_rate: str
    trading_state: State
    reference_price: str
    mark_price: str
    last_price: str | None
    bid: str | None
    bid_quantity: str | None
    ask: str | None
    ask_quantity: str | None
    volume: str
    open_interest: str
    settlement: str | None


class Instruments(Struct, frozen=True):
    """The markets of a venue, in order of listing."""

    instruments: tuple[Quoted, ...]


class Level(Struct, frozen=True):
    """A price and how much rests there. Units: decimal text."""

    price: str
    quantity: str


class Depth(Struct, frozen=True):
    """A book, best prices first."""

    symbol: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


async def list_instruments(host: Host, asked: OfVenue) -> Instruments:
    """Return the venue's markets."""
    at = names.served(host, asked.venue)
    quotes: tuple[QuoteReport, ...] = host.exchange.view(ListQuotes(at.venue.name))
    return Instruments(tuple(shown(at, quote) for quote in quotes))


async def get_instrument(host: Host, asked: OfInstrument) -> Quoted:
    """Return a market."""
    at = names.served(host, asked.venue)
    return quoted(host, at, names.instrument(at, asked.symbol))


async def get_book(host: Host, asked: Book) -> Depth:
    """Return a book."""
    at = names.served(host, asked.venue)
    on = names.instrument(at, asked.symbol)
    depth: DepthReport = host.exchange.view(GetDepth(on.instrument_id, asked.levels))
    bids, asks = (
        tuple(Level(numbers.price_text(on, px), numbers.qty_text(on, qty)) for px, qty in side)
        for side in (depth.bids, depth.asks)
    )
    return Depth(on.symbol, bids, asks)


def quoted(host: Host, at: Served, on: Instrument) -> Quoted:
    """Return a market as it is now."""
    return shown(at, host.exchange.view(GetQuote(on.instrument_id)))


def shown(at: Served, quote: QuoteReport) -> Quoted:
    """Return a market as an operator sees it."""
    on, assets = quote.instrument, at.directory.assets

    def price(ticks: int) -> str | None:
        return numbers.price_text(on, ticks) if ticks else None

    def quantity(lots: int) -> str | None:
        return numbers.qty_text(on, lots) if lots else None

    settled = quote.settled_px_ticks
    return Quoted(
        **_rules(on, assets[on.base_asset_id].symbol, assets[on.quote_asset_id].symbol),
        mark_price=numbers.price_text(on, quote.mark_price_ticks),
        last_price=price(quote.last_px_ticks),
        bid=price(quote.bid_px_ticks),
        bid_quantity=quantity(quote.bid_qty_lots),
        ask=price(quote.ask_px_ticks),
        ask_quantity=quantity(quote.ask_qty_lots),
        volume=numbers.qty_text(on, quote.volume_lots),
        open_interest=numbers.qty_text(on, quote.open_interest_lots),
        settlement=None if settled is None else numbers.price_text(on, settled),
    )


def _rules(on: Instrument, base: str, quote: str) -> dict[str, Any]:
    highest, largest = on.limit_up_ticks, on.order_qty_lots_max
    return {
        "symbol": on.symbol,
        "kind": on.kind.name.lower(),
        "base": base,
        "quote": quote,
        "tick_size": numbers.price_text(on, 1),
        "lot_size": numbers.qty_text(on, 1),
        "min_quantity": numbers.qty_text(on, on.order_qty_lots_min),
        "max_quantity": numbers.qty_text(on, largest) if largest else None,
        "price_min": numbers.price_text(on, on.limit_down_ticks),
        "price_max": numbers.price_text(on, highest) if highest else None,
        "maker_fee_rate": numbers.rate_text(on.maker_fee_ppb),
        "taker_fee_rate": numbers.rate_text(on.taker_fee_ppb),
        "initial_margin_rate": numbers.rate_text(on.initial_margin_ppb),
        "trading_state": State.of(on.trading_state),
        "reference_price": numbers.price_text(on, on.reference_price_ticks),
    }


_VENUE = f"{PREFIX}/venues/{{venue}}"
_INSTRUMENT = f"{_VENUE}/instruments/{{symbol}}"

ROWS = (
    ControlRow(
        name="instruments",
        method="GET",
        path=f"{_VENUE}/instruments",
        message=OfVenue,
        reply=Instruments,
        run=list_instruments,
        summary="List the markets of a venue",
    ),
    ControlRow(
        name="instrument",
        method="GET",
        path=_INSTRUMENT,
        message=OfInstrument,
        reply=Quoted,
        run=get_instrument,
        summary="Show a market: its rules and where it stands",
    ),
    ControlRow(
        name="book",
        method="GET",
        path=f"{_INSTRUMENT}/book",
        message=Book,
        reply=Depth,
        run=get_book,
        summary="Show a book",
    ),
)
