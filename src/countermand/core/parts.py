"""
Parts: values by number, in many small dicts instead of one.

A dict that grows is copied whole: one of 700,000 entries takes 20 ms for it, and nothing else
happens meanwhile. A part holds numbers that lie together and stays small.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=int)
V = TypeVar("V")

# Numbers of a part: copying one of so many takes 3 ms.
BITS = 17


class Parts(Generic[K, V]):
    """What a dict with numbers for keys does, in the order of the parts."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: dict[int, dict[K, V]] = {}

    def __getitem__(self, key: K) -> V:
        return self._parts[key >> BITS][key]

    def __setitem__(self, key: K, value: V) -> None:
        number = key >> BITS
        if number in self._parts:
            self._parts[number][key] = value
        else:
            self._parts[number] = {key: value}

    def __contains__(self, key: K) -> bool:
        return self.get(key) is not None

    def __iter__(self) -> Iterator[K]:
        for part in self._parts.values():
            yield from part

    def __len__(self) -> int:
        return sum(map(len, self._parts.values()))

    def get(self, key: K) -> V | None:
        """Return the value under a number, or None."""
        part = self._parts.get(key >> BITS)
        return None if part is None else part.get(key)

    def pop(self, key: K) -> V:
        """Remove the value under a number and return it. Raises: KeyError."""
        number = key >> BITS
        part = self._parts[number]
        value = part.pop(key)
        if not part:
            del self._parts[number]
        return value

    def values(self) -> Iterator[V]:
        """Yield every value."""
        for part in self._parts.values():
            yield from part.values()

    def items(self) -> Iterator[tuple[K, V]]:
        """Yield every number with its value."""
        for part in self._parts.values():
            yield from part.items()
