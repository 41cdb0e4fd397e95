"""
Messages about securities, and where their quotes stream from.

Units:  `TickSize` in dollars, `Precision` and `VolumePrecision` in digits after the point.
Source: ETNA manual, "Get filtered equities", "Get equity info by mask", "Get options expiration
        dates", "Get an option chain", "Get streamers' info"; the swagger file, `EquityResource`.
"""

from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from countermand.venues.autoshares.messages.accounts import Count
from countermand.venues.autoshares.paging import PageNumber, PageSize

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


class ListEquities(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`GET /equities`: all of it is required but the filter."""

    page_number: PageNumber | None = None
    page_size: PageSize | None = None
    sort_field: str | None = None
    desc: bool | None = None
    filter: str = ""


class ListExpirations(Struct, frozen=True):
    """`GET /options/expirations`."""

    underlying: str | None = None


class GetOption(Struct, frozen=True):
    """`GET /options/{symbol}` and `/options/optionChain/{symbol}`."""

    symbol: str


class GetStreamers(Struct, frozen=True):
    """`GET /streamers`."""


class RecoverSession(Struct, frozen=True, rename="camel"):
    """`PUT /streamers/session/recover`: 0 is the session of data, 1 that of quotes."""

    session_type: Annotated[int, Meta(ge=0, le=1)] = 0


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


class Address(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """Where to connect to."""

    url: str
    type: str
    session_id: str = ""


class Streamers(Struct, frozen=True, rename="pascal"):
    """Where quotes come from, and where orders, positions and balances do."""

    quote_addresses: list[Address]
    data_addresses: list[Address]


class Session(Struct, frozen=True, rename="pascal"):
    """A streaming session."""

    id: str
