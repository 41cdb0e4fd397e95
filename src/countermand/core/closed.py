"""
Closed: what decisions need of orders that are over, packed into four bytes an order.

Orders that ended alike share their facts: whose they were, on which market, how and why they ended.
An order's word is the number of its facts. The words lie by order id in parts of a fixed size, so
that none is ever copied to grow.
"""

from array import array

from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import ClosedOrder

# Ids of a part: 32 KB, made when the first of its orders is packed.
BITS = 13
SIZE = 1 << BITS
_WITHIN = SIZE - 1

# Orders forgotten between two looks for parts that are empty by now.
SWEEP_EVERY = 4096

Facts = tuple[AccountId, InstrumentId, OrdStatus, CancelReason]


class Closed:
    """The closed orders that decisions know of, by id."""

    __slots__ = ("_forgotten", "_known", "_numbers", "_parts")

    def __init__(self) -> None:
        self._parts: dict[int, array[int]] = {}
        # Facts by number, from 1 on: an order that is not known has 0.
        self._known: list[Facts | None] = [None]
        self._numbers: dict[Facts, int] = {}
        self._forgotten = 0

    def __contains__(self, order_id: OrderId) -> bool:
        part = self._parts.get(order_id >> BITS)
        return part is not None and part[order_id & _WITHIN] != 0

    def __len__(self) -> int:
        return sum(SIZE - part.count(0) for part in self._parts.values())

    def add(self, order_id: OrderId, facts: Facts) -> None:
        """Note that an order is over. It is so for ever."""
        number = self._numbers.get(facts)
        if number is None:
            number = self._numbers[facts] = len(self._known)
            self._known.append(facts)
        part = self._parts.get(order_id >> BITS)
        if part is None:
            part = self._parts[order_id >> BITS] = array("I", bytes(4 * SIZE))
        part[order_id & _WITHIN] = number

    def get(self, order_id: OrderId) -> ClosedOrder | None:
        """Return what is kept of an order, or None."""
        part = self._parts.get(order_id >> BITS)
        facts = self._known[part[order_id & _WITHIN]] if part is not None else None
        return None if facts is None else ClosedOrder(order_id, *facts)

    def forget(self, order_id: OrderId) -> None:
        """Know no more of an order."""
        part = self._parts[order_id >> BITS]
        assert part[order_id & _WITHIN], f"order {order_id} is forgotten and was not known"
        part[order_id & _WITHIN] = 0
        self._forgotten += 1
        if self._forgotten >= SWEEP_EVERY:
            self._sweep()

    def _sweep(self) -> None:
        self._forgotten = 0
        for number in [n for n, part in self._parts.items() if not any(part)]:
            del self._parts[number]
