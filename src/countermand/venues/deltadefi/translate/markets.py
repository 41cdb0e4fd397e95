"""Markets: what trades, at what price, and what stands on the book."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.deltadefi import settings
from countermand.venues.deltadefi.messages import markets
from countermand.venues.deltadefi.messages.accounts import Nothing
from countermand.venues.deltadefi.translate import resolve
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.queries import GetDepth, GetQuote, GetReferenceData, ListQuotes, Query
from countermand.vocabulary.reports import DepthReport, QuoteReport, ReferenceData
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, Malformed

# Which venue's markets they are.
NAME = "deltadefi"

LEVELS_MAX = 50


def list_from_wire(message: Nothing, ctx: Context) -> ListQuotes:
    """Return the question for every market."""
    return ListQuotes(NAME)


def list_to_wire(query: ListQuotes, ctx: Context) -> Nothing:
    """Return the request for every market."""
    return Nothing()


def config_to_wire(reports: tuple[QuoteReport, ...], ctx: Context) -> markets.MarketConfig:
    """Return the markets, in order of listing, and the assets that trade on them."""
    pairs = [_pair_to_wire(report.instrument, ctx) for report in reports]
    symbols: dict[str, list[str]] = {}
    tokens: dict[str, markets.Token] = {}
    for pair in pairs:
        for one in (pair.base_token, pair.quote_token):
            symbols.setdefault(one.symbol, []).append(pair.symbol)
            tokens.setdefault(one.symbol, one)
    known = [
        markets.AssetInfo(symbol, one.unit, one.decimals, one.max_qty_dp, symbols[symbol])
        for symbol, one in tokens.items()
    ]
    return markets.MarketConfig(pairs, known)


def config_from_wire(message: markets.MarketConfig, ctx: Context) -> tuple[QuoteReport, ...]:
    """Return the markets with the grid that is told; prices are not. Raises Malformed."""
    return tuple(_unquoted(_pair_from_wire(pair, ctx)) for pair in message.trading_pairs)


def price_from_wire(message: markets.ListPrices, ctx: Context) -> Query:
    """Return the question for one market, or for all. Raises InvalidField, Refused (4106)."""
    if message.symbol is None:
        return ListQuotes(NAME)
    if not message.symbol:
        raise InvalidField("symbol", "invalid symbol: must not be empty")
    return GetQuote(resolve.instrument(message.symbol, ctx).instrument_id)


def one_price_from_wire(message: markets.GetPrice, ctx: Context) -> GetQuote:
    """Return the question for one market. Raises Refused (4106)."""
    return GetQuote(resolve.instrument(message.symbol, ctx).instrument_id)


def price_to_wire(query: GetQuote, ctx: Context) -> markets.ListPrices:
    """Return the request for the price of one market."""
    return markets.ListPrices(ctx.directory.instruments[query.instrument_id].symbol)


def price_reply_to_wire(
    report: QuoteReport | tuple[QuoteReport, ...], ctx: Context
) -> markets.Price | list[markets.PriceOf]:
    """Return the price of the last trade, 0 before any."""
    if isinstance(report, tuple):
        return [markets.PriceOf(one.instrument.symbol, _last_price(one)) for one in report]
    return markets.Price(_last_price(report))


def price_reply_from_wire(message: markets.Price, ctx: Context) -> QuoteReport:
    """Return what is told of a market: its last price. Raises ArithmeticError, ValueError."""
    instrument = resolve.instrument(ctx.message.symbol, ctx)
    last = numbers.price_ticks(instrument, message.price)
    return replace(_unquoted(instrument), last_px_ticks=last, mark_price_ticks=last)


def depth_from_wire(message: markets.GetDepth, ctx: Context) -> GetDepth:
    """Return the question for the book of a market. Raises Refused (4106)."""
    return GetDepth(resolve.instrument(message.symbol, ctx).instrument_id, LEVELS_MAX)


def depth_to_wire(report: DepthReport, ctx: Context) -> markets.Depth:
    """Return both sides, best first, at most `LEVELS_MAX` levels each."""
    instrument = ctx.directory.instruments[report.instrument_id]
    bids, asks = (
        [
            markets.Level(
                Decimal(numbers.price_text(instrument, ticks)),
                Decimal(numbers.qty_text(instrument, lots)),
            )
            for ticks, lots in levels
        ]
        for levels in (report.bids, report.asks)
    )
    return markets.Depth(bids, asks)


def reference_from_wire(message: Nothing, ctx: Context) -> GetReferenceData:
    """Return a question whose answer does not matter: what is told stands in the settings."""
    return GetReferenceData(NAME)


def terms_to_wire(data: ReferenceData, ctx: Context) -> markets.Terms:
    """Return the terms and conditions."""
    return markets.Terms(settings.own(ctx.settings).terms)


def hydra_cycle_to_wire(data: ReferenceData, ctx: Context) -> markets.HydraCycle:
    """Return the cycle that is running; cycles follow each other from the Unix epoch on."""
    length_ns = settings.own(ctx.settings).hydra_cycle_s * times.S
    start_ns = ctx.now_ns - ctx.now_ns % length_ns
    return markets.HydraCycle(resolve.time_text(start_ns), resolve.time_text(start_ns + length_ns))


def lock_to_wire(reports: tuple[QuoteReport, ...], ctx: Context) -> markets.TradingLock:
    """Return whether trading is locked: no market takes orders."""
    return markets.TradingLock(
        not any(report.instrument.trading_state.matches for report in reports)
    )


def _last_price(report: QuoteReport) -> Decimal:
    return Decimal(numbers.price_text(report.instrument, report.last_px_ticks))


def _pair_to_wire(instrument: Instrument, ctx: Context) -> markets.TradingPair:
    base, quote = resolve.assets(instrument, ctx)
    return markets.TradingPair(
        instrument.symbol,
        replace(_token(base, ctx), max_qty_dp=instrument.qty_scale),
        _token(quote, ctx),
        instrument.price_scale,
    )


def _token(asset: Asset, ctx: Context) -> markets.Token:
    told = settings.token(ctx.settings, asset)
    places = asset.scale if told.max_qty_dp is None else told.max_qty_dp
    return markets.Token(asset.symbol, told.unit, asset.scale, places)


def _pair_from_wire(pair: markets.TradingPair, ctx: Context) -> Instrument:
    known = ctx.directory.instrument_by_symbol(pair.symbol)
    price_dp, qty_dp = pair.price_max_dp, pair.base_token.max_qty_dp
    finest = pair.quote_token.decimals - price_dp - qty_dp
    coarse = pair.base_token.decimals - qty_dp
    if known is None or min(price_dp, qty_dp, finest, coarse) < 0:
        raise Malformed("market names what is not known here")
    return replace(
        known,
        tick_units=1,
        price_scale=price_dp,
        lot_units=1,
        qty_scale=qty_dp,
        notional_minor=10**finest,
        lot_minor=10**coarse,
    )


def _unquoted(instrument: Instrument) -> QuoteReport:
    return QuoteReport(instrument, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
