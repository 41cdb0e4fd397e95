"""
Messages of the market data socket, all in text.

Shape:  `sequence` counts the messages of a connection, without gaps; a confirmation has none.
Units:  decimals and times as text.
Source: INTX WebSocket documentation, "Overview" and "Channels"; captured messages, whose names are
        used where the page has others (`total30_day_quantity`, `default_initial_margin`).
"""

from msgspec import UNSET, Struct, UnsetType

Level = tuple[str, str]
Change = tuple[str, str, str]


class Asked(Struct, frozen=True):
    """SUBSCRIBE or UNSUBSCRIBE; no products are all."""

    type: str
    channels: list[str]
    product_ids: list[str] = []
    time: str = ""
    key: str = ""
    passphrase: str = ""
    signature: str = ""


class Channel(Struct, frozen=True):
    """The subscriptions to one channel."""

    name: str
    product_ids: list[str]


class Confirmation(Struct, frozen=True, kw_only=True):
    """All that the connection is subscribed to."""

    channels: list[Channel]
    authenticated: bool = True
    channel: str = "SUBSCRIPTIONS"
    type: str = "SNAPSHOT"
    time: str


class Rejection(Struct, frozen=True, kw_only=True):
    """The refusal of a message of the client's."""

    message: str
    reason: str
    channel: str = "SUBSCRIPTIONS"
    type: str = "REJECT"


class Told(Struct, frozen=True, kw_only=True):
    """The fields that every message of a channel has. Candles have no `time`."""

    sequence: int
    product_id: str
    channel: str
    type: str
    time: str | UnsetType = UNSET


class Top(Told, frozen=True, kw_only=True):
    """LEVEL1; an empty side is left out."""

    bid_price: str | UnsetType = UNSET
    bid_qty: str | UnsetType = UNSET
    ask_price: str | UnsetType = UNSET
    ask_qty: str | UnsetType = UNSET


class Depth(Told, frozen=True, kw_only=True):
    """LEVEL2, at first: the best levels of each side, best first."""

    bids: list[Level]
    asks: list[Level]


class Changes(Told, frozen=True, kw_only=True):
    """LEVEL2, then: side, price and size of each level that changed; size 0 is gone."""

    changes: list[Change]


class Match(Told, frozen=True, kw_only=True):
    """MATCH."""

    match_id: str
    trade_qty: str
    aggressor_side: str
    trade_price: str


class Instrument(Told, frozen=True, kw_only=True):
    """INSTRUMENTS."""

    instrument_type: str
    instrument_mode: str = "standard"
    base_asset_name: str
    quote_asset_name: str
    base_increment: str
    quote_increment: str
    avg_daily_quantity: str
    avg_daily_volume: str
    total30_day_quantity: str
    total30_day_volume: str
    total24_hour_quantity: str
    total24_hour_volume: str
    base_imf: str
    min_quantity: str
    position_size_limit: str
    position_notional_limit: str
    funding_interval: str
    trading_state: str
    last_updated_time: str
    default_initial_margin: str
    base_asset_multiplier: str
    underlying_type: str


class Risk(Told, frozen=True, kw_only=True):
    """RISK."""

    limit_up: str
    limit_down: str
    index_price: str
    mark_price: str
    settlement_price: str
    open_interest: str


class Funding(Told, frozen=True, kw_only=True):
    """FUNDING; not final is what is expected of the next interval."""

    funding_rate: str
    is_final: bool


class Candle(Struct, frozen=True, kw_only=True):
    """One candle."""

    start: str
    open: str
    high: str
    low: str
    close: str
    volume: str


class Candles(Told, frozen=True, kw_only=True):
    """CANDLES, at first: the newest candles, the newest last."""

    granularity: str
    candles: list[Candle]


class CandleUpdate(Told, frozen=True, kw_only=True):
    """CANDLES, then: the candle that is forming, whole."""

    granularity: str
    start: str
    open: str
    high: str
    low: str
    close: str
    volume: str
