"""
Slippage: from a tolerance around a price to the worst price a market order may trade at.

Source: Orders API reference, schema SlippageTolerance: ticks win over bips, 5 ticks from 0.50 let a
        buyer pay 0.55 and no more; neither is no bound.
"""

from decimal import Decimal

from countermand.venues.polymarket_us.messages.orders import SlippageTolerance
from countermand.venues.polymarket_us.translate import resolve
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.wire import numbers
from countermand.wire.errors import InvalidField, MissingField

_BIPS = Decimal(10_000)
_STEPS_MAX = 1_000_000

# A bound nothing can meet; 0 would be none.
_NOWHERE = -1


def bound_ticks(tolerance: SlippageTolerance | None, side: Side, instrument: Instrument) -> int:
    """
    Return the bound in ticks, 0 for none, always rounded toward fewer trades.

    Raises: MissingField, InvalidField.
    """
    if tolerance is None or (tolerance.ticks is None and tolerance.bips is None):
        return 0
    if tolerance.current_price is None:
        raise MissingField("slippageTolerance.currentPrice")
    current = resolve.amount("slippageTolerance.currentPrice", tolerance.current_price)
    if current < 0:
        name = "slippageTolerance.currentPrice.value"
        raise InvalidField(name, f"invalid {name}: must not be negative")
    width = _width(tolerance, current, instrument)
    name = "slippageTolerance"
    if side is Side.BUY:
        ticks = resolve.price_ticks(name, current + width, instrument)
        return min(ticks, instrument.limit_up_ticks) if ticks > 0 else _NOWHERE
    return max(
        resolve.price_ticks_up(name, current - width, instrument), instrument.limit_down_ticks
    )


def _width(tolerance: SlippageTolerance, current: Decimal, instrument: Instrument) -> Decimal:
    if tolerance.ticks is not None:
        tick = Decimal(numbers.price_text(instrument, 1))
        return _positive("ticks", tolerance.ticks) * tick
    assert tolerance.bips is not None  # noqa: S101  (one of the two is there)
    return current * _positive("bips", tolerance.bips) / _BIPS


def _positive(name: str, steps: int) -> Decimal:
    path = f"slippageTolerance.{name}"
    if steps < 0:
        raise InvalidField(path, f"invalid {path}: must not be negative")
    if steps > _STEPS_MAX:
        raise InvalidField(path, f"invalid {path}: must be {_STEPS_MAX} at most")
    return Decimal(steps)
