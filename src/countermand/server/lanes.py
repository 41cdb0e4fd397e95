"""
Lanes: an owner's requests, where one of them has to wait for what came before it.

A request whose question depends on a command that is under way waits for it, and the owner's later
requests wait behind the request: otherwise a cancel-all could pass an order that was sent first.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable

from countermand.wire.errors import Overloaded

# Requests, of all owners, that may wait behind others. They wait for one or two groups.
WAITING_MAX = 4096


class Lanes:
    """The owners that have a request waiting; all others are served as they come."""

    def __init__(self) -> None:
        self._behind: dict[str, deque[Callable[[], None]]] = {}
        # By owner, how many of its requests keep others waiting.
        self._blocks: Counter[str] = Counter()
        self._waiting = 0

    def enter(self, owner: str, start: Callable[[], None]) -> None:
        """Call `start` now, or when what came before has gone on. Raises: Overloaded."""
        behind = self._behind.get(owner)
        if behind is None:
            start()
            return
        if self._waiting >= WAITING_MAX:
            raise Overloaded(f"{self._waiting} requests wait for others")
        self._waiting += 1
        behind.append(start)

    def block(self, owner: str) -> None:
        """Keep the owner's later requests waiting until `release`, called as often as this."""
        self._blocks[owner] += 1
        self._behind.setdefault(owner, deque())

    def release(self, owner: str) -> None:
        """Let them go on, in their order, as far as none of them blocks anew."""
        self._blocks[owner] -= 1
        behind = self._behind[owner]
        while behind and not self._blocks[owner]:
            self._waiting -= 1
            behind.popleft()()
        if not self._blocks[owner]:
            del self._behind[owner], self._blocks[owner]
