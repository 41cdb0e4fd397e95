"""
Candles: what traded on a market, summed up over spans of time.

Shape:  a span without a trade has no candle. Spans begin at whole multiples of their length since
        the Unix epoch, or as far after those as their offset is.
Units:  nanoseconds, ticks, lots, quote minor units.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from msgspec import Struct

from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import Trade
from countermand.wire.times import S

MINUTE_NS = 60 * S
HOUR_NS = 60 * MINUTE_NS
DAY_NS = 24 * HOUR_NS
WEEK_NS = 7 * DAY_NS

# The epoch was a Thursday.
FIRST_MONDAY_NS = 4 * DAY_NS

# Makes the beginning of the span that a moment is in.
StartOf = Callable[[int], int]


class Candle(Struct, frozen=True, gc=False):
    """One span's prices and volume; it begins at `start_ns`."""

    start_ns: int
    open_ticks: int
    high_ticks: int
    low_ticks: int
    close_ticks: int
    qty_lots: int = 0
    notional_minor: int = 0
    trades: int = 0

    def grown(self, trade: Trade, instrument: Instrument) -> "Candle":
        """Return the candle with a trade more."""
        ticks, lots = trade.price_ticks, trade.qty_lots
        return Candle(
            self.start_ns,
            self.open_ticks,
            max(self.high_ticks, ticks),
            min(self.low_ticks, ticks),
            ticks,
            self.qty_lots + lots,
            self.notional_minor + instrument.notional_of(ticks, lots),
            self.trades + 1,
        )


def _start(length_ns: int, offset_ns: int, at_ns: int) -> int:
    return at_ns - (at_ns - offset_ns) % length_ns


def every(length_ns: int, offset_ns: int = 0) -> StartOf:
    """Return where spans of one length begin."""
    return partial(_start, length_ns, offset_ns)


WEEKLY = every(WEEK_NS, FIRST_MONDAY_NS)


def formed(now: Candle | None, trade: Trade, instrument: Instrument, start_of: StartOf) -> Candle:
    """Return the candle that a trade is in, where `now` is the newest before it."""
    start_ns = start_of(trade.ts_ns)
    if now is None or now.start_ns != start_ns:
        now = Candle(start_ns, *[trade.price_ticks] * 4)
    return now.grown(trade, instrument)


def candles(
    oldest_first: Iterable[Trade], instrument: Instrument, start_of: StartOf
) -> Iterator[Candle]:
    """Yield the candles of the trades, the oldest first."""
    now: Candle | None = None
    for trade in oldest_first:
        before, now = now, formed(now, trade, instrument, start_of)
        if before is not None and before.start_ns != now.start_ns:
            yield before
    if now is not None:
        yield now
