"""Accounts: DEX API v3, "Query user information", "Storage id", "User", "Order fee"."""

from countermand.venues.loopring.messages.shared import Message


class Point(Message, frozen=True):
    """A public key; empty before the account is activated."""

    x: str = ""
    y: str = ""


class Account(Message, frozen=True):
    """An account and its owner."""

    account_id: int
    owner: str
    frozen: bool
    public_key: Point
    tags: str
    nonce: int
    key_nonce: int
    key_seed: str


class GetAccount(Message, frozen=True):
    """An account by its owner, by its id, or by both."""

    owner: str | None = None
    account_id: str | None = None


class GetStorageId(Message, frozen=True):
    """The next free storage id of a token, or with `max_next` one above all that were used."""

    account_id: str
    sell_token_id: str | None = None
    max_next: str | None = None


class StorageId(Message, frozen=True):
    """An even id for an order, and an odd one for another request."""

    order_id: int
    offchain_id: int


class GetBalances(Message, frozen=True):
    """An account's balances, of all tokens or of those named, comma separated."""

    account_id: str | None = None
    tokens: str | None = None
    address: str | None = None


class Pending(Message, frozen=True):
    """What is on its way in or out; nothing is, here."""

    withdraw: str = "0"
    deposit: str = "0"


class Balance(Message, frozen=True):
    """Units: the token's smallest units; `total` and what of it is not `locked` are floored."""

    account_id: int
    token_id: int
    total: str
    locked: str
    pending: Pending = Pending()


class GetUserTrades(Message, frozen=True):
    """An account's trades, the newest first."""

    account_id: str
    market: str | None = None
    order_hash: str | None = None
    offset: str | None = None
    limit: str | None = None
    from_id: str | None = None
    fill_types: str | None = None


class GetRates(Message, frozen=True):
    """What orders on a market cost the account, and the least they may be for."""

    account_id: str
    market: str | None = None


class OrderInfo(Message, frozen=True):
    """Units: smallest units; rates in hundredths of a percent."""

    min_amount: str
    maker_rate: int
    taker_rate: int


class RateAmount(Message, frozen=True):
    """What an order that buys a token costs: by itself, and for this account."""

    token_symbol: str
    base_order_info: OrderInfo
    user_order_info: OrderInfo
    trade_cost: str = "0"


class Rates(Message, frozen=True):
    """Units: `cache_overdue_at` in milliseconds since the Unix epoch."""

    gas_price: str
    amounts: list[RateAmount]
    cache_overdue_at: int


class GetFeeRates(Message, frozen=True):
    """What orders cost the account, on all markets or on those named, comma separated."""

    account_id: str
    markets: str | None = None


class OffchainFees(Message, frozen=True):
    """What off-chain requests other than orders cost. None are served, so the list is empty."""

    gas_price: str = "0"
    fees: list[str] = []


class GetOffchainFees(Message, frozen=True):
    """What a request of a type costs the account."""

    account_id: str | None = None
    request_type: str | None = None


class GetFee(Message, frozen=True):
    """What an order that buys `token_b` costs the account."""

    account_id: str
    market: str | None = None
    token_b: str | None = None
    amount_b: str | None = None


class FeeRate(Message, frozen=True):
    """Units: rates in hundredths of a percent."""

    symbol: str
    maker_rate: int
    taker_rate: int


class Fee(Message, frozen=True):
    """A token's fee rates."""

    fee_rate: FeeRate
    gas_price: str = "0"
