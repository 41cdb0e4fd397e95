"""
Names: what bears a client id, in many small dicts instead of one.

A dict that grows is copied whole: one of 700,000 entries takes 20 ms for it, and nothing else
happens meanwhile. Names are told apart by their last characters, in which counted and random ones
differ most; where all end alike there is one dict again.
"""

from collections.abc import Iterator

from countermand.vocabulary.ids import OrderId

# Last characters that tell where a name is: two digits make a hundred dicts, two hex digits 256.
SUFFIX = 2


class Names:
    """Which order each name stands for."""

    __slots__ = ("_shards",)

    def __init__(self) -> None:
        self._shards: dict[str, dict[str, OrderId]] = {}

    def __contains__(self, name: str) -> bool:
        shard = self._shards.get(name[-SUFFIX:])
        return shard is not None and name in shard

    def __getitem__(self, name: str) -> OrderId:
        return self._shards[name[-SUFFIX:]][name]

    def __setitem__(self, name: str, order_id: OrderId) -> None:
        shard = self._shards.get(name[-SUFFIX:])
        if shard is None:
            shard = self._shards[name[-SUFFIX:]] = {}
        shard[name] = order_id

    def __len__(self) -> int:
        return sum(map(len, self._shards.values()))

    def get(self, name: str) -> OrderId | None:
        """Return the order a name stands for, or None."""
        shard = self._shards.get(name[-SUFFIX:])
        return None if shard is None else shard.get(name)

    def drop(self, name: str) -> None:
        """Let a name stand for nothing."""
        shard = self._shards.get(name[-SUFFIX:])
        if shard is None:
            return
        shard.pop(name, None)
        if not shard:
            del self._shards[name[-SUFFIX:]]

    def items(self) -> Iterator[tuple[str, OrderId]]:
        """Yield every name with its order, dict by dict."""
        for shard in self._shards.values():
            yield from shard.items()
