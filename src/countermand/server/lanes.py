"""
Lanes: an owner's requests, where one of them has to wait for what came before it.

A request whose question depends on a command that is under way waits for it, and the owner's later
requests wait behind the request: otherwise a cancel-all could pass an order that was sent first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from countermand.wire.errors import Overloaded

# So many requests of all owners wait behind others. They wait for one group, or two.
WAITING_MAX = 4096


class Lanes:
    """The owners that have a request waiting; all others are served as they come."""

    def __init__(self) -> None:
        self._behind: dict[str, deque[Callable[[], None]]] = {}
        self._blocked: set[str] = set()
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
        """Keep the owner's later requests waiting until `release`."""
        self._blocked.add(owner)
        self._behind.setdefault(owner, deque())

    def release(self, owner: str) -> None:
        """Let them go on, in their order, as far as none of them blocks anew."""
        self._blocked.discard(owner)
        behind = self._behind[owner]
        while behind and owner not in self._blocked:
            self._waiting -= 1
            behind.popleft()()
        if owner not in self._blocked:
            del self._behind[owner]
