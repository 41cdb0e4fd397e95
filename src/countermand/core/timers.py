"""
Timers: which open orders end at which time. A heap in which canceled orders are left to be skipped,
swept out before they outnumber the living.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

from countermand.core.order import Order

# Below this many entries a sweep is not worth its cost.
SWEEP_MIN = 1024


class Timers:
    """Expiry times of open orders, soonest first, ties by order id."""

    __slots__ = ("_dead", "_heap")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Order]] = []
        self._dead = 0

    def add(self, order: Order) -> None:
        """Watch the order, if it expires."""
        now = order.now
        if now.terms.expire_ns:
            heappush(self._heap, (now.terms.expire_ns, now.order_id, order))

    def drop(self, expire_ns: int) -> None:
        """Note that an order, closed by now or to expire at another time, is not watched."""
        if expire_ns:
            self._dead += 1
            if self._dead > SWEEP_MIN and self._dead * 2 > len(self._heap):
                self._heap = [item for item in self._heap if _is_due_at(item)]
                heapify(self._heap)
                self._dead = 0

    def next_ns(self) -> int:
        """Return when the next open order expires, 0 when none does."""
        while self._heap and not _is_due_at(self._heap[0]):
            heappop(self._heap)
            self._dead -= 1
        return self._heap[0][0] if self._heap else 0

    def due(self, now_ns: int) -> list[Order]:
        """Return the open orders whose time has come, soonest first; the heap stays as it is."""
        # An order whose expiry was moved away and back is watched twice for the same time.
        found = {order_id: item for item in self._until(now_ns, 0) for order_id in item[1:2]}
        return [order for _, _, order in sorted(found.values(), key=lambda item: item[:2])]

    def _until(self, now_ns: int, index: int) -> Iterator[tuple[int, int, Order]]:
        # A heap's children are never sooner than their parent, so a late parent ends the search.
        stack = [index]
        while stack:
            at = stack.pop()
            if at < len(self._heap) and self._heap[at][0] <= now_ns:
                if _is_due_at(self._heap[at]):
                    yield self._heap[at]
                stack += (2 * at + 1, 2 * at + 2)


def _is_due_at(item: tuple[int, int, Order]) -> bool:
    # Whether the order still ends at the time it stands there with.
    expire_ns, _, order = item
    return order.now.terms.expire_ns == expire_ns and order.now.is_open
