"""Depth: what stands on the book of a market."""

from decimal import Decimal

from countermand.venues.deltadefi import resolve
from countermand.venues.deltadefi.messages import markets as m
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetDepth
from countermand.vocabulary.reports import DepthReport
from countermand.wire.conversation import Op, Serving
from countermand.wire.numbers import price_text, qty_text

LEVELS_MAX = 50


def serve_depth(message: m.GetDepth, ctx: Ctx) -> Serving[m.Depth]:
    """Show both sides, best first, at most `LEVELS_MAX` levels each. Raises Refused (4106)."""
    instrument = resolve.instrument(message.symbol, ctx)
    report: DepthReport = yield GetDepth(instrument.instrument_id, LEVELS_MAX)
    return m.Depth(_levels(report.bids, instrument), _levels(report.asks, instrument))


def _levels(levels: tuple[tuple[int, int], ...], instrument: Instrument) -> list[m.Level]:
    return [
        m.Level(Decimal(price_text(instrument, ticks)), Decimal(qty_text(instrument, lots)))
        for ticks, lots in levels
    ]


DEPTH = Op(m.GetDepth, m.Depth, serve_depth)
