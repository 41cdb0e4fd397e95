"""
Messages of the two sockets. Every frame is a JSON object with one payload key, in text.

Source: WebSocket documentation, "Private" and "Markets"; official Python SDK 2.4.1 and TypeScript
        SDK 0.1.1, which send the client's frames and dispatch the server's by their payload key.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from countermand.venues.polymarket_us.messages.accounts import UserBalance, UserPosition
from countermand.venues.polymarket_us.messages.markets import Book
from countermand.venues.polymarket_us.messages.orders import Execution, Order
from countermand.venues.polymarket_us.messages.shared import Amount


class Subscribe(Struct, frozen=True, rename="camel"):
    """A subscription. No markets, or an empty list of them, are all."""

    request_id: str = ""
    subscription_type: str | int = ""
    market_slugs: list[str] = []
    responses_debounced: bool = False


class Unsubscribe(Struct, frozen=True, rename="camel"):
    """The end of a subscription."""

    request_id: str = ""


class Asked(Struct, frozen=True):
    """A client's frame; what a client says besides is ignored."""

    subscribe: Subscribe | None = None
    unsubscribe: Unsubscribe | None = None


class Heartbeat(Struct, frozen=True):
    """The server's sign of life, which no client answers."""

    heartbeat: dict[str, Any] = {}


class Orders(Struct, frozen=True):
    """The open orders there are."""

    orders: list[Order]
    eof: bool = True


class OrderUpdate(Struct, frozen=True):
    """One event of an order."""

    execution: Execution


class PositionChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """A position before and after; null where there was none."""

    before_position: UserPosition | None
    after_position: UserPosition | None
    update_time: str
    entry_type: str
    trade_id: str = ""
    reference_id: str = ""
    description: str = ""
    allocation_group_id: str = ""
    transfer_reference_trade_ids: list[str] = []
    short_transfer: bool = False
    update_trade_date: str | None = None


class Balances(Struct, frozen=True):
    """The balances there are."""

    balances: list[UserBalance]


class BalanceChange(Struct, frozen=True, kw_only=True, rename="camel"):
    """A balance before and after; null where there was none."""

    before_balance: UserBalance | None
    after_balance: UserBalance | None
    description: str
    update_time: str
    modified_security_id: str = ""
    entry_type: str
    account_name: str = ""
    id: str = ""


class BalanceUpdate(Struct, frozen=True, rename="camel"):
    """One change of a balance."""

    balance_change: BalanceChange


class Lite(Struct, frozen=True, rename="camel"):
    """The top of a book, and what has traded."""

    market_slug: str
    current_px: Amount | None
    last_trade_px: Amount | None
    best_bid: Amount | None
    best_ask: Amount | None
    bid_depth: int
    ask_depth: int
    shares_traded: str
    open_interest: str


class Party(Struct, frozen=True):
    """One side of a trade."""

    side: str
    intent: str


class PublicTrade(Struct, frozen=True, kw_only=True, rename="camel"):
    """A trade; its quantity has the shape of an amount."""

    market_slug: str
    price: Amount
    quantity: Amount
    trade_time: str
    maker: Party
    taker: Party


class Frame(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    A payload of a subscription.

    `error` is absent from a frame of success: published clients take an empty one for a failure.
    """

    request_id: str
    subscription_type: str | UnsetType = UNSET
    error: str | UnsetType = UNSET
    order_subscription_snapshot: Orders | UnsetType = UNSET
    order_subscription_update: OrderUpdate | UnsetType = UNSET
    position_subscription: PositionChange | UnsetType = UNSET
    account_balances_snapshot: Balances | UnsetType = UNSET
    account_balances_update: BalanceUpdate | UnsetType = UNSET
    market_data: Book | UnsetType = UNSET
    market_data_lite: Lite | UnsetType = UNSET
    trade: PublicTrade | UnsetType = UNSET
