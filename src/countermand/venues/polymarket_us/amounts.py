"""
Prices and money as this venue spells them: dollars, with cents even where they are zero.

Source: Portfolio API schema and examples ("22.00", "0.55"); that a finer number keeps all its
        digits, and no more, is our proposal.
"""

from decimal import Decimal

from msgspec import Raw

from countermand.venues.polymarket_us.messages.shared import CURRENCY, Amount
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.wire import numbers

CENTS_SCALE = 2

# Positions carry this many decimals, and always all of them.
QTY_DECIMALS = 4


def price(instrument: Instrument, ticks: int) -> Amount:
    """Return a price of the YES outcome."""
    return Amount(price_cents(instrument, ticks), CURRENCY)


def price_cents(instrument: Instrument, ticks: int) -> str:
    """Return a price as text alone."""
    return with_cents(numbers.price_text(instrument, ticks))


def price_or_none(instrument: Instrument, ticks: int) -> Amount | None:
    """Return a price, or None where there is none."""
    return price(instrument, ticks) if ticks else None


def read_price(instrument: Instrument, amount: Amount | None) -> int:
    """Return a price in ticks, 0 where there is none. Raises NotOnGrid."""
    return numbers.price_ticks(instrument, Decimal(amount.value)) if amount else 0


def read_mark(instrument: Instrument, amount: Amount | None) -> int:
    """Return a price that is no order's, in the nearest tick, 0 where there is none."""
    return numbers.price_ticks_nearest(instrument, Decimal(amount.value)) if amount else 0


def money(asset: Asset, minor: int) -> Amount:
    """Return an amount of money."""
    return Amount(with_cents(numbers.minor_text(asset, minor)), asset.symbol)


def read_money(asset: Asset, amount: Amount | None) -> int:
    """Return an amount in minor units, the nearest, 0 where there is none. Raises OutOfRange."""
    return numbers.asset_minor_nearest(asset, Decimal(amount.value)) if amount else 0


def number(text: str) -> Raw:
    """Return decimal text as a JSON number, digit for digit."""
    return Raw(text.encode())


def decimal(raw: Raw) -> Decimal:
    """Return a JSON number, in quotes or not, digit for digit. Raises ArithmeticError for none."""
    return Decimal(bytes(raw).decode().strip('"'))


def qty_whole(instrument: Instrument, lots: int) -> str:
    """Return a quantity rounded to whole contracts, halves to even, as the older fields have it."""
    return str(numbers.divide_half_even(lots * instrument.lot_units, 10**instrument.qty_scale))


def qty_fixed(instrument: Instrument, lots: int) -> str:
    """Return a quantity with exactly `QTY_DECIMALS` decimals, half to even beyond them."""
    units = lots * instrument.lot_units * 10**QTY_DECIMALS
    rounded = numbers.divide_half_even(units, 10**instrument.qty_scale)
    return _padded(numbers.unscaled(rounded, QTY_DECIMALS), QTY_DECIMALS)


def with_cents(text: str) -> str:
    """Return decimal text with cents at least."""
    return _padded(text, CENTS_SCALE)


def _padded(text: str, decimals: int) -> str:
    whole, _, part = text.partition(".")
    return f"{whole}.{part:0<{decimals}}"
