"""
Messages about securities.

Units:  `TickSize` in dollars, `Precision` and `VolumePrecision` in digits after the point.
Source: ETNA manual, "Get filtered equities", "Get equity info by mask", "Get options expiration
        dates", "Get an option chain"; the swagger file, `EquityResource`.
"""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from countermand.venues.autoshares.messages.shared import Count, Paged, PageSize

LOOKUP_COUNT_DEFAULT = 10


class LookUp(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`GET /equities/lookup`: one page calls the word `mask`, another `symbol`."""

    mask: str | None = None
    symbol: str | None = None
    count: Count = LOOKUP_COUNT_DEFAULT
    filter: str = ""


class GetEquity(Struct, frozen=True):
    """`GET /equities/{symbol}`: a symbol or an id."""

    symbol: str


class ListEquities(Paged, frozen=True, kw_only=True):
    """`GET /equities` and `/options`: all of it is required but the filter."""

    page_number: Count
    page_size: PageSize
    sort_field: str
    desc: bool


class ListExpirations(Struct, frozen=True):
    """`GET /options/expirations`."""

    underlying: str


class GetOption(Struct, frozen=True):
    """`GET /options/{symbol}` and `/options/optionChain/{symbol}`."""

    symbol: str


class Equity(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """A security."""

    id: int
    symbol: str
    description: str
    exchange: str = ""
    currency: str
    added_date: str
    modify_date: str
    type: str
    precision: int
    volume_precision: int
    tick_size: Decimal
    enabled: bool
    allow_trade: bool
    allow_margin: bool
    allow_short: bool
    cusip: str | None = None


class OptionChain(Struct, frozen=True, rename="pascal"):
    """The options on a security by their day."""

    expirations: list[Any]
