"""
Numbers: a bot's floats to exact decimals on a market's grid, as ccxt brings them there.

Amounts are cut down to whole lots and prices rounded to the nearest tick, halves away from zero: a
float that was worked out is hardly ever on a grid, and bots count on this.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from typing import Any

from countermand.ccxt import errors

# Enough for any amount that a venue counts, to its last digit.
_EXACT = Context(prec=80)

Say = Callable[[Decimal | None], Any]


def exact(number: Any) -> Decimal:
    """Return a number as it is written, a float by its shortest text. Raises InvalidOrder."""
    try:
        value = Decimal(str(number))
    except InvalidOperation:
        raise errors.InvalidOrder(f"{number!r} is no number") from None
    if not value.is_finite():
        raise errors.InvalidOrder(f"{number!r} is no number")
    return value


def lots(number: Any, lot: Decimal) -> Decimal:
    """Return an amount cut down to whole lots. Raises InvalidOrder for no number."""
    return _stepped(number, lot, ROUND_DOWN)


def ticks(number: Any, tick: Decimal) -> Decimal:
    """Return a price rounded to the nearest tick. Raises InvalidOrder for no number."""
    return _stepped(number, tick, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Return a decimal written out, without zeros that say nothing."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def said(number: Callable[[str], Any]) -> Say:
    """Return how decimals are told: as `number` makes them of text, float or str, and None."""
    return lambda value: None if value is None else number(plain(value))


def _stepped(number: Any, step: Decimal, rounding: str) -> Decimal:
    with localcontext(_EXACT):
        value = exact(number)
        stepped = (value / step).to_integral_value(rounding) * step
        return stepped or Decimal(0)
