"""
Candles: what traded on a market, summed up over spans of time.

Shape:  a span without a trade has no candle; the newest comes first. The exchange remembers the
        last ten thousand trades of a market.
Source: DEX API v3, "Get candlestick data"; npm SDK 3.9.22, `getMixCandlestick`, which turns the
        list around and fills what is missing. Spans begin at whole multiples of their length since
        the Unix epoch, weeks on Mondays, which is our proposal (README).
"""

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import markets as m
from countermand.venues.loopring.parameters import given, optional_number
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.vocabulary.queries import ListTrades
from countermand.vocabulary.reports import Trade
from countermand.wire import candles, times
from countermand.wire.candles import DAY_NS, HOUR_NS, MINUTE_NS, WEEKLY, Candle, StartOf, every
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import MissingField
from countermand.wire.fields import invalid
from countermand.wire.numbers import price_text

CANDLES_MAX = 1_440
_CANDLES_DEFAULT = 100

STARTS: dict[str, StartOf] = {
    "1min": every(MINUTE_NS), "5min": every(5 * MINUTE_NS), "15min": every(15 * MINUTE_NS),
    "30min": every(30 * MINUTE_NS), "1hr": every(HOUR_NS), "2hr": every(2 * HOUR_NS),
    "4hr": every(4 * HOUR_NS), "12hr": every(12 * HOUR_NS), "1d": every(DAY_NS), "1w": WEEKLY,
}  # fmt: skip


def serve_candles(message: m.GetCandles, ctx: Ctx) -> Serving[m.Candles]:
    """
    Show the candles that begin from `start` to `end`. Raises MissingField, InvalidField, Coded.
    """
    pair = resolve.market((message.market or "").removeprefix("COMBINE-"), ctx)
    if (interval := given(message.interval)) is None:
        raise MissingField("interval")
    if (start_of := STARTS.get(interval)) is None:
        raise invalid("interval", f"must be of {', '.join(STARTS)}")
    first_ms = optional_number("start", message.start, 0)
    last_ms = optional_number("end", message.end, 0) or ctx.now_ns // times.MS
    limit = min(optional_number("limit", message.limit, _CANDLES_DEFAULT), CANDLES_MAX)
    trades: tuple[Trade, ...] = yield ListTrades(pair.instrument.instrument_id)
    rows = [
        show_candle(candle, pair)
        for candle in candles.candles(reversed(trades), pair.instrument, start_of)
        if first_ms <= candle.start_ns // times.MS <= last_ms
    ]
    return m.Candles(candlesticks=rows[: -limit - 1 : -1])


def show_candle(candle: Candle, pair: Pair) -> tuple[str, ...]:
    """Return the row of a candle."""
    one = pair.instrument
    prices = (candle.open_ticks, candle.close_ticks, candle.high_ticks, candle.low_ticks)
    size = pair.base.floor_units(candle.qty_lots * one.lot_minor)
    volume = pair.quote.floor_units(candle.notional_minor)
    start_ms, count = str(candle.start_ns // times.MS), str(candle.trades)
    return (start_ms, count, *(price_text(one, value) for value in prices), str(size), str(volume))


CANDLES = Op(m.GetCandles, m.Candles, serve_candles)
