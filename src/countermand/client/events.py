"""
Events: what a stream tells in people's words, the same for every venue.

    orders    Snapshot, then OrderUpdated and Filled; Gap where the stream was lost, and then a
              Snapshot again, after what was missed
    book      BookUpdated, each with the whole book; Gap, and then the book as it is
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from countermand.client.accounts import Book
from countermand.client.people import Order


class Snapshot(Struct, frozen=True):
    """The open orders as they are; `is_again` after a gap."""

    orders: tuple[Order, ...]
    is_again: bool = False


class OrderUpdated(Struct, frozen=True):
    """An order after something has happened to it."""

    order: Order


class Filled(Struct, frozen=True):
    """
    An order traded since it was told of last; `order` is as it is after that.

    Shape:  what was missed in a gap is one event, and so are trades the venue told of together.
    Units:  exact decimals; `last_px` is the average of what traded, None where it is not told.
    """

    order: Order
    last_qty: Decimal
    last_px: Decimal | None


class Gone(Struct, frozen=True):
    """An order that was open is not any more, and the venue does not tell what became of it."""

    order: Order


class BookUpdated(Struct, frozen=True):
    """A book as it is, as deep as the venue tells it."""

    book: Book


class Gap(Struct, frozen=True):
    """The stream was lost, and is opened again; what is missed meanwhile is told after that."""

    text: str


OrderEvent = Snapshot | OrderUpdated | Filled | Gone | Gap
BookEvent = BookUpdated | Gap
Event = OrderEvent | BookEvent
