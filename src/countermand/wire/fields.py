"""Fields: reading the values of a request, or refusing them by their name."""

from collections.abc import Callable
from decimal import Decimal

from countermand.vocabulary.instrument import Instrument
from countermand.wire import numbers, times
from countermand.wire.errors import InvalidField


def invalid(name: str, why: str) -> InvalidField:
    """Return the refusal of a field's value, in words that name the field."""
    return InvalidField(name, f"invalid {name}: {why}")


def instant(name: str, text: str) -> int:
    """Return a moment in nanoseconds. Raises InvalidField when the text has none."""
    try:
        return times.parse_iso(text)
    except ValueError as error:
        raise invalid(name, str(error)) from None


def steps(
    name: str, of: Callable[[Instrument, Decimal], int], instrument: Instrument, value: Decimal
) -> int:
    """Return a price in ticks or a quantity in lots, as `of` counts. Raises InvalidField."""
    try:
        return of(instrument, value)
    except numbers.NotOnGrid as error:
        raise invalid(name, str(error)) from None
