"""
Keeper: when to take a snapshot. The exchange stands still while it is dumped, so they are rare.

Another thread seals and writes it. When a snapshot cannot be made or written the exchange goes on:
it only makes the next start faster.
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

# A dump that takes longer than this is logged: it explains a slow answer.
NOTICED_S = 0.02


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
            place = self._place(checksum, outcome)
            self._last_seq = place.seq
            dump = self._dump(place.seq)
            if dump is not None:
                loop = asyncio.get_running_loop()
                self._saving = loop.run_in_executor(None, _save, self._directory, dump, place)

    async def settle(self) -> None:
        """Return once no snapshot is being written."""
        if self._saving is not None:
            await self._saving

    def leave(self, checksum: bytes, outcome: bytes) -> None:
        """Take the snapshot the next start begins with. Blocks until it is on the disk."""
        if self._directory is not None and self._exchange.seq:
            place = self._place(checksum, outcome)
            dump = self._dump(place.seq)
            if dump is not None:
                _save(self._directory, dump, place)

    def _dump(self, seq: int) -> bytes | None:
        """Return the exchange's dump, None when it cannot be made: that is no bug of the core's."""
        began = time.perf_counter()
        try:
            dump = self._exchange.dump()
        except Exception as error:  # noqa: BLE001 - a snapshot is never worth the process
            _warn("snapshot skipped: the exchange cannot be dumped", seq, error)
            dump = None
        pause_s = time.perf_counter() - began
        if pause_s > NOTICED_S:
            extra = {"seq": seq, "ms": round(pause_s * 1e3, 1)}
            log.warning("the exchange stood still for a snapshot", extra=extra)
        if pause_s > PAUSE_S_MAX:
            self._every *= 2
        return dump

    def _place(self, checksum: bytes, outcome: bytes) -> Header:
        seq, ts_ns = self._exchange.seq, self._exchange.ts_ns
        return Header(RULES_VERSION, seq, ts_ns, checksum, outcome, b"")


def _save(directory: SnapshotDirectory, dump: bytes, place: Header) -> None:
    try:
        directory.save(take(dump, place))
    except Exception as error:  # noqa: BLE001 - a snapshot is never worth the process
        _warn("snapshot not written", place.seq, error)


def _warn(message: str, seq: int, error: Exception) -> None:
    # The disk's refusals say all there is to say; of anything else the place matters too.
    is_expected = isinstance(error, OSError)
    reason = str(error) if is_expected else f"{type(error).__name__}: {error}"
    log.warning(message, extra={"seq": seq, "reason": reason}, exc_info=not is_expected)
