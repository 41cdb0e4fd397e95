"""Orders: DEX API v3, "Submit order", "Cancel order", "Get order", "Get orders"."""

from decimal import Decimal
from typing import Any

from msgspec import UNSET, UnsetType

from countermand.venues.loopring.messages.shared import Message


class SignedOrder(Message, frozen=True):
    """
    The part of a new order that its signature covers, and the signature. Ids and amounts come as
    numbers or text and flags as booleans or text; `order_hash.read_terms` types them.

    Units: `valid_until` in seconds since the Unix epoch.
    """

    exchange: Any = None
    account_id: Any = None
    storage_id: Any = None
    sell_token: Any = None
    buy_token: Any = None
    valid_until: Any = None
    max_fee_bips: Any = None
    fill_amount_b_or_s: Any = None
    taker: Any = None
    eddsa_signature: Any = None


class SubmitOrder(SignedOrder, frozen=True):
    """A new order, with what its signature does not cover."""

    all_or_none: bool | str | None = None
    client_order_id: str | None = None
    order_type: str | None = None
    trade_channel: str | None = None
    extra_order_type: str | None = None
    stop_price: Decimal | None = None
    stop_side: str | None = None


class Submitted(Message, frozen=True):
    """What became of an order that was submitted, or whose cancel was taken."""

    hash: str
    client_order_id: str
    status: str
    is_idempotent: bool


class GetOrder(Message, frozen=True):
    """One order, by its hash in hexadecimal or decimal digits."""

    account_id: str
    order_hash: str | None = None


class CancelOrder(Message, frozen=True):
    """A cancel by hash, by the client's id, or by both."""

    account_id: str
    order_hash: str | None = None
    client_order_id: str | None = None


class CancelByHash(Message, frozen=True):
    """Cancels by hash, comma separated."""

    account_id: str
    order_hash: str | None = None


class CancelByClientOrderId(Message, frozen=True):
    """Cancels by the client's ids, comma separated."""

    account_id: str
    client_order_id: str | None = None


class BatchError(Message, frozen=True):
    """Why one cancel of several was refused."""

    code: int
    message: str


class BatchItem(Message, frozen=True):
    """What became of one cancel of several."""

    id: str
    result: bool
    error: BatchError | UnsetType = UNSET


class Volumes(Message, frozen=True):
    """Units: smallest units of base and quote; the fee in those of the token bought."""

    base_amount: str
    quote_amount: str
    base_filled: str
    quote_filled: str
    fee: str


class Validity(Message, frozen=True):
    """Units: seconds since the Unix epoch."""

    start: int
    end: int


class StorageInfo(Message, frozen=True):
    """The order's slot; the token is the one sold."""

    account_id: int
    token_id: int
    storage_id: int


class ExtraOrderInfo(Message, frozen=True):
    """What an order waits for that is more than a traditional one, or did before it was awake."""

    is_triggered: bool
    stop_price: str
    stop_side: str


class Order(Message, frozen=True):
    """An order as it stands."""

    hash: str
    client_order_id: str
    side: str
    market: str
    price: str
    volumes: Volumes
    validity: Validity
    order_type: str
    trade_channel: str
    status: str
    storage_info: StorageInfo
    extra_order_info: ExtraOrderInfo | UnsetType = UNSET


class ListOrders(Message, frozen=True):
    """
    Orders of an account, the newest first. Lists are comma separated.

    Units: `start` and `end` in milliseconds since the Unix epoch, 0 for open.
    """

    account_id: str
    market: str | None = None
    start: str | None = None
    end: str | None = None
    side: str | None = None
    status: str | None = None
    limit: str | None = None
    offset: str | None = None
    order_types: str | None = None
    trade_channels: str | None = None
    extra_order_types: str | None = None


class OrderList(Message, frozen=True):
    """Some orders, and how many there are."""

    total_num: int
    orders: list[Order]
