"""Fees: what a user pays on each type of instrument, and the one tier there is."""

from countermand.venues.coinbase_intx import presentation, tables
from countermand.venues.coinbase_intx.messages import markets as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.instrument import InstrumentKind
from countermand.wire.conversation import Op, reply


def show_rates(message: m.ListFeeRates, ctx: Ctx) -> list[m.FeeRate]:
    """Return what the key's owner pays on each type of instrument there is."""
    return [
        m.FeeRate(
            instrument_type=text,
            **presentation.fee_rates(kind, ctx),
        )
        for kind, text in _types(message.instrument_type, ctx)
    ]


def show_tiers(message: m.ListFeeTiers, ctx: Ctx) -> list[m.FeeTier]:
    """Return the one tier there is, for each type of instrument there is."""
    return [
        m.FeeTier(
            instrument_type=text,
            **presentation.fee_rates(kind, ctx),
        )
        for kind, text in _types(message.instrument_type, ctx)
    ]


def _types(asked: str | None, ctx: Ctx) -> list[tuple[InstrumentKind, str]]:
    listed = {one.kind for one in ctx.directory.instruments.values()}
    return [
        (kind, text)
        for kind, text in tables.FEE_INSTRUMENT_TYPES.rows
        if kind in listed and asked in (None, text, tables.INSTRUMENT_TYPES.to_wire(kind))
    ]


RATES = Op(m.ListFeeRates, list[m.FeeRate], reply(show_rates))
TIERS = Op(m.ListFeeTiers, list[m.FeeTier], reply(show_tiers))
