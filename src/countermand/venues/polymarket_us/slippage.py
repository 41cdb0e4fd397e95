"""
Slippage: from a tolerance around a price to the worst price a market order may trade at.

Source: Orders API reference, schema SlippageTolerance: ticks win over bips, 5 ticks from 0.50 let a
        buyer pay 0.55 and no more; without both there is no bound.
"""

from decimal import Decimal

from countermand.venues.polymarket_us import resolve
from countermand.venues.polymarket_us.messages.orders import SlippageTolerance
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.wire import numbers
from countermand.wire.errors import MissingField
from countermand.wire.fields import invalid

_NAME = "slippageTolerance"
_PRICE = f"{_NAME}.currentPrice"
_BIPS = Decimal(10_000)
_STEPS_MAX = 1_000_000

# A bound that no price meets; 0 would be none.
_NOWHERE = -1


def bound_ticks(tolerance: SlippageTolerance | None, side: Side, instrument: Instrument) -> int:
    """
    Return the bound in ticks, 0 for none, always rounded toward fewer trades.

    Raises: MissingField, InvalidField.
    """
    if tolerance is None or (tolerance.ticks is None and tolerance.bips is None):
        return 0
    if tolerance.current_price is None:
        raise MissingField(_PRICE)
    current = resolve.amount(_PRICE, tolerance.current_price)
    if current < 0:
        raise invalid(f"{_PRICE}.value", "must not be negative")
    width = _width(tolerance, current, instrument)
    if side is Side.BUY:
        ticks = resolve.price_ticks(_NAME, current + width, instrument)
        return min(ticks, instrument.limit_up_ticks) if ticks > 0 else _NOWHERE
    ticks = resolve.price_ticks(_NAME, current - width, instrument, resolve.UP)
    return max(ticks, instrument.limit_down_ticks)


def _width(tolerance: SlippageTolerance, current: Decimal, instrument: Instrument) -> Decimal:
    if tolerance.ticks is not None:
        tick = Decimal(numbers.price_text(instrument, 1))
        return _checked("ticks", tolerance.ticks) * tick
    return current * _checked("bips", tolerance.bips or 0) / _BIPS


def _checked(name: str, steps: int) -> Decimal:
    if steps < 0:
        raise invalid(f"{_NAME}.{name}", "must not be negative")
    if steps > _STEPS_MAX:
        raise invalid(f"{_NAME}.{name}", f"must be {_STEPS_MAX} at most")
    return Decimal(steps)
