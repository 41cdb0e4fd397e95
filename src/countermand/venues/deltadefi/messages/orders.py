"""
Messages about orders.

Units: prices and quantities are decimals in human units: text in answers; text or numbers in
       requests. Times are RFC 3339 in UTC, to the microsecond.
Source: API reference, "Build Place Order", "Submit Place Order", "Cancel Order", "Cancel All
        Orders", "Get Order", "Get Open Orders", "Get Trade Orders", "Get Trades"; Python SDK 1.1.1,
        `models.py`.
"""

from decimal import Decimal

from msgspec import UNSET, Struct, UnsetType

from countermand.venues.deltadefi.messages.shared import Limit, Page


class BuildOrder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    `POST /order/build`: exactly one of the quantities; `quantity` is an older name of the first.

    Units: `max_slippage_basis_point` hundredths of a percent from the best opposite price.
    """

    symbol: str
    side: str
    type: str
    base_quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    max_slippage_basis_point: Decimal | None = None
    post_only: bool | None = None


class BuiltOrder(Struct, frozen=True):
    """The answer to a build: the transaction to sign, in hexadecimal."""

    order_id: str
    tx_hex: str


class SubmitOrder(Struct, frozen=True):
    """
    `POST /order/submit`. Further keys are ignored: the Python SDK repeats those of the build.
    """

    order_id: str
    signed_tx: str


class CancelOrder(Struct, frozen=True, rename="camel"):
    """`POST /order/{orderId}/cancel`. Its body is not read."""

    order_id: str


class CanceledOrder(Struct, frozen=True):
    """The answer to a cancel: the id, and nothing of what became of the order."""

    order_id: str


class CancelAllOrders(Struct, frozen=True):
    """`POST /order/cancel-all`: those of one symbol."""

    symbol: str


class CanceledOrders(Struct, frozen=True):
    """The answer to a cancel of all."""

    symbol: str
    order_ids: list[str]


class GetOrder(Struct, frozen=True):
    """`GET /accounts/order/{id}`."""

    id: str


class ListOfSymbol(Struct, frozen=True):
    """The three lists, of one symbol or of all, in pages that are counted from 1."""

    symbol: str | None = None
    page: Page = 1
    limit: Limit = 10


class ExecutionRecord(Struct, frozen=True):
    """
    One fill of one order.

    Units: `commission` in `commission_unit`, a symbol, in human units.
    """

    id: str
    order_id: str
    account_id: str
    execution_price: str
    filled_base_qty: str
    filled_quote_qty: str
    commission_unit: str
    commission: str
    role: str
    counter_party_order_id: str
    created_at: str


class Order(Struct, frozen=True, kw_only=True, gc=False):
    """
    An order, in every answer that holds one.

    Shape: `base_qty` and `quote_qty` are what was ordered, `ob_open_order_base_qty` is what is left
           on the book. `slippage_bp` and `market_order_limit_price` are there for a market order
           with a slippage limit; its `price` is "0".
    Units: `commission_rate_bp` hundredths of a percent of what is received.
    """

    id: str
    account_id: str
    status: str
    symbol: str
    base_qty: str
    quote_qty: str
    side: str
    price: str
    type: str
    slippage_bp: int | UnsetType = UNSET
    market_order_limit_price: str | UnsetType = UNSET
    locked_base_qty: str
    locked_quote_qty: str
    executed_base_qty: str
    executed_quote_qty: str
    ob_open_order_base_qty: str
    commission_unit: str
    commission: str
    commission_rate_bp: int
    executed_price: str
    created_at: str
    updated_at: str
    order_execution_records: list[ExecutionRecord] = []


class OrderPage(Struct, frozen=True):
    """A page of orders, and how many there are in all."""

    data: list[Order]
    total_count: int
    total_page: int


class TradePage(Struct, frozen=True):
    """A page of fills, and how many there are in all."""

    data: list[ExecutionRecord]
    total_count: int
    total_page: int
