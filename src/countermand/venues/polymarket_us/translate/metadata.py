"""What orders and positions repeat of the market they are in."""

from countermand.venues.polymarket_us.about import about
from countermand.venues.polymarket_us.messages.metadata import MarketMetadata
from countermand.vocabulary.instrument import Instrument
from countermand.wire.context import Context


def metadata_to_wire(instrument: Instrument, ctx: Context, *, is_long: bool) -> MarketMetadata:
    """Return a market's names, with the outcome that a long (YES) or short (NO) holder means."""
    said = about(ctx.settings, instrument.symbol)
    return MarketMetadata(
        slug=instrument.symbol,
        icon=said.icon,
        title=said.title_of(instrument.symbol),
        outcome=said.yes if is_long else said.no,
        event_slug=said.event_slug,
        event_id=said.event_id,
    )
