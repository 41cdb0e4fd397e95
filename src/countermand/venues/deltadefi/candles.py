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

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import groupby

from countermand.venues.deltadefi import resolve
from countermand.venues.deltadefi.errors import Code, Refused
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


def serve_candles(message: m.ListCandles, ctx: Ctx) -> Serving[list[m.Candle]]:
    """
    Show the candles that begin from `start` to `end`, in the order that was asked for.

    Raises: Refused (4106, 4405), InvalidField.
    """
    instrument = resolve.instrument(message.symbol, ctx)
    if (start_of := _STARTS.get(message.interval)) is None:
        raise Refused(Code.BAD_INTERVAL)
    if message.start > message.end:
        raise invalid("end", "must not be before start")
    if message.order_by not in ("asc", "desc"):
        raise invalid("order_by", "must be asc or desc")
    trades: tuple[Trade, ...] = yield ListTrades(instrument.instrument_id)
    candles = [
        _candle(start_s, list(within), instrument)
        for start_s, within in groupby(reversed(trades), lambda it: start_of(it.ts_ns // times.S))
        if message.start <= start_s <= message.end
    ]
    return candles if message.order_by == "asc" else candles[::-1]


def _candle(start_s: int, oldest_first: list[Trade], instrument: Instrument) -> m.Candle:
    ticks = [trade.price_ticks for trade in oldest_first]
    opened, high, low, close = (
        Decimal(numbers.price_text(instrument, one))
        for one in (ticks[0], max(ticks), min(ticks), ticks[-1])
    )
    volume = numbers.qty_text(instrument, sum(trade.qty_lots for trade in oldest_first))
    return m.Candle(start_s, instrument.symbol, opened, high, low, close, Decimal(volume))


CANDLES = Op(m.ListCandles, list[m.Candle], serve_candles)
