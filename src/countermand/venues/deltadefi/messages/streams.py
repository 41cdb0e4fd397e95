"""
Messages of the streams, all in text, and what their paths name.

Units: prices and quantities of the market are JSON numbers, those of the account decimal text;
       `timestamp` of the depth is Unix milliseconds, that of a trade RFC 3339 in UTC.
Source: API reference, "Account Stream", "Market Depth Stream", "Market Price Stream", "Recent
        Trades Stream"; Python SDK 1.1.1, `clients/websocket.py`; Rust SDK 1.1.4, which decodes
        strictly.
"""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from countermand.venues.deltadefi.messages.accounts import Balance
from countermand.venues.deltadefi.messages.markets import Level
from countermand.venues.deltadefi.messages.orders import Order


class OfSymbol(Struct, frozen=True):
    """A stream of one market."""

    symbol: str


class OfTrades(Struct, frozen=True):
    """The stream of one market's trades: at first the last `limit`."""

    symbol: str
    limit: Annotated[int, Meta(ge=0, le=1000)] = 50


class OfCandles(Struct, frozen=True):
    """The stream of one market's candles."""

    symbol: str
    interval: str


class OrderInfo(Struct, frozen=True, kw_only=True):
    """An order after something has happened to it."""

    type: str = "Account"
    sub_type: str = "order_info"
    order: Order


class BalanceInfo(Struct, frozen=True, kw_only=True):
    """All balances, as they are now."""

    type: str = "Account"
    sub_type: str = "balance"
    balance: list[Balance]


class Depth(Struct, frozen=True):
    """Both sides of the book, best first, whole each time."""

    timestamp: int
    bids: list[Level]
    asks: list[Level]


class Price(Struct, frozen=True, kw_only=True):
    """The price of the last trade."""

    type: str = "Market"
    sub_type: str = "market_price"
    price: Decimal


class Trade(Struct, frozen=True):
    """One trade, of a list; `order_id` is one id of both its orders."""

    order_id: str
    timestamp: str
    symbol: str
    side: str
    price: Decimal
    amount: Decimal
