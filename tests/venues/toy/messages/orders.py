"""Messages about orders."""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

OrderNumber = Annotated[int, Meta(ge=1, le=(1 << 63) - 1)]


class PlaceOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """POST /orders."""

    symbol: str
    side: str
    price: Decimal
    quantity: Decimal


class OneOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """GET and DELETE /orders/{id}."""

    id: OrderNumber


class Order(Struct, frozen=True):
    """An order; `value` is what `executed` cost, and both it and `fee` are in the quote asset."""

    id: int
    symbol: str
    side: str
    price: Decimal
    quantity: Decimal
    executed: Decimal
    value: Decimal
    fee: Decimal
    status: str
    reason: str
