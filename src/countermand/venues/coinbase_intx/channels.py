"""
Channels: what a subscription to one product is told, each a function that says and follows it.

Source: INTX WebSocket documentation, "Channels".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from countermand.venues.coinbase_intx import markets, tables
from countermand.venues.coinbase_intx.messages import streams as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.events import Traded
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetDepth, GetQuote, ListTrades
from countermand.vocabulary.reports import DepthReport, QuoteReport, Trade
from countermand.wire import candles, times
from countermand.wire.candles import DAY_NS, HOUR_NS, MINUTE_NS, Candle, StartOf, every
from countermand.wire.numbers import price_text, qty_text
from countermand.wire.stream import Book, Following, Source, Told, trade_of

SNAPSHOT, UPDATE = "SNAPSHOT", "UPDATE"

# Source: the same page, "CANDLES Channel".
CANDLES_MAX = 200

# Spans by the end of a channel's name. Published clients send plurals for longer ones.
GRANULARITIES: dict[str, StartOf] = {
    "ONE_MINUTE": every(MINUTE_NS),
    "FIVE_MINUTE": every(5 * MINUTE_NS),
    "FIFTEEN_MINUTE": every(15 * MINUTE_NS),
    "THIRTY_MINUTE": every(30 * MINUTE_NS),
    "ONE_HOUR": every(HOUR_NS),
    "TWO_HOUR": every(2 * HOUR_NS),
    "SIX_HOUR": every(6 * HOUR_NS),
    "ONE_DAY": every(DAY_NS),
}


class Subscription(Struct, frozen=True):
    """One product on one channel: what it sees, and how its client is told a message's fields."""

    channel: str
    product: Instrument
    source: Source
    tell: Callable[..., None]  # message class, type, fields

    @property
    def ctx(self) -> Ctx:
        """The context of this moment."""
        return self.source.context

    def quote(self) -> QuoteReport:
        """Return how the market stands."""
        report: QuoteReport = self.source.view(GetQuote(self.product.instrument_id))
        return report


Channel = Callable[[Subscription], list[Following]]


def level1(subscription: Subscription) -> list[Following]:
    """Tell the top of the book, and each time it changed."""
    one, told = subscription.product, dict[str, str]()

    def tell(kind: str, depth: DepthReport) -> None:
        nonlocal told
        top = _side("bid", depth.bids, one) | _side("ask", depth.asks, one)
        if kind == SNAPSHOT or top != told:
            told = top
            subscription.tell(m.Top, kind, **top)

    return _follow_depth(subscription, tell, levels_max=1)


def level2(subscription: Subscription) -> list[Following]:
    """Tell the best levels of the book, and then those that changed, left or came among them."""
    levels_max = subscription.ctx.settings.stream_levels
    one, told = subscription.product, dict[tuple[str, int], int]()

    def tell(kind: str, depth: DepthReport) -> None:
        nonlocal told
        before, told = told, _sizes(depth)
        if kind == SNAPSHOT:
            bids, asks = _levels(depth.bids, one), _levels(depth.asks, one)
            subscription.tell(m.Depth, kind, bids=bids, asks=asks)
        elif changes := _changes(before, told, one):
            subscription.tell(m.Changes, kind, changes=changes)

    return _follow_depth(subscription, tell, levels_max)


def match(subscription: Subscription) -> list[Following]:
    """Tell each trade."""
    one = subscription.product

    def tell(more: Sequence[Told]) -> None:
        for told in more:
            if isinstance(told.event, Traded):
                subscription.tell(
                    m.Match,
                    UPDATE,
                    match_id=str(told.event.match_id),
                    trade_qty=qty_text(one, told.event.qty_lots),
                    aggressor_side=told.event.taker.terms.side.name,
                    trade_price=price_text(one, told.event.price_ticks),
                )

    return [subscription.source.follow(tell, instruments=[one.instrument_id])]


def instruments(subscription: Subscription) -> list[Following]:
    """Tell the instrument, and each time its rules or its state changed."""
    return _follow_shown(subscription, m.Instrument, _instrument)


def risk(subscription: Subscription) -> list[Following]:
    """Tell limits, index and mark, and each time one of them changed."""
    return _follow_shown(subscription, m.Risk, _risk)


def funding(subscription: Subscription) -> list[Following]:
    """Tell the rate of funding, which is 0 here for ever."""
    subscription.tell(m.Funding, SNAPSHOT, funding_rate="0", is_final=True)
    return []


def nothing(subscription: Subscription) -> list[Following]:
    """Tell nothing: there are no requests for quotes and no indexes here."""
    return []


def candle_channel(granularity: str, start_of: StartOf) -> Channel:
    """Return the channel of candles of one length."""

    def tell_candles(subscription: Subscription) -> list[Following]:
        one = subscription.product
        tape: tuple[Trade, ...] = subscription.source.view(ListTrades(one.instrument_id))
        known = list(candles.candles(reversed(tape), one, start_of))
        shown = [show_candle(each, one) for each in known[-CANDLES_MAX:]]
        told = {"granularity": granularity}
        subscription.tell(m.Candles, SNAPSHOT, candles=shown, **told)
        now = known[-1] if known else None

        def tell(more: Sequence[Told]) -> None:
            nonlocal now
            for trade in map(trade_of, more):
                if trade is not None:
                    now = candles.formed(now, trade, one, start_of)
                    subscription.tell(m.CandleUpdate, UPDATE, **told, **_candle(now, one))

        return [subscription.source.follow(tell, instruments=[one.instrument_id])]

    return tell_candles


CHANNELS: Mapping[str, Channel] = {
    "LEVEL1": level1,
    "LEVEL2": level2,
    "MATCH": match,
    "INSTRUMENTS": instruments,
    "RISK": risk,
    "FUNDING": funding,
    "RFQ_MATCH": nothing,
    "INDEX": nothing,
} | {
    f"CANDLES_{name}{plural}": candle_channel(name, start_of)
    for name, start_of in GRANULARITIES.items()
    for plural in ("", "S")
}


def show_candle(candle: Candle, one: Instrument) -> m.Candle:
    """Return a candle."""
    return m.Candle(**_candle(candle, one))


def _follow_depth(
    subscription: Subscription, tell: Callable[[str, DepthReport], None], levels_max: int
) -> list[Following]:
    instrument_id = subscription.product.instrument_id
    tell(SNAPSHOT, subscription.source.view(GetDepth(instrument_id, levels_max)))

    def changed(book: Book) -> None:
        tell(UPDATE, book.depth)

    return [subscription.source.follow_book(instrument_id, changed, levels_max)]


def _follow_shown(
    subscription: Subscription,
    message: type[m.Told],
    show: Callable[[QuoteReport, Ctx], dict[str, Any]],
) -> list[Following]:
    shown = show(subscription.quote(), subscription.ctx)
    subscription.tell(message, SNAPSHOT, **shown)

    def tell(_: Sequence[Told]) -> None:
        nonlocal shown
        before, shown = shown, show(subscription.quote(), subscription.ctx)
        if shown != before:
            subscription.tell(message, UPDATE, **shown)

    instrument_id = subscription.product.instrument_id
    return [subscription.source.follow(tell, instruments=[instrument_id])]


def _side(name: str, levels: Sequence[tuple[int, int]], one: Instrument) -> dict[str, str]:
    if not levels:
        return {}
    ticks, lots = levels[0]
    return {f"{name}_price": price_text(one, ticks), f"{name}_qty": qty_text(one, lots)}


def _levels(levels: Sequence[tuple[int, int]], one: Instrument) -> list[m.Level]:
    return [(price_text(one, ticks), qty_text(one, lots)) for ticks, lots in levels]


def _sizes(depth: DepthReport) -> dict[tuple[str, int], int]:
    sides = ((Side.BUY.name, depth.bids), (Side.SELL.name, depth.asks))
    return {(side, ticks): lots for side, levels in sides for ticks, lots in levels}


def _changes(
    before: dict[tuple[str, int], int], now: dict[tuple[str, int], int], one: Instrument
) -> list[m.Change]:
    gone = [(*level, 0) for level in before if level not in now]
    new = [(*level, lots) for level, lots in now.items() if before.get(level) != lots]
    return [(side, price_text(one, ticks), qty_text(one, lots)) for side, ticks, lots in gone + new]


def _instrument(report: QuoteReport, ctx: Ctx) -> dict[str, Any]:
    one, shown = report.instrument, markets.show_instrument(report, ctx)
    margin = bytes(shown.base_imf).decode()
    return {
        "instrument_type": shown.type,
        "base_asset_name": shown.base_asset_name,
        "quote_asset_name": shown.quote_asset_name,
        "base_increment": shown.base_increment,
        "quote_increment": shown.quote_increment,
        "avg_daily_quantity": shown.avg_daily_qty,
        "avg_daily_volume": shown.avg_daily_notional,
        "total30_day_quantity": shown.avg_30day_qty,
        "total30_day_volume": shown.avg_30day_notional,
        "total24_hour_quantity": shown.qty_24hr,
        "total24_hour_volume": shown.notional_24hr,
        "base_imf": margin,
        "min_quantity": shown.min_quantity,
        "position_size_limit": shown.position_limit_qty,
        "position_notional_limit": shown.position_notional_limit,
        "funding_interval": shown.funding_interval,
        "trading_state": tables.TRADING_STATES.to_wire(one.trading_state).lower(),
        "last_updated_time": times.iso_floor_ms(report.transact_ns),
        "default_initial_margin": margin,
        "base_asset_multiplier": shown.base_asset_multiplier,
        "underlying_type": shown.underlying_type,
    }


def _risk(report: QuoteReport, ctx: Ctx) -> dict[str, Any]:
    quote = markets.show_quote(report, ctx)
    return {
        "limit_up": quote.limit_up,
        "limit_down": quote.limit_down,
        "index_price": quote.index_price,
        "mark_price": quote.mark_price,
        "settlement_price": quote.settlement_price,
        "open_interest": qty_text(report.instrument, report.open_interest_lots),
    }


def _candle(candle: Candle, one: Instrument) -> dict[str, str]:
    return {
        "start": times.iso_floor_ms(candle.start_ns),
        "open": price_text(one, candle.open_ticks),
        "high": price_text(one, candle.high_ticks),
        "low": price_text(one, candle.low_ticks),
        "close": price_text(one, candle.close_ticks),
        "volume": qty_text(one, candle.qty_lots),
    }
