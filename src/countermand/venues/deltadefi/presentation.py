"""Presentation: what this venue shows that the exchange does not know."""

from countermand.venues.deltadefi.messages.markets import Token
from countermand.venues.deltadefi.settings import Ctx
from countermand.venues.deltadefi.settings import Token as Told
from countermand.vocabulary.instrument import Asset
from countermand.wire import times

_MICROSECOND = 1_000
_UNTOLD = Told()


def token(asset: Asset, ctx: Ctx) -> Token:
    """Return an asset as the market config has it."""
    told = ctx.settings.tokens.get(asset.symbol, _UNTOLD)
    places = asset.scale if told.max_qty_dp is None else told.max_qty_dp
    return Token(asset.symbol, told.unit, asset.scale, places)


def time_text(ns: int) -> str:
    """Return a time to the microsecond."""
    return times.iso_ns(ns - ns % _MICROSECOND)
