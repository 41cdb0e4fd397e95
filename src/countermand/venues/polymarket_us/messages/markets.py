"""
Messages about markets, all public.

Units: prices are those of the YES outcome; `Raw` fields are JSON numbers, quantities decimal text.
Source: Markets API schema; the official Python SDK 2.4.1, types/markets.py, and resources/ for the
        rest of the gateway.
"""

from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

from countermand.venues.polymarket_us.messages.shared import Amount

Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class ListMarkets(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """
    `GET /v1/markets`. Filters that mean nothing here (tags, games, liquidity) are ignored.

    An array narrows only when it is given; a `limit` of 0 is one that was not given. Words that
    sort are read in any case, and unknown ones ignored.
    """

    limit: Count = 0
    offset: Count = 0
    order_by: list[str] = []
    order_direction: str = "asc"
    id: list[int] = []
    slug: list[str] = []
    event_slug: str = ""
    archived: bool | None = None
    active: bool | None = None
    closed: bool | None = None
    include_hidden: bool = False
    categories: list[str] = []
    market_types: list[str] = []
    sports_market_types: list[str] = []
    volume_num_min: Decimal | None = None
    volume_num_max: Decimal | None = None
    start_date_min: str = ""
    start_date_max: str = ""
    end_date_min: str = ""
    end_date_max: str = ""


class GetMarketById(Struct, frozen=True):
    """`GET /v1/market/id/{id}`."""

    id: int


class BySlug(Struct, frozen=True):
    """
    `GET /v1/market/slug/{slug}`, and its book, the top of it, and its settlement.

    Where a settlement was read from changes nothing.
    """

    slug: str


class Everything(Struct, frozen=True):
    """A list that is always empty; its filters do not matter."""


class OneOf(Struct, frozen=True):
    """`GET /v1/events/{name}` and the like: one event or series, by id or slug."""

    name: str


class MarketSide(Struct, frozen=True, kw_only=True, rename="camel"):
    """One outcome; `price` is its own, so that of NO is the payout less that of YES."""

    id: str
    market_side_type: str = "MARKET_SIDE_TYPE_INSTRUMENT"
    identifier: str
    description: str
    price: str
    market_id: int
    long: bool
    team_id: int | None = None
    team: Any = None


class Market(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    A market. An empty side of its book is null.

    Shape: `outcomes` and `outcome_prices` are JSON text inside a string, YES first.
    """

    id: str
    slug: str
    question: str
    title: str
    subtitle: str
    category: str
    description: str
    start_date: str | None
    end_date: str | None
    game_start_time: str | None
    active: bool
    closed: bool
    archived: bool
    hidden: bool
    market_type: str
    sports_market_type: str
    sports_market_type_v2: str | None = None
    line: Any = None
    event_slug: str
    image: str
    icon: str
    tags: list[str] = []
    order_price_min_tick_size: Raw
    minimum_trade_qty: Raw
    fee_coefficient: Raw
    best_bid: Raw
    best_ask: Raw
    best_bid_quote: Amount | None
    best_ask_quote: Amount | None
    volume_num: Raw
    status: str
    ep3_status: str
    outcomes: str
    outcome_prices: str
    market_sides: list[MarketSide]
    created_at: str | None = None
    updated_at: str | None = None


class MarketPage(Struct, frozen=True):
    """`GET /v1/markets`."""

    markets: list[Market]


class OneMarket(Struct, frozen=True):
    """`GET /v1/market/...`."""

    market: Market


class BookLevel(Struct, frozen=True):
    """A price and the whole quantity that rests at it."""

    px: Amount
    qty: str


class Stats(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    What has traded; null where nothing has. `openPx`, `highPx` and `lowPx` are of the trades the
    market remembers. There are no sessions, so that nothing is a close, and nothing indicative.
    """

    open_px: Amount | None
    close_px: Amount | None = None
    high_px: Amount | None
    low_px: Amount | None
    last_trade_px: Amount | None
    last_trade_qty: str
    indicative_open_px: Amount | None = None
    trading_reference_px: Amount | None = None
    current_px: Amount | None
    settlement_px: Amount | None
    shares_traded: str
    notional_traded: Amount
    open_interest: str


class Book(Struct, frozen=True, kw_only=True, rename="camel"):
    """A whole book, best prices first; both sides are always there."""

    market_slug: str
    bids: list[BookLevel]
    offers: list[BookLevel]
    state: str
    stats: Stats
    transact_time: str | None


class BookReply(Struct, frozen=True, rename="camel"):
    """`GET /v1/markets/{slug}/book`."""

    market_data: Book


class Bbo(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    The top of a book. An empty side is null, and none are offered or bid for.

    Shape: `bid_depth` and `ask_depth` count levels, `bid_shares` and `ask_shares` what rests at the
           best price; `long_quote` is what a contract of YES costs now, `short_quote` one of NO.
    """

    market_slug: str
    current_px: Amount | None
    last_trade_px: Amount | None
    settlement_px: Amount | None
    shares_traded: str
    open_interest: str
    best_bid: Amount | None
    best_ask: Amount | None
    bid_depth: int
    ask_depth: int
    long_quote: Amount | None
    short_quote: Amount | None
    state: str
    bid_shares: str
    ask_shares: str


class BboReply(Struct, frozen=True, rename="camel"):
    """`GET /v1/markets/{slug}/bbo`."""

    market_data: Bbo


class Settlement(Struct, frozen=True):
    """`GET /v1/markets/{slug}/settlement`; the price of YES in the end."""

    slug: str
    settlement: Raw
