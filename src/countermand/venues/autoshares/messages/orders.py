"""
Messages about orders.

Units:  prices and money in dollars and quantities in shares, as JSON numbers, written exactly;
        times ISO-8601 with `Z` and up to seven digits of a second, in `details` milliseconds since
        the Unix epoch. An optional field that does not apply is absent, never null.
Source: Orders API reference; ETNA manual, "Place order", "Replace order", "List orders"; the
        swagger file, `CreateOrderResource`, `ModifyOrderResource`, `OrderResource`. Misspelled
        names are the venue's.
"""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct, field

from countermand.venues.autoshares.messages.shared import (
    PAGE_SIZE_DEFAULT,
    Count,
    Page,
    Paged,
    PageSize,
)

# Longer than any client needs, and short enough to be kept with every order.
Name = Annotated[str, Meta(max_length=128)]
Remark = Annotated[str, Meta(max_length=1024)]
Word = Annotated[str, Meta(max_length=64)]
# A condor has four, and no conditional order more than three.
LEGS_MAX = 8
Instructions = Annotated[dict[Word, Annotated[str, Meta(max_length=256)]], Meta(max_length=32)]


class Leg(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """
    A leg of a parent: as it was sent, and of one that was taken also the order that it is.

    A leg of a parent that was refused has no `Id`.
    """

    symbol: Word | None = None
    type: Word | None = None
    side: Word | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: Word | None = None
    expire_date: Word | None = None
    client_id: Name | None = None
    exchange: Word | None = None
    exec_inst: Word | None = None
    extended_hours: Word | None = None
    trailing_stop_amount_type: Word | None = None
    trailing_stop_amount: Decimal | None = None
    trailing_limit_amount_type: Word | None = None
    trailing_limit_amount: Decimal | None = None
    comment: Remark | None = None
    id: int | None = None
    parent_id: int | None = None
    status: Word | None = None
    executed_quantity: Decimal | None = None
    leaves_quantity: Decimal | None = None
    average_price: Decimal | None = None
    description: str | None = None


# The fields of a leg, by the names that a whole form has for the same.
SAID_OF_LEGS = (
    "symbol", "type", "side", "quantity", "price", "stop_price", "expire_date", "client_id",
    "exchange", "exec_inst", "extended_hours", "trailing_stop_amount_type", "trailing_stop_amount",
    "trailing_limit_amount_type", "trailing_limit_amount", "comment",
)  # fmt: skip

Legs = Annotated[list[Leg], Meta(max_length=LEGS_MAX)]


class OrderForm(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """
    The fields that a new order and a replacement share.

    The manual writes `TimeInforce` here and `TimeInForce` elsewhere; keys are read in any case.
    """

    account_id: str = field(name="accountId")
    symbol: Word | None = None
    type: Word | None = None
    side: Word | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_inforce: Word | None = None
    expire_date: Word | None = None
    client_id: Name | None = None
    comment: Remark | None = None
    extended_hours: Word | None = None
    execution_instructions: Instructions | None = None
    trailing_stop_amount_type: Word | None = None
    trailing_stop_amount: Decimal | None = None
    trailing_limit_amount_type: Word | None = None
    trailing_limit_amount: Decimal | None = None
    validations_to_bypass: int | None = None
    legs: Legs | None = None


class CreateOrder(OrderForm, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """`POST A/orders`, `POST A/preview/orders` and their `syncorders` twins."""

    exchange: Word | None = None
    exec_inst: Word | None = None
    parent_id: int | None = None


class ModifyOrder(OrderForm, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """
    `PUT A/orders/{orderId}`; `Quantity` counts what has been executed.

    Shape:  a symbol and a side may be repeated, as goetna does, and cannot be changed.
    """

    order_id: str = field(name="orderId")
    id: int | None = None


class OneOrder(Struct, frozen=True, rename="camel"):
    """A request about one order, with everything it says in its path."""

    account_id: str
    order_id: str


class ListOrders(Paged, frozen=True, kw_only=True):
    """`GET A/orders`."""

    account_id: str


class ListConsolidated(Struct, frozen=True, kw_only=True, rename="pascal"):
    """`POST /orders/consolidated`; its filter is in the query."""

    account_ids: Annotated[list[int], Meta(max_length=100)]
    page_number: Count = 0
    page_size: PageSize = PAGE_SIZE_DEFAULT
    sort_field: str = "Id"
    desc: bool = False


class CancelMutualFund(Struct, frozen=True, rename="camel"):
    """`DELETE /accounts/{clearingNumber}/orders/mutual-funds/{orderId}`."""

    clearing_number: str
    order_id: str


class Order(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal", gc=False):
    """
    An order, in every answer.

    `LeavesQuantity` is 0 while an order is pending and when it is done; `Date` is its last change,
    `TransactionDate` the last execution event, both of which are our last event.
    """

    id: int
    security_id: int
    symbol: str
    currency: str = ""
    name: str = ""
    security_type: str = ""
    quantity: Decimal
    price: Decimal
    stop_price: Decimal
    client_id: str
    orig_client_id: str = ""
    executed_quantity: Decimal
    last_price: Decimal
    last_quantity: Decimal
    leaves_quantity: Decimal
    average_price: Decimal
    side: str
    date: str
    transaction_date: str
    sett_date: str
    status: str
    execution_status: str
    type: str
    request_status: str
    target: str
    time_in_force: str
    exec_inst: str
    exec_inst_num: int
    expire_date: str
    description: str = ""
    error_description_text: str = ""
    comment: str = ""
    exchange: str = ""
    execution_venue: str = ""
    exec_brocker: str = ""
    counter_party_order_id: str = ""
    exec_id: str = ""
    account_id: int
    user_id: int
    request_id: int
    state_id: int
    parent_id: int
    legs: list[Leg]
    trailing_stop_amount_type: str
    trailing_stop_amount: Decimal
    trailing_limit_amount_type: str
    trailing_limit_amount: Decimal
    create_date: str
    initial_type: str
    is_external: bool
    extended_hours: str = ""
    execution_instructions: dict[str, str]
    trans_type: str
    validations_to_bypass: int
    parent_request_id: int
    settlement_date: str


OrderPage = Page[Order]


class OrderState(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """One row of an order's history: a request, or its result."""

    is_request: bool
    execution_target: str
    request_status: str
    execution_status: str
    status: str
    order_status_description: str = ""
    reject_reason: str = ""
    quantity: Decimal
    price: Decimal
    stop_price: Decimal
    executed_quantity: Decimal
    leaves_quantity: Decimal
    average_price: Decimal
    last_quantity: Decimal
    last_price: Decimal
    exec_id: str = ""
    trans_type: str
    is_completed: bool
    client_id: str
    login: str
    date: int
    create_date: int
    transaction_date: int


class Quote(Struct, frozen=True, kw_only=True, rename="pascal"):
    """A security's prices, as a preview shows them; 0 where there is none."""

    ask: Decimal
    bid: Decimal
    last: Decimal
    volume: Decimal
    open_interest: int
    symbol: str
    security_id: int
    timestamp: str


class Preview(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """The result that an order would have; always answered with 200."""

    is_successful: bool
    error_description: str = ""
    error_description_text: str = ""
    error_description_args: list[str]
    commission: Decimal
    commissions: dict[str, Decimal]
    cost: Decimal
    net_cost: Decimal
    total_cost: Decimal
    margin_change: Decimal
    initial_margin_rate: Decimal
    maintenance_margin_rate: Decimal
    quotes: list[Quote]
    order_id: int | None = None
