"""Depth: what stands on the book of a market."""

from decimal import Decimal

from countermand.venues.deltadefi import resolve
from countermand.venues.deltadefi.messages import markets as m
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetDepth
from countermand.vocabulary.reports import DepthReport
from countermand.wire.conversation import Op, Serving
from countermand.wire.numbers import price_text, price_ticks_nearest, qty_lots, qty_text

LEVELS_MAX = 50


def serve_depth(message: m.GetDepth, ctx: Ctx) -> Serving[m.Depth]:
    """Show both sides, best first, at most `LEVELS_MAX` levels each. Raises Refused (4106)."""
    instrument = resolve.instrument(message.symbol, ctx)
    report: DepthReport = yield GetDepth(instrument.instrument_id, LEVELS_MAX)
    return m.Depth(_levels(report.bids, instrument), _levels(report.asks, instrument))


def ask_depth(query: GetDepth, ctx: Ctx) -> m.GetDepth:
    """Return the request for a market's depth; how many levels is not asked for."""
    return m.GetDepth(ctx.directory.instruments[query.instrument_id].symbol)


def read_depth(reply: m.Depth, message: m.GetDepth, ctx: Ctx) -> DepthReport:
    """Return both sides of a book. Raises ArithmeticError, ValueError."""
    instrument = resolve.instrument(message.symbol, ctx)
    bids, asks = read_levels(instrument, reply.bids), read_levels(instrument, reply.asks)
    return DepthReport(instrument.instrument_id, bids, asks)


def read_levels(instrument: Instrument, levels: list[m.Level]) -> tuple[tuple[int, int], ...]:
    """Return the levels of one side, best first. Raises ArithmeticError, ValueError."""
    return tuple(
        (price_ticks_nearest(instrument, one.price), qty_lots(instrument, one.quantity))
        for one in levels
    )


def _levels(levels: tuple[tuple[int, int], ...], instrument: Instrument) -> list[m.Level]:
    return [
        m.Level(Decimal(price_text(instrument, ticks)), Decimal(qty_text(instrument, lots)))
        for ticks, lots in levels
    ]


DEPTH = Op(m.GetDepth, m.Depth, serve_depth, ask_depth, read_depth)
