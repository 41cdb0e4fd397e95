"""
Cancels first: the order in which waiting items are taken.

An item with a cancel goes first, after the items of the same key (an account, say) that came before
it. All others keep the order they came in. So a cancel waits for no other key's orders and stays
behind its own key's: a cancel-all that was sent after a place finds the order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

# One eighth of each take is reserved for items without a cancel, so that a flood of cancels cannot
# starve them.
SHARE = 8


class _Place(Generic[T]):
    __slots__ = ("has_gone_ahead", "item", "key")

    def __init__(self, item: T, key: Hashable) -> None:
        self.item, self.key, self.has_gone_ahead = item, key, False


class CancelsFirst(Generic[T]):
    """Items by key, taken in that order."""

    def __init__(self) -> None:
        self._ahead: deque[_Place[T]] = deque()
        self._rest: deque[_Place[T]] = deque()
        # Places of `_rest` that have not gone ahead, by key.
        self._by_key: dict[Hashable, deque[_Place[T]]] = {}
        self._rest_count = 0

    def __len__(self) -> int:
        return len(self._ahead) + self._rest_count

    def put(self, item: T, key: Hashable) -> None:
        """Queue what holds no cancel."""
        place = _Place(item, key)
        self._rest.append(place)
        self._rest_count += 1
        of_key = self._by_key.get(key)
        if of_key is None:
            self._by_key[key] = deque((place,))
        else:
            of_key.append(place)

    def put_cancel(self, item: T, key: Hashable) -> None:
        """Queue a cancel: ahead of other keys, behind what waits of its own."""
        self._go_ahead(self._by_key.pop(key, ()))
        self._ahead.append(_Place(item, key))

    def put_cancel_of_all(self, item: T, key: Hashable) -> None:
        """Queue a cancel that is about every key: behind all that waits."""
        self._by_key.clear()
        self._go_ahead(place for place in self._rest if not place.has_gone_ahead)
        self._ahead.append(_Place(item, key))

    def take(self, count_max: int) -> list[T]:
        """Return what goes next, at most so many."""
        if len(self) <= count_max:
            return list(self.drain())
        kept_free = min(self._rest_count, count_max // SHARE)
        from_ahead = min(len(self._ahead), count_max - kept_free)
        taken = [self._ahead.popleft().item for _ in range(from_ahead)]
        return taken + self._take_rest(count_max - len(taken))

    def take_ahead(self, count_max: int) -> list[T]:
        """Return what goes first, at most so many: cancels, and what they wait for."""
        count = min(len(self._ahead), count_max)
        return [self._ahead.popleft().item for _ in range(count)]

    def take_while(self, is_so: Callable[[T], bool]) -> list[T]:
        """Return the oldest of the rest, up to the first for which `is_so` does not hold."""
        taken: list[T] = []
        while self._rest:
            place = self._rest[0]
            if not place.has_gone_ahead:
                if not is_so(place.item):
                    break
                taken.append(place.item)
                self._leave(place)
            self._rest.popleft()
        return taken

    def drain(self) -> Iterator[T]:
        """Take everything, in order."""
        places = [*self._ahead, *(p for p in self._rest if not p.has_gone_ahead)]
        self._ahead.clear()
        self._rest.clear()
        self._by_key.clear()
        self._rest_count = 0
        return (place.item for place in places)

    def _go_ahead(self, places: Iterable[_Place[T]]) -> None:
        for place in places:
            place.has_gone_ahead = True
            self._ahead.append(place)
            self._rest_count -= 1

    def _take_rest(self, count_max: int) -> list[T]:
        # What came after a cancel that still waits has to wait for it.
        held_keys = {place.key for place in self._ahead}
        taken: list[T] = []
        held: list[_Place[T]] = []
        while self._rest and len(taken) < count_max:
            place = self._rest.popleft()
            if place.has_gone_ahead:
                continue
            if place.key in held_keys:
                held.append(place)
                continue
            taken.append(place.item)
            self._leave(place)
        self._rest.extendleft(reversed(held))
        return taken

    def _leave(self, place: _Place[T]) -> None:
        self._rest_count -= 1
        of_key = self._by_key[place.key]
        of_key.popleft()
        if not of_key:
            del self._by_key[place.key]
