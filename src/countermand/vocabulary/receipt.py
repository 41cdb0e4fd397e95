"""The receipt: what is answered to a command."""

from msgspec import Struct

from countermand.vocabulary.events import Event
from countermand.vocabulary.reports import OrderReport


class Receipt(Struct, frozen=True):
    """
    The answer to a command: what happened, and the orders it was about as they stand after it.

    `orders` holds the new, replaced or canceled order, or all that a mass cancel or a
    settlement took, ascending. Each is the picture that its last event carries.
    """

    seq: int
    ts_ns: int
    events: tuple[Event, ...]
    orders: tuple[OrderReport, ...]
