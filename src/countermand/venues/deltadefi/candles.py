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

from datetime import UTC, datetime
from decimal import Decimal

from countermand.venues.deltadefi import resolve
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.messages import markets as m
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import ListTrades
from countermand.vocabulary.reports import Trade
from countermand.wire import candles, numbers, times
from countermand.wire.candles import DAY_NS, HOUR_NS, MINUTE_NS, WEEKLY, Candle, StartOf, every
from countermand.wire.conversation import Op, Serving
from countermand.wire.fields import invalid


def _month(at_ns: int) -> int:
    at = datetime.fromtimestamp(at_ns // times.S, UTC)
    return int(datetime(at.year, at.month, 1, tzinfo=UTC).timestamp()) * times.S


STARTS: dict[str, StartOf] = {
    "5m": every(5 * MINUTE_NS),
    "15m": every(15 * MINUTE_NS),
    "30m": every(30 * MINUTE_NS),
    "1h": every(HOUR_NS),
    "1d": every(DAY_NS),
    "1w": WEEKLY,
    "1M": _month,
}


def serve_candles(message: m.ListCandles, ctx: Ctx) -> Serving[list[m.Candle]]:
    """
    Show the candles that begin from `start` to `end`, in the order that was asked for.

    Raises: Refused (4106, 4405), InvalidField.
    """
    instrument = resolve.instrument(message.symbol, ctx)
    if (start_of := STARTS.get(message.interval)) is None:
        raise Refused(Code.BAD_INTERVAL)
    if message.start > message.end:
        raise invalid("end", "must not be before start")
    if message.order_by not in ("asc", "desc"):
        raise invalid("order_by", "must be asc or desc")
    trades: tuple[Trade, ...] = yield ListTrades(instrument.instrument_id)
    shown = [
        show_candle(candle, instrument)
        for candle in candles.candles(reversed(trades), instrument, start_of)
        if message.start <= candle.start_ns // times.S <= message.end
    ]
    return shown if message.order_by == "asc" else shown[::-1]


def show_candle(candle: Candle, instrument: Instrument) -> m.Candle:
    """Return a candle."""
    prices = (candle.open_ticks, candle.high_ticks, candle.low_ticks, candle.close_ticks)
    opened, high, low, close = (Decimal(numbers.price_text(instrument, one)) for one in prices)
    volume = Decimal(numbers.qty_text(instrument, candle.qty_lots))
    start_s = candle.start_ns // times.S
    return m.Candle(start_s, instrument.symbol, opened, high, low, close, volume)


CANDLES = Op(m.ListCandles, list[m.Candle], serve_candles)
