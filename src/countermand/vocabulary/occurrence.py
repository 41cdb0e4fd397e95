"""Occurrences: what every event is, and what every event about one order has."""

from msgspec import Struct

from countermand.vocabulary.reports import OrderReport


class Occurrence(Struct, frozen=True, array_like=True, gc=False):
    """
    Something that happened within one entry; the entry gives it its time.

    An event about an order carries the whole order as it is after it, so that an answer, a stream
    or a report need look at nothing else and show no other moment.
    """

    @property
    def orders(self) -> tuple[OrderReport, ...]:
        """The orders it is about, as they are after it."""
        return ()


class OrderEvent(Occurrence, frozen=True):
    """Something that happened to one order."""

    order: OrderReport

    @property
    def orders(self) -> tuple[OrderReport, ...]:
        """The order as it is after it."""
        return (self.order,)
