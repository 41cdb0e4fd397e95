"""
Messages about orders.

Units: prices in the quote asset, sizes in the base asset, as decimals; times ISO-8601 with `Z`.
        An optional field that does not apply is absent, never null or empty.
Source: INTX REST reference, "Orders"; key set as captured (README, "Sources").
"""

from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from countermand.venues.coinbase_intx.messages.shared import (
    Flag,
    InstrumentType,
    OrderSide,
    Paged,
    Pagination,
)

OrderType = Literal["LIMIT", "MARKET", "STOP", "STOP_LIMIT", "TAKE_PROFIT_STOP_LOSS"]
EventType = Literal["NEW", "TRADE", "REPLACED"]
Tif = Literal["GTC", "IOC", "GTT", "FOK"]
StpMode = Literal["NONE", "AGGRESSING", "RESTING", "BOTH", "DECREMENT_AND_CANCEL"]


class PlaceOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    `POST /orders`. `tif` is asked for except from market orders; `stp_mode` is BOTH when absent.

    `user` is for brokers and means nothing here.
    """

    client_order_id: str
    side: OrderSide
    size: Decimal
    tif: Tif | None = None
    instrument: str
    type: OrderType
    price: Decimal | None = None
    stop_price: Decimal | None = None
    stop_limit_price: Decimal | None = None
    expire_time: str | None = None
    portfolio: str | None = None
    user: str | None = None
    stp_mode: StpMode | None = None
    post_only: Flag = False
    close_only: Flag = False
    algo_strategy: Literal["TWAP"] | None = None


class PreviewOrder(PlaceOrder, frozen=True, kw_only=True, omit_defaults=True):
    """`POST /orders/preview`: as `PlaceOrder`, of a portfolio; a client id is not looked at."""

    client_order_id: Any = None
    portfolio: str


class GetOrder(Struct, frozen=True):
    """`GET /orders/{id}`."""

    id: str
    portfolio: str


class ListOrders(Paged, frozen=True, kw_only=True, omit_defaults=True):
    """`GET /orders`: open orders only."""

    portfolio: str | None = None
    instrument: str | None = None
    instrument_type: InstrumentType | None = None
    client_order_id: str | None = None
    event_type: EventType | None = None
    order_type: OrderType | None = None
    side: OrderSide | None = None


class ModifyOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    `PUT /orders/{id}`: `client_order_id` is the new one, `size` counts what has been executed.
    """

    id: str
    client_order_id: str
    portfolio: str
    price: Decimal | None = None
    stop_price: Decimal | None = None
    size: Decimal | None = None
    stop_limit_price: Decimal | None = None


class CancelOrder(Struct, frozen=True):
    """`DELETE /orders/{id}`: an order id or a client order id of the portfolio."""

    id: str
    portfolio: str


class CancelAllOrders(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`DELETE /orders`: a misspelled filter would cancel too much, so no key is ignored."""

    portfolio: str
    instrument: str | None = None
    side: OrderSide | None = None
    instrument_type: InstrumentType | None = None


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """
    An order, in every answer. The official Python SDK fails on a key that is missing or not known.

    `leaves_qty` is `size - exec_qty`, also after a cancel; `fee` is the sum so far; `reduce_only`
    only that SDK knows, it repeats `close_only`.
    """

    order_id: str
    order_uuid: str
    client_order_id: str
    side: str
    instrument_id: str
    instrument_uuid: str
    symbol: str
    portfolio_id: str
    portfolio_uuid: str
    type: str
    price: str | None = None
    stop_price: str | None = None
    stop_limit_price: str | None = None
    size: str
    tif: str
    expire_time: str | None = None
    stp_mode: str
    event_type: str
    event_time: str
    submit_time: str
    order_status: Literal["WORKING", "DONE"]
    leaves_qty: str
    exec_qty: str
    avg_price: str
    fee: str
    post_only: bool
    close_only: bool
    reduce_only: bool
    algo_strategy: str | None = None
    text: str | None = None


class Preview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The effects that an order would have: fee rates as fractions, margin in the quote asset."""

    is_valid: bool
    maker_fee_estimate: str
    taker_fee_estimate: str
    required_margin_delta: str
    reject_reason: str | None = None
    reject_details: str | None = None


class OrderPage(Struct, frozen=True):
    """A part of the open orders, last event first."""

    pagination: Pagination
    results: list[Order]
