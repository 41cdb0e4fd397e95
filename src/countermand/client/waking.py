"""
Waking: from the price that lets an order sleep until it, in people's words, to a trigger in ticks.

A stop comes in when the market moves against its owner: a buy above it, a sale below it. What takes
a profit comes in the other way. Only a stop trails.
"""

from __future__ import annotations

from countermand.client.people import PERCENT_SCALE, Number, decimal, ticks
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side, Trigger, TriggerDirection
from countermand.wire import numbers
from countermand.wire.errors import NotExpressible

_WHOLE_PERCENT = 100
_AGAINST = {Side.BUY: TriggerDirection.UP, Side.SELL: TriggerDirection.DOWN}
_IN_FAVOR = {Side.BUY: TriggerDirection.DOWN, Side.SELL: TriggerDirection.UP}


def trigger(
    market: Instrument,
    side: Side,
    stop_px: Number | None,
    take_profit_px: Number | None,
    trail: Number | None,
    limit_offset: Number | None,
) -> Trigger | None:
    """
    Return what wakes an order that is asked for so, None for one that comes in at once.

    Units:  prices and distances as people write them; `trail` also as a percentage, `2%`.
    Raises: NotExpressible for what is no price above zero, or does not go together.
    """
    if stop_px is not None and take_profit_px is not None:
        raise NotExpressible("one order waits for a stop price or a profit, not for both")
    if trail is None:
        if limit_offset is not None:
            raise NotExpressible("a limit that follows is that of a stop that trails")
        return _fixed(market, side, stop_px, take_profit_px)
    if take_profit_px is not None:
        raise NotExpressible("only a stop trails")
    trail_ticks, trail_ppb = _trail(market, trail)
    return Trigger(
        0 if stop_px is None else _positive(market, "stop price", stop_px),
        _AGAINST[side],
        trail_ticks,
        trail_ppb,
        limit_offset_ticks=None if limit_offset is None else ticks(market, limit_offset),
    )


def is_same(asked: Trigger | None, told: Trigger | None) -> bool:
    """Whether an order that is told may be the one asked for; where a trail stands is not asked."""
    if asked is None or told is None:
        return asked is told
    ways = [(one.direction, one.trail_ticks, one.trail_ppb) for one in (asked, told)]
    return ways[0] == ways[1] and (asked.is_trailing or asked.price_ticks == told.price_ticks)


def _fixed(
    market: Instrument, side: Side, stop_px: Number | None, take_profit_px: Number | None
) -> Trigger | None:
    if stop_px is not None:
        return Trigger(_positive(market, "stop price", stop_px), _AGAINST[side])
    if take_profit_px is not None:
        return Trigger(_positive(market, "profit price", take_profit_px), _IN_FAVOR[side])
    return None


def _trail(market: Instrument, trail: Number) -> tuple[int, int]:
    text = str(trail)
    if not text.endswith("%"):
        return _positive(market, "trail", trail), 0
    percent = decimal(text.removesuffix("%"))
    try:
        parts = numbers.scaled(percent, PERCENT_SCALE)
    except numbers.NotOnGrid as error:
        raise NotExpressible(f"trail {trail} {error}") from None
    if not 0 < percent < _WHOLE_PERCENT:
        raise NotExpressible(f"trail {trail} is no part of a price")
    return 0, parts


def _positive(market: Instrument, name: str, value: Number) -> int:
    found = ticks(market, value)
    if found <= 0:
        raise NotExpressible(f"{name} {value} is not above zero")
    return found
