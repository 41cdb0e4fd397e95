"""
Messages about markets and the application.

Units: prices and quantities are JSON numbers, written exactly; `t` of a candle is Unix seconds.
Source: API reference, "Get Market Config", "Get Market Price", "Get Aggregated Price"; TypeScript
        SDK 1.1.3, `types`; Python SDK 1.1.1, `responses/app.py`. The depth has had no page since
        September 2025 and keeps the shape it had.
"""

from decimal import Decimal

from msgspec import Struct


class Token(Struct, frozen=True):
    """One side of a pair."""

    symbol: str
    unit: str
    decimals: int
    max_qty_dp: int


class TradingPair(Struct, frozen=True):
    """A market."""

    symbol: str
    base_token: Token
    quote_token: Token
    price_max_dp: int


class AssetInfo(Token, frozen=True):
    """An asset and the pairs it trades in."""

    trading_pairs: list[str]


class MarketConfig(Struct, frozen=True):
    """Everything that trades."""

    trading_pairs: list[TradingPair]
    assets: list[AssetInfo]


class GetPrice(Struct, frozen=True):
    """`GET /market/market-price`, or with the symbol in the path."""

    symbol: str


class ListPrices(Struct, frozen=True):
    """`GET /market/market-price`: of one symbol, or without one of all."""

    symbol: str | None = None


class Price(Struct, frozen=True):
    """The last trade's price, 0 before any."""

    price: Decimal


class PriceOf(Struct, frozen=True):
    """The same, where several are told."""

    symbol: str
    price: Decimal


class ListCandles(Struct, frozen=True):
    """`GET /market/graph/{symbol}`. Units: Unix seconds, both included."""

    symbol: str
    interval: str
    start: int
    end: int
    order_by: str = "asc"


class Candle(Struct, frozen=True):
    """Open, high, low and close of a span of time, and the base quantity traded in it."""

    t: int
    s: str
    o: Decimal
    h: Decimal
    l: Decimal  # noqa: E741  (the wire's letter)
    c: Decimal
    v: Decimal


class GetDepth(Struct, frozen=True):
    """`GET /market/depth`."""

    symbol: str


class Level(Struct, frozen=True):
    """A price level of the book."""

    price: Decimal
    quantity: Decimal


class Depth(Struct, frozen=True):
    """Both sides of the book, best first."""

    bids: list[Level]
    asks: list[Level]


class Terms(Struct, frozen=True):
    """The terms and conditions."""

    value: str


class HydraCycle(Struct, frozen=True):
    """When the current settlement cycle began and ends. Units: RFC 3339 in UTC."""

    start: str
    end: str


class TradingLock(Struct, frozen=True):
    """Whether no market takes orders."""

    is_locked: bool
