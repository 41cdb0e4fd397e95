"""
Candles: the market's tape, summed up over spans of time.

Shape:  a span without a trade has no candle. The tape is as long as the exchange remembers it, the
        last ten thousand trades of a market; before that there is nothing, and the oldest candle
        may lack its beginning.
Units:  spans begin at whole multiples of their length since the Unix epoch; weeks on Mondays and
        months on their first day, in UTC.
Source: API reference, "Get Aggregated Price"; TypeScript SDK 1.1.3 for 5m to 1d, Python SDK 1.1.1
        for 1w and 1M.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from msgspec import Struct

from countermand.venues.deltadefi import codes, resolve
from countermand.venues.deltadefi.errors import Refused
from countermand.venues.deltadefi.messages import markets as m
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import ListTrades
from countermand.vocabulary.reports import Trade
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving
from countermand.wire.fields import invalid

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
# The epoch was a Thursday.
_FIRST_MONDAY = 4 * _DAY


def _every(length_s: int, offset_s: int, at_s: int) -> int:
    return at_s - (at_s - offset_s) % length_s


def _month(at_s: int) -> int:
    at = datetime.fromtimestamp(at_s, UTC)
    return int(datetime(at.year, at.month, 1, tzinfo=UTC).timestamp())


_STARTS: dict[str, Callable[[int], int]] = {
    "5m": partial(_every, 5 * _MINUTE, 0),
    "15m": partial(_every, 15 * _MINUTE, 0),
    "30m": partial(_every, 30 * _MINUTE, 0),
    "1h": partial(_every, _HOUR, 0),
    "1d": partial(_every, _DAY, 0),
    "1w": partial(_every, 7 * _DAY, _FIRST_MONDAY),
    "1M": _month,
}


class _Span(Struct):
    start_s: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    lots: int


def serve_candles(message: m.ListCandles, ctx: Ctx) -> Serving[list[m.Candle]]:
    """
    Show the candles that begin from `start` to `end`, in the order that was asked for.

    Raises: Refused (4106, 4405), InvalidField.
    """
    instrument = resolve.instrument(message.symbol, ctx)
    if (start_of := _STARTS.get(message.interval)) is None:
        raise Refused(codes.BAD_INTERVAL)
    if message.start > message.end:
        raise invalid("end", "must not be before start")
    if message.order_by not in ("asc", "desc"):
        raise invalid("order_by", "must be asc or desc")
    trades: tuple[Trade, ...] = yield ListTrades(instrument.instrument_id)
    spans = _spans(reversed(trades), start_of)
    candles = [
        _candle(span, instrument) for span in spans if message.start <= span.start_s <= message.end
    ]
    return candles if message.order_by == "asc" else candles[::-1]


def _spans(oldest_first: Iterable[Trade], start_of: Callable[[int], int]) -> list[_Span]:
    spans: list[_Span] = []
    for trade in oldest_first:
        start_s, ticks = start_of(trade.ts_ns // times.S), trade.price_ticks
        if not spans or spans[-1].start_s != start_s:
            spans.append(_Span(start_s, ticks, ticks, ticks, ticks, trade.qty_lots))
            continue
        span = spans[-1]
        span.high_ticks, span.low_ticks = max(span.high_ticks, ticks), min(span.low_ticks, ticks)
        span.close_ticks, span.lots = ticks, span.lots + trade.qty_lots
    return spans


def _candle(span: _Span, instrument: Instrument) -> m.Candle:
    opened, high, low, close = (
        Decimal(numbers.price_text(instrument, ticks))
        for ticks in (span.open_ticks, span.high_ticks, span.low_ticks, span.close_ticks)
    )
    volume = Decimal(numbers.qty_text(instrument, span.lots))
    return m.Candle(span.start_s, instrument.symbol, opened, high, low, close, volume)


CANDLES = Op(m.ListCandles, list[m.Candle], serve_candles)
