"""
Messages about what markets did: candles, funding, volumes; and transfers, of which there are none.

Units:  decimals and times as text.
Source: INTX REST reference, "Get aggregated candles data per instrument", "Get historical funding
        rates", "Get daily trading volumes", "List matching transfers"; `intx-sdk-py` 0.3.0.
"""

from typing import Any

from msgspec import Struct

from countermand.venues.coinbase_intx.messages.shared import Paged, Pagination
from countermand.venues.coinbase_intx.messages.streams import Candle


class GetCandles(Struct, frozen=True, omit_defaults=True):
    """`GET /instruments/{instrument}/candles`: those that begin from `start` to `end`."""

    instrument: str
    granularity: str
    start: str
    end: str | None = None


class Candles(Struct, frozen=True):
    """Candles, the oldest first."""

    aggregations: list[Candle]


class ListFunding(Paged, frozen=True, kw_only=True, omit_defaults=True):
    """`GET /instruments/{instrument}/funding`."""

    instrument: str


class ListVolumes(Paged, frozen=True, kw_only=True, omit_defaults=True):
    """`GET /instruments/volumes/daily`: of instruments by name, comma separated."""

    instruments: str
    time_from: str | None = None
    show_other: str | None = None


class ListTransfers(Paged, frozen=True, kw_only=True, omit_defaults=True):
    """`GET /transfers`; the answer is always empty."""

    portfolios: str | None = None
    portfolio: str | None = None
    time_from: str | None = None
    time_to: str | None = None
    status: str | None = None
    type: str | None = None


class Nothing(Struct, frozen=True):
    """A page of what does not happen here."""

    pagination: Pagination
    results: list[Any] = []


class Volume(Struct, frozen=True):
    """The volume of an instrument in a day."""

    symbol: str
    volume: str
    notional: str


class Totals(Struct, frozen=True):
    """The volume of the instruments that were asked for, and of all."""

    total_instruments_volume: str
    total_instruments_notional: str
    total_exchange_volume: str
    total_exchange_notional: str


class DailyVolume(Struct, frozen=True):
    """One day."""

    timestamp: str
    instruments: list[Volume]
    totals: Totals


class VolumePage(Struct, frozen=True):
    """Days, the newest first."""

    pagination: Pagination
    results: list[DailyVolume]
