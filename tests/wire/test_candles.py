"""Candles: trades summed up, by spans that begin where they should."""

import pytest
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reports import Trade
from countermand.wire.candles import DAY_NS, MINUTE_NS, WEEKLY, Candle, candles, every
from countermand.wire.times import S, parse_iso
from countermand.world import spec


@pytest.fixture(scope="module")
def market() -> Instrument:
    """Any market there is."""
    venue = next(iter(VENUES.values()))
    assert spec.demo([venue])
    return next(iter(Desk(venue).directory.instruments.values()))


def trade(market: Instrument, ts_ns: int, price_ticks: int, qty_lots: int) -> Trade:
    """Return a trade."""
    return Trade(1, market.instrument_id, Side.BUY, price_ticks, qty_lots, ts_ns)  # type: ignore[arg-type]


def test_a_candle_sums_its_span_and_an_empty_span_has_none(market: Instrument) -> None:
    """Opened by the first, closed by the last; a minute without a trade is left out."""
    told = [(0, 5, 1), (59 * S, 9, 2), (59 * S, 3, 3), (180 * S, 4, 4)]
    trades = [trade(market, *each) for each in told]

    first, second = candles(trades, market, every(MINUTE_NS))
    notional = market.notional_of(5, 1) + market.notional_of(9, 2) + market.notional_of(3, 3)
    assert Candle(0, 5, 9, 3, 3, 6, notional, 3) == first
    assert Candle(180 * S, 4, 4, 4, 4, 4, market.notional_of(4, 4), 1) == second


@pytest.mark.parametrize(
    ("start_of", "at", "begins"),
    [
        (every(MINUTE_NS), "2026-11-29T12:34:56Z", "2026-11-29T12:34:00Z"),
        (every(DAY_NS), "2026-11-29T23:59:59Z", "2026-11-29T00:00:00Z"),
        (WEEKLY, "2026-11-29T23:59:59Z", "2026-11-23T00:00:00Z"),
        (WEEKLY, "2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z"),
    ],
)
def test_spans_begin_at_whole_multiples_and_weeks_on_mondays(
    start_of: object, at: str, begins: str
) -> None:
    """29 November 2026 is a Sunday."""
    assert parse_iso(begins) == start_of(parse_iso(at))  # type: ignore[operator]
