"""
Numbers: exact decimal text to ticks, lots and minor units, and back. The only bridge between the
two.

Nothing here rounds, except where a function's name says so; there is no float. A number is measured
before it becomes an integer, so that `1e999999999` costs nothing.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation, Overflow
from functools import lru_cache

from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.units import PPB, half_even

# Every amount an exchange can mean has fewer digits than this, on either side of the point.
DIGITS_MAX = 40

# Ticks and lots fit a signed 64-bit integer with room to spare, in a journal and elsewhere.
STEPS_MAX = 10**18

# An average price carries this many digits more than the prices it is the average of, so that up to
# a trillion lots' worth of fills can be told back exactly from it.
AVG_PX_DIGITS = 12

PPB_SCALE = 9

_EXACT = Context(prec=2 * DIGITS_MAX, traps=[Inexact, InvalidOperation, Overflow])
_WIDE = Context(prec=4 * DIGITS_MAX, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
_POWERS = tuple(10**n for n in range(2 * DIGITS_MAX))


class NotOnGrid(ValueError):
    """A number that is no count of steps, for one of the reasons below."""


class OutOfRange(NotOnGrid):
    """It is no number at all, or too large to be an amount."""


class BetweenSteps(NotOnGrid):
    """It is no multiple of the smallest step."""


def scaled(value: Decimal, scale: int) -> int:
    """
    Return `value * 10**scale`, which must be whole.

    Raises: OutOfRange for NaN, infinities and more than `DIGITS_MAX` digits before the point;
            BetweenSteps for a value finer than the scale.
    """
    if not value.is_finite():
        raise OutOfRange("must be a number")
    if value.adjusted() > DIGITS_MAX:
        raise OutOfRange("is too large")
    try:
        return int(_EXACT.to_integral_exact(_EXACT.scaleb(value, scale)))
    except (Inexact, InvalidOperation, Overflow):
        raise BetweenSteps(f"must be a multiple of {unscaled(1, scale)}") from None


@lru_cache(maxsize=65_536)
def unscaled(units: int, scale: int) -> str:
    """Return `units / 10**scale` as plain decimal text: no exponent, no trailing zeros."""
    if not scale:
        return str(units)
    if units < 0:
        return f"-{unscaled(-units, scale)}"
    whole, part = divmod(units, _POWERS[scale])
    if not part:
        return str(whole)
    return f"{whole}.{part:0{scale}d}".rstrip("0")


def nearest(value: Decimal, scale: int) -> int:
    """
    Return `value * 10**scale`, rounded to the nearest whole, halves to even.

    Raises: OutOfRange as `scaled` does.
    """
    if not value.is_finite() or value.adjusted() > DIGITS_MAX:
        raise OutOfRange("must be a number" if not value.is_finite() else "is too large")
    # Digits far below the smallest step do not count, and there may be very many of them.
    places = max(-2 * DIGITS_MAX, int(value.as_tuple().exponent))
    kept = value.quantize(Decimal(1).scaleb(places), context=_WIDE)
    return int(kept.scaleb(scale, _WIDE).to_integral_value(ROUND_HALF_EVEN, _WIDE))


def price_ticks(instrument: Instrument, value: Decimal) -> int:
    """Return a price in ticks. Raises as `scaled` does, for steps of a tick."""
    return _steps(value, instrument.price_scale, instrument.tick_units)


def price_ticks_nearest(instrument: Instrument, value: Decimal) -> int:
    """Return a price in ticks, the nearest: of a mark, or of a fill between two. Raises so too."""
    scale = instrument.price_scale + AVG_PX_DIGITS
    step = instrument.tick_units * _POWERS[AVG_PX_DIGITS]
    return divide_half_even(nearest(value, scale), step)


def qty_lots(instrument: Instrument, value: Decimal) -> int:
    """Return a quantity in lots. Raises as `scaled` does, for steps of a lot."""
    return _steps(value, instrument.qty_scale, instrument.lot_units)


def _steps(value: Decimal, scale: int, step: int) -> int:
    try:
        steps, beyond = divmod(scaled(value, scale), step)
    except BetweenSteps:
        beyond = 1
    if beyond:
        raise BetweenSteps(f"must be a multiple of {unscaled(step, scale)}")
    if abs(steps) > STEPS_MAX:
        raise OutOfRange("is too large")
    return steps


def digits(told: int) -> int:
    """Return a scale that an answer tells. Raises OutOfRange for one that no amount has."""
    if not 0 <= told <= DIGITS_MAX:
        raise OutOfRange(f"has {told} digits")
    return told


def grid(step: Decimal) -> tuple[int, int]:
    """
    Return a step in units, and their scale: "0.05" is 5 of 10**-2.

    Units: the scale is the fewest digits in which the step is whole. Raises as `scaled` does.
    """
    scale = max(0, -int(step.normalize().as_tuple().exponent)) if step.is_finite() else 0
    return scaled(step, digits(scale)), scale


def price_text(instrument: Instrument, ticks: int) -> str:
    """Return a price in ticks as plain decimal text."""
    return unscaled(ticks * instrument.tick_units, instrument.price_scale)


def qty_text(instrument: Instrument, lots: int) -> str:
    """Return a quantity in lots as plain decimal text."""
    return unscaled(lots * instrument.lot_units, instrument.qty_scale)


def qty_lots_nearest(instrument: Instrument, value: Decimal) -> int:
    """Return a quantity in lots, the nearest: of a day's volume, say. Raises as `nearest` does."""
    return divide_half_even(nearest(value, instrument.qty_scale), instrument.lot_units)


def minor_text(asset: Asset, minor: int) -> str:
    """Return minor units of an asset as plain decimal text."""
    return unscaled(minor, asset.scale)


def asset_minor(asset: Asset, value: Decimal) -> int:
    """Return an amount of an asset in minor units. Raises as `scaled` does."""
    return scaled(value, asset.scale)


def rate_ppb_nearest(value: Decimal) -> int:
    """Return a decimal fraction in parts per billion, the nearest. Raises as `nearest` does."""
    return nearest(value, PPB_SCALE)


def asset_minor_nearest(asset: Asset, value: Decimal) -> int:
    """Return an amount in minor units, the nearest. Raises as `nearest` does."""
    return nearest(value, asset.scale)


def rate_text(ppb: int) -> str:
    """Return parts per billion as a plain decimal fraction."""
    return unscaled(ppb, PPB_SCALE)


def rate_ppb(value: Decimal) -> int:
    """Return a decimal fraction in parts per billion. Raises as `scaled` does."""
    return scaled(value, PPB_SCALE)


def avg_px_text_half_even(instrument: Instrument, cum_notional_minor: int, qty_lots: int) -> str:
    """
    Return the average price, rounded half to even `AVG_PX_DIGITS` digits beyond the price's own.

    Units: `cum_notional_minor` in quote minor units and signed like `qty_lots`; "0" when nothing
            traded.
    """
    if not qty_lots:
        return "0"
    units = cum_notional_minor * instrument.tick_units * _POWERS[AVG_PX_DIGITS]
    average = divide_half_even(units, qty_lots * instrument.notional_minor)
    return unscaled(average, instrument.price_scale + AVG_PX_DIGITS)


def cum_notional_minor_nearest(instrument: Instrument, avg_px: Decimal, qty_lots: int) -> int:
    """
    Return the notional that made an average price: the nearest sum of whole ticks times whole lots.

    It is the inverse of `avg_px_text_half_even` below a trillion lots.
    """
    units = nearest(avg_px, instrument.price_scale + AVG_PX_DIGITS)
    tick_lots = divide_half_even(units * qty_lots, instrument.tick_units * _POWERS[AVG_PX_DIGITS])
    return tick_lots * instrument.notional_minor


def divide_half_even(numerator: int, denominator: int) -> int:
    """Return the quotient, rounded to the nearest integer, halves to even."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    return half_even(numerator, denominator)


def fraction_text_half_even(part: int, whole: int) -> str:
    """
    Return `part / whole` as a decimal fraction, rounded half to even at nine digits; 0 of nothing.
    """
    return unscaled(divide_half_even(part * PPB, whole), PPB_SCALE) if whole else "0"
