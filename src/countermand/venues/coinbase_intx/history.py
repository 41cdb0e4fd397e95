"""
History: what markets did, of the trades they remember.

Shape:  a market remembers its last 10,000 trades; before them there is nothing. Nothing is funded
        and nothing is transferred here, so that those lists are empty.
Source: as in messages/history.py.
"""

from decimal import Decimal
from typing import Any

from countermand.venues.coinbase_intx import paging, resolve
from countermand.venues.coinbase_intx.channels import GRANULARITIES, show_candle
from countermand.venues.coinbase_intx.messages import history as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import ListTrades
from countermand.vocabulary.reports import Trade
from countermand.wire import numbers, times
from countermand.wire.candles import DAY_NS, Candle, candles, every
from countermand.wire.conversation import Op, Serving, reply
from countermand.wire.errors import InvalidField
from countermand.wire.fields import instant

_DAILY = every(DAY_NS)


def serve_candles(message: m.GetCandles, ctx: Ctx) -> Serving[m.Candles]:
    """Show candles, the oldest first. Raises NotFound; InvalidField."""
    one = resolve.instrument_of_path(message.instrument, ctx)
    start_of = GRANULARITIES.get(message.granularity)
    if start_of is None:
        raise InvalidField("granularity", "invalid granularity")
    first_ns = instant("start", message.start)
    last_ns = ctx.now_ns if message.end is None else instant("end", message.end)
    tape: tuple[Trade, ...] = yield ListTrades(one.instrument_id)
    return m.Candles(
        [
            show_candle(candle, one)
            for candle in candles(reversed(tape), one, start_of)
            if first_ns <= candle.start_ns <= last_ns
        ]
    )


def show_funding(message: m.ListFunding, ctx: Ctx) -> m.Nothing:
    """Return no rates. Raises NotFound for an unknown instrument."""
    resolve.instrument_of_path(message.instrument, ctx)
    return m.Nothing(paging.header(message))


def show_transfers(message: m.ListTransfers, ctx: Ctx) -> m.Nothing:
    """Return no transfers."""
    return m.Nothing(paging.header(message))


def serve_volumes(message: m.ListVolumes, ctx: Ctx) -> Serving[m.VolumePage]:
    """Show what traded day by day, the newest first. Raises NotFound; InvalidField."""
    asked = [
        resolve.instrument_of_path(name.strip(), ctx) for name in message.instruments.split(",")
    ]
    from_ns = 0 if message.time_from is None else instant("time_from", message.time_from)
    by_day: dict[int, list[tuple[Instrument, Candle]]] = {}
    for one in ctx.directory.instruments.values():
        tape: tuple[Trade, ...] = yield ListTrades(one.instrument_id)
        for candle in candles(reversed(tape), one, _DAILY):
            if candle.start_ns >= from_ns:
                by_day.setdefault(candle.start_ns, []).append((one, candle))
    begin = message.result_offset
    days = sorted(by_day, reverse=True)[begin : begin + message.result_limit]
    shown = [_day(day, by_day[day], asked, ctx) for day in days]
    return m.VolumePage(paging.header(message), shown)


def _day(
    start_ns: int, traded: list[tuple[Instrument, Candle]], asked: list[Instrument], ctx: Ctx
) -> m.DailyVolume:
    rows = [(one, *_amounts(one, candle, ctx)) for one, candle in traded]
    chosen = [row for row in rows if row[0] in asked]
    totals = (_sums(chosen), _sums(rows))
    return m.DailyVolume(
        times.iso_floor_ms(start_ns),
        [m.Volume(one.symbol, str(qty), str(notional)) for one, qty, notional in chosen],
        m.Totals(*[str(total) for pair in totals for total in pair]),
    )


def _amounts(one: Instrument, candle: Candle, ctx: Ctx) -> tuple[Decimal, Decimal]:
    quote = ctx.directory.assets[one.quote_asset_id]
    return (
        Decimal(numbers.qty_text(one, candle.qty_lots)),
        Decimal(numbers.minor_text(quote, candle.notional_minor)),
    )


def _sums(rows: list[tuple[Instrument, Decimal, Decimal]]) -> tuple[Any, Any]:
    return sum(row[1] for row in rows), sum(row[2] for row in rows)


CANDLES = Op(m.GetCandles, m.Candles, serve_candles)
FUNDING = Op(m.ListFunding, m.Nothing, reply(show_funding))
VOLUMES = Op(m.ListVolumes, m.VolumePage, serve_volumes)
TRANSFERS = Op(m.ListTransfers, m.Nothing, reply(show_transfers))
