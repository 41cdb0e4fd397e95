"""
Tickers: what each market did in a day, and what tokens are worth.

Source: DEX API v3, "Ticker"; npm SDK 3.9.22, `getMixTicker`, `getLatestTokenPrices`; hummingbot,
        which reads the market's name and its close. That the day is the last 24 hours, and what a
        token is worth, are our proposals (README).
"""

from collections.abc import Sequence
from decimal import Decimal

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import markets as m
from countermand.venues.loopring.parameters import given, words
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import NAME, Ctx
from countermand.vocabulary.queries import GetQuote, ListQuotes, ListTrades
from countermand.vocabulary.reports import QuoteReport, Trade
from countermand.wire import times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import MissingField
from countermand.wire.fields import invalid
from countermand.wire.numbers import price_text, price_ticks_nearest
from countermand.wire.reading import known

_DAY_NS = 24 * 60 * 60 * times.S
# How a market of books and pools together is called; there are no pools.
COMBINED = "COMBINE-"
# What counts as a dollar.
_DOLLAR = "USDT"
_LEGAL = "USD"
# Where in a row the last price stands, and the best two.
_CLOSE, _BEST = 7, slice(9, 11)


def serve_tickers(message: m.GetTickers, ctx: Ctx) -> Serving[m.Tickers]:
    """Show markets, in the order they were asked for. Raises MissingField, Coded."""
    if not (names := words(message.market)):
        raise MissingField("market")
    pairs = [(name, resolve.market(name.removeprefix(COMBINED), ctx)) for name in names]
    rows = []
    for name, pair in pairs:
        instrument_id = pair.instrument.instrument_id
        quote: QuoteReport = yield GetQuote(instrument_id)
        trades: tuple[Trade, ...] = yield ListTrades(instrument_id)
        rows.append(_row(name, pair, quote, trades, ctx))
    return m.Tickers(tickers=rows)


def _row(
    name: str, pair: Pair, quote: QuoteReport, trades: Sequence[Trade], ctx: Ctx
) -> tuple[str, ...]:
    one, now_ms = pair.instrument, ctx.now_ns // times.MS
    # The newest come first; without any the market stands where it was left.
    ticks, lots, notional = [], 0, 0
    for trade in trades:
        if trade.ts_ns < ctx.now_ns - _DAY_NS:
            break
        ticks.append(trade.price_ticks)
        lots += trade.qty_lots
        notional += one.notional_of(trade.price_ticks, trade.qty_lots)
    last = quote.last_px_ticks
    opened, high, low = (ticks[-1], max(ticks), min(ticks)) if ticks else (last, last, last)
    prices = [price_text(one, value) for value in (opened, high, low, last)]
    size, volume = pair.base.floor_units(lots * one.lot_minor), pair.quote.floor_units(notional)
    best = price_text(one, quote.bid_px_ticks), price_text(one, quote.ask_px_ticks)
    return (
        name, str(now_ms), str(size), str(volume), *prices, str(len(ticks)), *best, "0", "0",
    )  # fmt: skip


def ask_ticker(query: GetQuote, ctx: Ctx) -> m.GetTickers:
    """Return the request for what a market did in a day."""
    return m.GetTickers(market=ctx.directory.instruments[query.instrument_id].symbol)


def read_ticker(reply: m.Tickers, message: m.GetTickers, ctx: Ctx) -> QuoteReport:
    """
    Return the prices of a market; sizes are not told, and an empty text is no price.

    Raises: Malformed for an answer without the market; ArithmeticError, ValueError.
    """
    name = message.market or ""
    row = known("ticker", next((row for row in reply.tickers if row[0] == name), None))
    one = resolve.told_pair("ticker", name, ctx).instrument
    last, bid, ask = (
        price_ticks_nearest(one, Decimal(text or 0)) for text in (row[_CLOSE], *row[_BEST])
    )
    moment_ns = int(row[1]) * times.MS
    return QuoteReport(
        one, bid_px_ticks=bid, ask_px_ticks=ask, last_px_ticks=last, transact_ns=moment_ns
    )


def serve_prices(message: m.GetPrices, ctx: Ctx) -> Serving[m.Prices]:
    """Show what tokens are worth in dollars. Raises InvalidField for another money."""
    if (given(message.legal) or _LEGAL).upper() != _LEGAL:
        raise invalid("legal", f"must be {_LEGAL}")
    quotes: tuple[QuoteReport, ...] = yield ListQuotes(NAME)
    worth = {_DOLLAR: "1"}
    for quote in quotes:
        pair = resolve.pair(quote.instrument, ctx)
        if pair is not None and pair.quote.asset.symbol == _DOLLAR:
            worth[pair.base.asset.symbol] = price_text(quote.instrument, quote.mark_price_ticks)
    now_ms = ctx.now_ns // times.MS
    told = [m.Price(symbol=name, price=text, updated_at=now_ms) for name, text in worth.items()]
    return m.Prices(prices=told)


TICKERS = Op(m.GetTickers, m.Tickers, serve_tickers, ask_ticker, read_ticker)
PRICES = Op(m.GetPrices, m.Prices, serve_prices)
