"""A market's depth, prices brought together to the digits of a level."""

from collections.abc import Iterable
from decimal import Decimal

from countermand.venues.loopring import resolve
from countermand.venues.loopring.errors import Code, Coded
from countermand.venues.loopring.messages import markets as m
from countermand.venues.loopring.parameters import optional_number
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.show import units
from countermand.vocabulary.queries import GetDepth
from countermand.vocabulary.reports import DepthReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import InvalidField

# So many price levels of the exchange are looked at to make the slots of one answer.
LEVELS_MAX = 2_000
DEPTH_MAX = 50

Slot = tuple[str, str, str, str]


def serve_depth(message: m.GetDepth, ctx: Ctx) -> Serving[m.Depth]:
    """
    Show a market's depth.

    Units:  a bid's price is floored and an ask's the next higher; the count is of price levels.
    Raises: MissingField, InvalidField; Coded for the market and the level.
    Source: DEX API v3, "Get market depth" and "Get mix market depth".
    """
    pair = resolve.market(message.market, ctx)
    digits = pair.display.precision_for_price - _level(message, pair)
    limit = min(optional_number("limit", message.limit, DEPTH_MAX), DEPTH_MAX)
    report: DepthReport = yield GetDepth(pair.instrument.instrument_id, LEVELS_MAX)
    now_ms = ctx.now_ns // times.MS
    return m.Depth(
        version=now_ms,
        timestamp=now_ms,
        market=pair.instrument.symbol,
        bids=_slots(pair, report.bids, digits, up=False)[:limit],
        asks=_slots(pair, report.asks, digits, up=True)[:limit],
    )


def ask_depth(query: GetDepth, ctx: Ctx) -> m.GetDepth:
    """Return the request for a market's depth at the finest level."""
    market = ctx.directory.instruments[query.instrument_id].symbol
    return m.GetDepth(market=market, level="0", limit=str(min(query.levels_max, DEPTH_MAX)))


def read_depth(reply: m.Depth, message: m.GetDepth, ctx: Ctx) -> DepthReport:
    """
    Return both sides of a book, best first: prices as the venue brings them together, sizes in lots
    floored. Raises Unlearned, ArithmeticError, ValueError.
    """
    pair = resolve.told_pair("depth", reply.market, ctx)
    one = pair.instrument
    bids, asks = (
        tuple(
            (
                numbers.price_ticks_nearest(one, Decimal(price)),
                units(size) * pair.base.minor_per_unit // one.lot_minor,
            )
            for price, size, *_ in slots
        )
        for slots in (reply.bids, reply.asks)
    )
    return DepthReport(one.instrument_id, bids, asks)


def _level(message: m.GetDepth, pair: Pair) -> int:
    # Clients ask for level 1000 and mean the coarsest.
    try:
        level = optional_number("level", message.level, 0)
    except InvalidField:
        raise Coded(Code.UNSUPPORTED_LEVEL, "depth level must be a number") from None
    return min(level, pair.display.agg_levels - 1, pair.display.precision_for_price)


def _slots(pair: Pair, levels: Iterable[tuple[int, int]], digits: int, *, up: bool) -> list[Slot]:
    one = pair.instrument
    merged: dict[int, tuple[int, int, int]] = {}
    for ticks, lots in levels:
        units, beyond = divmod(ticks * one.tick_units * int(10**digits), int(10**one.price_scale))
        price = units + 1 if up and beyond else units
        base, quote, count = merged.get(price, (0, 0, 0))
        merged[price] = (base + lots, quote + one.notional_of(ticks, lots), count + 1)
    return [
        (
            numbers.unscaled(price, digits),
            str(pair.base.floor_units(lots * one.lot_minor)),
            str(pair.quote.floor_units(notional)),
            str(count),
        )
        for price, (lots, notional, count) in merged.items()
    ]


DEPTH = Op(m.GetDepth, m.Depth, serve_depth, ask_depth, read_depth)
