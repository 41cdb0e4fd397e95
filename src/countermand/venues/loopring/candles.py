"""
Candles: what traded on a market, summed up over spans of time.

Shape:  a span without a trade has no candle; the newest comes first. The exchange remembers the
        last ten thousand trades of a market.
Source: DEX API v3, "Get candlestick data"; npm SDK 3.9.22, `getMixCandlestick`, which turns the
        list around and fills what is missing. Spans begin at whole multiples of their length since
        the Unix epoch, weeks on Mondays, which is our proposal (README).
"""

from collections.abc import Sequence
from itertools import groupby

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import markets as m
from countermand.venues.loopring.parameters import given, optional_number
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.vocabulary.queries import ListTrades
from countermand.vocabulary.reports import Trade
from countermand.wire import times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import MissingField
from countermand.wire.fields import invalid
from countermand.wire.numbers import price_text

CANDLES_MAX = 1_440
_CANDLES_DEFAULT = 100

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
_LENGTHS_MS = {
    "1min": _MINUTE_MS, "5min": 5 * _MINUTE_MS, "15min": 15 * _MINUTE_MS, "30min": 30 * _MINUTE_MS,
    "1hr": _HOUR_MS, "2hr": 2 * _HOUR_MS, "4hr": 4 * _HOUR_MS, "12hr": 12 * _HOUR_MS,
    "1d": _DAY_MS, "1w": 7 * _DAY_MS,
}  # fmt: skip
# The epoch was a Thursday.
_OFFSETS_MS = {"1w": 4 * _DAY_MS}


def serve_candles(message: m.GetCandles, ctx: Ctx) -> Serving[m.Candles]:
    """
    Show the candles that begin from `start` to `end`. Raises MissingField, InvalidField, Coded.
    """
    pair = resolve.market((message.market or "").removeprefix("COMBINE-"), ctx)
    if (interval := given(message.interval)) is None:
        raise MissingField("interval")
    if (length_ms := _LENGTHS_MS.get(interval)) is None:
        raise invalid("interval", f"must be of {', '.join(_LENGTHS_MS)}")
    offset_ms = _OFFSETS_MS.get(interval, 0)
    first_ms = optional_number("start", message.start, 0)
    last_ms = optional_number("end", message.end, 0) or ctx.now_ns // times.MS
    limit = min(optional_number("limit", message.limit, _CANDLES_DEFAULT), CANDLES_MAX)
    trades: tuple[Trade, ...] = yield ListTrades(pair.instrument.instrument_id)

    def start_of(trade: Trade) -> int:
        at_ms = trade.ts_ns // times.MS
        return at_ms - (at_ms - offset_ms) % length_ms

    rows = [
        _row(start_ms, list(within), pair)
        for start_ms, within in groupby(trades, start_of)
        if first_ms <= start_ms <= last_ms
    ]
    return m.Candles(candlesticks=rows[:limit])


def _row(start_ms: int, newest_first: Sequence[Trade], pair: Pair) -> tuple[str, ...]:
    one, ticks = pair.instrument, [trade.price_ticks for trade in newest_first]
    opened, close, high, low = (
        price_text(one, value) for value in (ticks[-1], ticks[0], max(ticks), min(ticks))
    )
    lots = sum(trade.qty_lots for trade in newest_first)
    notional = sum(one.notional_of(trade.price_ticks, trade.qty_lots) for trade in newest_first)
    size, volume = pair.base.floor_units(lots * one.lot_minor), pair.quote.floor_units(notional)
    count = str(len(ticks))
    return (str(start_ms), count, opened, close, high, low, str(size), str(volume))


CANDLES = Op(m.GetCandles, m.Candles, serve_candles)
