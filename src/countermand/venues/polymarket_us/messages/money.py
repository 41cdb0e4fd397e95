"""Amounts of money, as every message of this venue carries them."""

from msgspec import Struct

# The one currency there is.
CURRENCY = "USD"


class Amount(Struct, frozen=True, gc=False):
    """An amount or a price: decimal text and the currency it is in."""

    value: str
    currency: str
