"""
Settling: records of what has ended go to the history after each group, and its orders are packed.

A command can end a hundred thousand orders. They are packed a thousand at a time, with the loop's
other work in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from countermand.core.exchange import PACKED_AT_ONCE, Exchange
from countermand.engine.history import Archive


class Settling:
    """
    Settles one exchange and its history, on the loop.

    `guarded` calls a function and ends the process should it fail.
    """

    def __init__(
        self, exchange: Exchange, archive: Archive, guarded: Callable[[Callable[[], None]], None]
    ) -> None:
        self._exchange, self._archive, self._guarded = exchange, archive, guarded
        self._is_under_way = self._is_stopped = False

    def consider(self) -> None:
        """Settle what there is to settle, of much a first part now."""
        if not self._is_under_way:
            self._go_on()

    def stop(self) -> None:
        """Do no more: a last snapshot settles the rest."""
        self._is_stopped = True

    def _go_on(self) -> None:
        if self._is_stopped:
            return
        is_more = self._exchange.settle(PACKED_AT_ONCE)
        self._is_under_way = self._archive.catch_up() or is_more
        if self._is_under_way:
            asyncio.get_running_loop().call_soon(self._guarded, self._go_on)
