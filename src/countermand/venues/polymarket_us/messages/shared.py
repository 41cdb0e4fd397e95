"""
Parts that messages share: amounts of money, and the fields of a market that orders and positions
repeat.

Source: Orders API and Portfolio API schemas, Amount and MarketMetadata.
"""

from typing import Any

from msgspec import Raw, Struct

# The one currency there is.
CURRENCY = "USD"

NOTHING = Raw(b"0")


class Amount(Struct, frozen=True, gc=False):
    """An amount or a price: decimal text and the currency it is in."""

    value: str
    currency: str


ZERO = Amount("0.00", CURRENCY)


class MarketMetadata(Struct, frozen=True, kw_only=True, rename="camel"):
    """A market's names; `outcome` is the side that is meant. There are no teams here."""

    slug: str = ""
    icon: str = ""
    title: str = ""
    outcome: str = ""
    event_slug: str = ""
    event_id: str = ""
    team_id: int | None = None
    team: Any = None
