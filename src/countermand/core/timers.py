"""
Timers: what falls due when, as `(due_ns, kind, id)`. A heap in which what is called off is left to
be skipped, and swept out before it is three of four.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush

# What falls due: an order's end, its coming to the book, a request that is pending, a slice of a
# schedule, a dead man's switch.
EXPIRY, ACCEPTANCE, REQUEST, SLICE, DEAD_MAN = 1, 2, 3, 4, 5

# Below this many entries a sweep is not worth its cost.
SWEEP_MIN = 1024

Timer = tuple[int, int, int]


class Timers:
    """
    Timers, soonest first, ties by kind and then by id. Whether one is still meant is asked of
    `is_meant`, so that calling one off costs nothing but a count.
    """

    __slots__ = ("_dead", "_heap", "_is_meant")

    def __init__(self, is_meant: Callable[[Timer], bool]) -> None:
        self._heap: list[Timer] = []
        self._dead = 0
        self._is_meant = is_meant

    def add(self, due_ns: int, kind: int, number: int) -> None:
        """Watch a time."""
        heappush(self._heap, (due_ns, kind, number))

    def drop(self) -> None:
        """Note that one of them is not meant any more."""
        self._dead += 1
        if self._dead > SWEEP_MIN and self._dead * 4 > len(self._heap) * 3:
            self._heap = list(filter(self._is_meant, self._heap))
            heapify(self._heap)
            self._dead = 0

    def first(self) -> Timer | None:
        """Return the next one to fall due, None when none is."""
        while self._heap and not self._is_meant(self._heap[0]):
            heappop(self._heap)
            self._dead -= 1
        return self._heap[0] if self._heap else None

    def next_ns(self) -> int:
        """Return when the next one is due, 0 when none is."""
        first = self.first()
        return first[0] if first else 0

    def watched(self) -> frozenset[Timer]:
        """Return every timer there is, those that were called off among them."""
        return frozenset(self._heap)
