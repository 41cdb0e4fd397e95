"""
Messages about orders.

Units: prices are those of the YES outcome for every intent; quantities are contracts, `Raw`
       ones JSON numbers; times RFC 3339 in UTC. What does not apply is null, and never absent.
Source: Orders API reference; the official Python SDK 2.4.1, types/orders.py.
"""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Raw, Struct

from countermand.venues.polymarket_us.messages.shared import ZERO, Amount, MarketMetadata

BATCH_MAX = 20

# The zero values of two enums, which mean that there is none.
NO_REJECT_REASON = "ORD_REJECT_REASON_EXCHANGE_OPTION"
NOT_UNSOLICITED = "UNSOLICITED_CXL_REASON_UNDEFINED"


class SlippageTolerance(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """How far from `current_price` a market order may trade; `ticks` beats `bips`."""

    current_price: Amount | None = None
    bips: int | None = None
    ticks: int | None = None


class CreateOrder(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """
    `POST /v1/orders`, and one order of a batch or a preview.

    Shape: what to do is `intent`, or `outcome_side` with `action`, which win; how much is
           `quantity`, or for a market order `cash_order_qty`.
    Units: `max_block_time` in seconds.
    """

    market_slug: str | None = None
    intent: str | None = None
    outcome_side: str | None = None
    action: str | None = None
    type: str | None = None
    price: Amount | None = None
    quantity: Decimal | None = None
    cash_order_qty: Amount | None = None
    tif: str | None = None
    good_till_time: str | None = None
    participate_dont_initiate: bool | None = None
    manual_order_indicator: str | None = None
    synchronous_execution: bool | None = None
    max_block_time: int | None = None
    slippage_tolerance: SlippageTolerance | None = None


class PreviewOrder(Struct, frozen=True, omit_defaults=True):
    """`POST /v1/order/preview`: the order is nested."""

    request: CreateOrder | None = None


class ClosePosition(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`POST /v1/order/close-position`: a market order for the whole of a position."""

    market_slug: str | None = None
    manual_order_indicator: str | None = None
    synchronous_execution: bool | None = None
    max_block_time: int | None = None
    slippage_tolerance: SlippageTolerance | None = None


class GetOrder(Struct, frozen=True, rename="camel"):
    """`GET /v1/order/{orderId}`."""

    order_id: str


class ListOrders(Struct, frozen=True, omit_defaults=True):
    """`GET /v1/orders/open`: those of the markets named, or all."""

    slugs: list[str] = []


class ModifyOrder(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """`POST /v1/order/{orderId}/modify`; `quantity` counts what has been executed."""

    order_id: str
    market_slug: str | None = None
    price: Amount | None = None
    quantity: Decimal | None = None
    tif: str | None = None
    good_till_time: str | None = None
    participate_dont_initiate: bool | None = None


class CancelOrder(Struct, frozen=True, omit_defaults=True, rename="camel"):
    """`POST /v1/order/{orderId}/cancel`, and one cancel of a batch."""

    order_id: str
    market_slug: str | None = None


class CancelAllOrders(Struct, frozen=True, omit_defaults=True):
    """
    `POST /v1/orders/open/cancel`: those of the markets named, or all.

    Any other key is dropped, `marketSlug` too, and then everything is canceled: the venue does so.
    """

    slugs: list[str] | None = None


class CreateOrders(Struct, frozen=True):
    """`POST /v1/orders/batched`."""

    orders: Annotated[list[CreateOrder], Meta(min_length=1, max_length=BATCH_MAX)]


class ModifyOrders(Struct, frozen=True):
    """`POST /v1/orders/batched/modify`."""

    orders: Annotated[list[ModifyOrder], Meta(min_length=1, max_length=BATCH_MAX)]


class CancelOrders(Struct, frozen=True):
    """`POST /v1/orders/batched/cancel`."""

    orders: Annotated[list[CancelOrder], Meta(min_length=1, max_length=BATCH_MAX)]


class Order(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """
    An order, in every answer that holds one.

    Shape: `cum_quantity + leaves_quantity = quantity` while it works; nothing is left when it is
           done. `insert_time` and `create_time` are the same here. `price` of a market order is its
           average, bound or reference.
    """

    id: str
    market_slug: str
    side: str
    type: str
    price: Amount
    quantity: Raw
    cum_quantity: Raw
    leaves_quantity: Raw
    tif: str
    good_till_time: str | None
    intent: str
    outcome_side: str
    action: str
    market_metadata: MarketMetadata
    state: str
    avg_px: Amount
    cash_order_qty: Amount | None
    insert_time: str | None
    create_time: str | None
    last_transact_time: str | None
    commission_notional_total_collected: Amount
    commissions_basis_points: str = "0"
    maker_commissions_basis_points: str = "0"
    manual_order_indicator: str | None = None


class Execution(Struct, frozen=True, kw_only=True, rename="camel"):
    """
    One event of an order, with the order as it was after it.

    Shape: `order_reject_reason` and `unsolicited_cancel_reason` are always there, and their zero
           values mean nothing: only `type` says that an order was rejected.
    """

    id: str
    order: Order
    last_shares: str = "0"
    last_px: Amount | None = None
    type: str
    text: str = ""
    order_reject_reason: str = NO_REJECT_REASON
    transact_time: str
    leg_prices: list[str] = []
    trade_id: str = ""
    aggressor: bool = False
    commission_notional_collected: Amount = ZERO
    unsolicited_cancel_reason: str = NOT_UNSOLICITED
    trace_id: str = ""
    commission_spread_px: Amount | None = None
    transact_trade_date: str | None = None


class Created(Struct, frozen=True):
    """The answer to a new order: that it was taken, not what became of it."""

    id: str
    executions: list[Execution] = []


class OneOrder(Struct, frozen=True):
    """The answer that is one order."""

    order: Order


class OrderList(Struct, frozen=True):
    """The open orders; a venue that has none may leave the key out."""

    orders: list[Order] = []


class Empty(Struct, frozen=True):
    """The answer to a cancel and a modify: `{}`."""


class CreatedIds(Struct, frozen=True, rename="camel"):
    """The answer to a batch of orders, in their order."""

    created_order_ids: list[str] = []


class ModifiedIds(Struct, frozen=True, rename="camel"):
    """The answer to a batch of modifications: the ids that were sent."""

    modified_order_ids: list[str] = []


class CanceledIds(Struct, frozen=True, rename="camel"):
    """The answer to a cancel of many: the ids that were asked for, which confirms nothing."""

    canceled_order_ids: list[str] = []
