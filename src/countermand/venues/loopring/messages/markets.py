"""Markets: DEX API v3, "Exchange info", "Tokens", "Markets", "Depth", "Trades", "Time"."""

from countermand.venues.loopring.messages.shared import Message


class Timestamp(Message, frozen=True):
    """Units: milliseconds since the Unix epoch."""

    timestamp: int


class Info(Message, frozen=True):
    """The exchange contract, and what requests on the chain cost; nothing here is on a chain."""

    chain_id: int
    exchange_address: str
    deposit_address: str
    onchain_fees: list[str] = []
    open_account_fees: list[str] = []
    update_fees: list[str] = []
    transfer_fees: list[str] = []
    withdrawal_fees: list[str] = []
    fast_withdrawal_fees: list[str] = []
    amm_exit_fees: list[str] = []


class OrderAmounts(Message, frozen=True):
    """Units: the token's smallest units."""

    minimum: str
    maximum: str
    dust: str


class GasAmounts(Message, frozen=True):
    """What a transaction costs in gas."""

    distribution: str = "0"
    deposit: str = "0"


class Token(Message, frozen=True):
    """A token."""

    type: str
    token_id: int
    symbol: str
    name: str
    address: str
    decimals: int
    precision: int
    precision_for_order: int
    order_amounts: OrderAmounts
    lucky_token_amounts: OrderAmounts
    fast_withdraw_limit: str = "0"
    gas_amounts: GasAmounts = GasAmounts()
    enabled: bool = True


class Market(Message, frozen=True):
    """A market."""

    market: str
    base_token_id: int
    quote_token_id: int
    precision_for_price: int
    orderbook_agg_levels: int
    enabled: bool


class Markets(Message, frozen=True):
    """All markets."""

    markets: list[Market]


class MixMarket(Market, frozen=True):
    """
    A market of the books and pools together: bit 1 of `status` is the order book, bit 0 the pool.

    Units: `created_at` in milliseconds since the Unix epoch, as text.
    """

    status: int = 2
    created_at: str = "0"


class MixMarkets(Message, frozen=True):
    """All markets, with how they trade."""

    markets: list[MixMarket]


class Pools(Message, frozen=True):
    """Automated market makers; there are none."""

    pools: list[str] = []


class GetDepth(Message, frozen=True):
    """A market's depth: at how coarse a level of prices, and how many of them."""

    market: str | None = None
    level: str | None = None
    limit: str | None = None


class Depth(Message, frozen=True):
    """
    A market's depth, the best first.

    Shape: a slot is price, base size, quote volume, count; all text.
    Units: sizes in the tokens' smallest units; `timestamp` in milliseconds since the Unix epoch.
    """

    version: int
    timestamp: int
    market: str
    bids: list[tuple[str, str, str, str]]
    asks: list[tuple[str, str, str, str]]


class GetTrades(Message, frozen=True):
    """What last traded on a market."""

    market: str | None = None
    limit: str | None = None
    fill_types: str | None = None


class Trades(Message, frozen=True):
    """
    Trades, the newest first, each a row of text.

    Shape: time in milliseconds, id, side, base size, price, market, fee; for an account's own then
           account, token sold, storage id.
    """

    total_num: int
    trades: list[tuple[str, ...]]


class GetTickers(Message, frozen=True):
    """What markets did in a day, comma separated."""

    market: str | None = None


class Tickers(Message, frozen=True):
    """
    Markets in a day.

    Shape: name, time, base size, quote volume, open, high, low, close, count, bid, ask, and two
           fees that are 0; all text.
    Units: sizes in the tokens' smallest units, the time in milliseconds since the Unix epoch.
    """

    tickers: list[tuple[str, ...]]


class GetCandles(Message, frozen=True):
    """
    A market's candles.

    Units: `start` and `end` in milliseconds since the Unix epoch, 0 for open.
    """

    market: str | None = None
    interval: str | None = None
    start: str | None = None
    end: str | None = None
    limit: str | None = None


class Candles(Message, frozen=True):
    """
    Candles, the newest first.

    Shape: beginning, count, open, close, high, low, base size, quote volume; all text.
    """

    candlesticks: list[tuple[str, ...]]


class GetPrices(Message, frozen=True):
    """What tokens are worth in a money."""

    legal: str | None = None


class Price(Message, frozen=True):
    """What a token is worth. Units: `updated_at` in milliseconds since the Unix epoch."""

    symbol: str
    price: str
    updated_at: int


class Prices(Message, frozen=True):
    """What tokens are worth."""

    prices: list[Price]
