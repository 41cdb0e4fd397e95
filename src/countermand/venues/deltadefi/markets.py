"""Markets: what trades, and at what price."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.deltadefi import resolve
from countermand.venues.deltadefi.messages import markets as m
from countermand.venues.deltadefi.presentation import token
from countermand.venues.deltadefi.settings import NAME, Ctx
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, FeeBasis, Instrument, InstrumentKind
from countermand.vocabulary.queries import GetQuote, ListQuotes
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import numbers
from countermand.wire.conversation import Nothing, Op, Serving, always, each, one
from countermand.wire.errors import Malformed
from countermand.wire.fields import invalid
from countermand.wire.ids import foreign
from countermand.wire.reading import known

# Digits that our client keeps of every asset.
SCALE = 18


def show_config(reports: tuple[QuoteReport, ...], ctx: Ctx) -> m.MarketConfig:
    """Return the markets, in order of listing, and the assets that trade on them."""
    pairs = [_pair(report.instrument, ctx) for report in reports]
    symbols: dict[m.Token, list[str]] = {}
    tokens: dict[str, m.Token] = {}
    for pair in pairs:
        for side in (pair.base_token, pair.quote_token):
            known = tokens.setdefault(side.symbol, side)
            symbols.setdefault(known, []).append(pair.symbol)
    assets = [
        m.AssetInfo(it.symbol, it.unit, it.decimals, it.max_qty_dp, traded)
        for it, traded in symbols.items()
    ]
    return m.MarketConfig(pairs, assets)


def read_pair(pair: m.TradingPair, asked: Nothing, ctx: Ctx) -> QuoteReport:
    """Return a market with the grid that is told; prices are not. Raises Malformed."""
    base, quote = (
        known("market", ctx.directory.asset_by_symbol(token.symbol))
        for token in (pair.base_token, pair.quote_token)
    )
    price_dp, qty_dp = map(numbers.digits, (pair.price_max_dp, pair.base_token.max_qty_dp))
    finest, coarse = quote.scale - price_dp - qty_dp, base.scale - qty_dp
    if min(price_dp, qty_dp, finest, coarse) < 0:
        raise Malformed(f"market {pair.symbol} trades in steps that its assets do not have")
    grid = {
        "tick_units": 1,
        "price_scale": price_dp,
        "lot_units": 1,
        "qty_scale": qty_dp,
        "notional_minor": 10**finest,
        "lot_minor": 10**coarse,
    }
    if (told := ctx.directory.instrument_by_symbol(pair.symbol)) is not None:
        return QuoteReport(replace(told, **grid))
    names = InstrumentId(foreign(pair.symbol)), NAME, pair.symbol
    # The venue charges of what an order brings.
    spot, fees = InstrumentKind.SPOT, FeeBasis.RECEIVED
    market = Instrument(*names, spot, base.asset_id, quote.asset_id, **grid, fee_basis=fees)
    return QuoteReport(market)


def read_assets(config: m.MarketConfig) -> tuple[Asset, ...]:
    """Return the assets that trade, kept finer than any market's steps, so that a new one fits."""
    pairs = config.trading_pairs
    digits = {
        side.symbol: side.decimals for pair in pairs for side in (pair.base_token, pair.quote_token)
    }
    return tuple(
        Asset(AssetId(foreign(symbol)), NAME, symbol, max(SCALE, numbers.digits(scale)))
        for symbol, scale in digits.items()
    )


def serve_prices(message: m.ListPrices, ctx: Ctx) -> Serving[m.Price | list[m.PriceOf]]:
    """Show the price of one market or of all. Raises InvalidField, Refused (4106)."""
    if message.symbol is None:
        reports: tuple[QuoteReport, ...] = yield ListQuotes(NAME)
        return [m.PriceOf(report.instrument.symbol, _last_price(report)) for report in reports]
    if not message.symbol:
        raise invalid("symbol", "must not be empty")
    return (yield from serve_price(m.GetPrice(message.symbol), ctx))


def serve_price(message: m.GetPrice, ctx: Ctx) -> Serving[m.Price]:
    """Show the price of a market's last trade, 0 before any. Raises Refused (4106)."""
    instrument = resolve.instrument(message.symbol, ctx)
    return m.Price(_last_price((yield GetQuote(instrument.instrument_id))))


def ask_price(query: GetQuote, ctx: Ctx) -> m.ListPrices:
    """Return the request for the price of one market."""
    return m.ListPrices(ctx.directory.instruments[query.instrument_id].symbol)


def read_price(reply: m.Price, message: m.ListPrices, ctx: Ctx) -> QuoteReport:
    """Return what is told of a market: its last price. Raises ArithmeticError, ValueError."""
    instrument = resolve.instrument(message.symbol or "", ctx)
    last = numbers.price_ticks_nearest(instrument, reply.price)
    return QuoteReport(instrument, last_px_ticks=last, mark_price_ticks=last)


def _last_price(report: QuoteReport) -> Decimal:
    return Decimal(numbers.price_text(report.instrument, report.last_px_ticks))


def _pair(instrument: Instrument, ctx: Ctx) -> m.TradingPair:
    base, quote = (token(asset, ctx) for asset in resolve.assets(instrument, ctx))
    base = replace(base, max_qty_dp=instrument.qty_scale)
    return m.TradingPair(instrument.symbol, base, quote, instrument.price_scale)


_every = one(always(ListQuotes(NAME)), show_config)

LIST = Op(Nothing, m.MarketConfig, _every, always(Nothing()), each(read_pair, "trading_pairs"))
PRICES = Op(m.ListPrices, m.Price, serve_prices, ask_price, read_price)
PRICE = Op(m.GetPrice, m.Price, serve_price)
