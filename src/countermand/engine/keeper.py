"""
Keeper: when to take a snapshot. The exchange stands still while it is dumped, so not too often.

Sealing and writing are another thread's work. That a snapshot could not be written is no reason to
stop: it saves time at the next start and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import time

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine.snapshot import Header, SnapshotDirectory, take

log = logging.getLogger(__name__)

# A dump that takes longer than this makes the next ones half as frequent: a start may take its
# time, a client's cancel may not.
PAUSE_S_MAX = 0.1


class Keeper:
    """Takes snapshots of one exchange; without a directory it keeps nothing."""

    def __init__(self, exchange: Exchange, directory: SnapshotDirectory | None, every: int) -> None:
        self._exchange = exchange
        self._directory = directory
        self._every = every
        self._last_seq = exchange.seq
        self._saving: asyncio.Future[None] | None = None

    def consider(self, checksum: bytes, outcome: bytes) -> None:
        """Take a snapshot if it is time, and leave the writing to a thread."""
        if self._directory is None or self._exchange.seq - self._last_seq < self._every:
            return
        if self._saving is None or self._saving.done():
            began = time.perf_counter()
            place, dump = self._place(checksum, outcome), self._exchange.dump()
            if time.perf_counter() - began > PAUSE_S_MAX:
                self._every *= 2
            self._last_seq = place.seq
            loop = asyncio.get_running_loop()
            self._saving = loop.run_in_executor(None, _save, self._directory, dump, place)

    async def settle(self) -> None:
        """Return once no snapshot is being written."""
        if self._saving is not None:
            await self._saving

    def leave(self, checksum: bytes, outcome: bytes) -> None:
        """Take the snapshot the next start begins with. Blocks until it is on the disk."""
        if self._directory is not None and self._exchange.seq:
            _save(self._directory, self._exchange.dump(), self._place(checksum, outcome))

    def _place(self, checksum: bytes, outcome: bytes) -> Header:
        seq, ts_ns = self._exchange.seq, self._exchange.ts_ns
        return Header(RULES_VERSION, seq, ts_ns, checksum, outcome, b"")


def _save(directory: SnapshotDirectory, dump: bytes, place: Header) -> None:
    try:
        directory.save(take(dump, place))
    except OSError as error:
        log.warning("snapshot not written", extra={"seq": place.seq, "reason": str(error)})
