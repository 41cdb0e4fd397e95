"""
Keeper: when a snapshot is left, so that the next start replays little.

While the exchange runs another process makes it (`replayer.py`), and nothing here waits for that;
at a clean stop, when nothing is served any more, it is made of the exchange itself. That one could
not be made or written is no reason to stop: it saves time at the next start and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine.behind import Behind, Left
from countermand.engine.history import Archive
from countermand.engine.history_start import proof
from countermand.engine.snapshot import Header, SnapshotDirectory, take

log = logging.getLogger(__name__)

# What took more of a processor than this to apply is not left to the next start to replay, however
# few entries it was: one can cancel a hundred thousand orders.
REPLAY_NS_MAX = 1_500_000_000


class Keeper:
    """
    Has snapshots of one exchange made; without a directory it keeps nothing.

    `archive` is the exchange's history: the records that a snapshot goes without. `replayed` is how
    many of the last entries no snapshot covers; `on_left` is told, on the loop, of each snapshot
    that another process left.
    """

    def __init__(
        self,
        exchange: Exchange,
        directory: SnapshotDirectory | None,
        every: int,
        replayed: int = 0,
        on_left: Callable[[Left], None] | None = None,
    ) -> None:
        self._exchange = exchange
        self._directory = directory
        history = exchange.history
        self.archive = history if isinstance(history, Archive) else Archive()
        self._every = every
        self._on_left = on_left
        self._asked_seq = exchange.seq - replayed
        self._applied_ns = 0
        self._behind: Behind | None = None

    @property
    def is_at_it(self) -> bool:
        """Whether a snapshot is being made; measurements ask."""
        return self._behind is not None

    def consider(self, applied_ns: int) -> None:
        """Have a snapshot made if it is time, after entries that took so long to apply."""
        self._applied_ns += applied_ns
        count = self._exchange.seq - self._asked_seq
        if count < self._every and self._applied_ns < REPLAY_NS_MAX:
            return
        if self._directory is not None and self._behind is None and count:
            tell = asyncio.get_running_loop().call_soon_threadsafe
            self._behind = Behind(
                self._directory.data,
                self._every,
                lambda left: tell(self._made, left),
                lambda reason: tell(self._ended, reason),
            )

    def sync(self, notes: dict[str, int | bytes] | None = None) -> None:
        """Have the records of all that is over by now written soon, so that they stay."""
        self._exchange.settle(0)
        self.archive.sync(self._exchange.seq, notes)

    async def settle(self) -> None:
        """Return once no snapshot is being made: one that is not there yet is given up."""
        if self._behind is not None:
            await asyncio.to_thread(self._behind.stop)

    def leave(self, checksum: bytes, outcome: bytes, first: int = 1) -> None:
        """
        Make the snapshot the next start begins with. Blocks until it is on the disk.

        `first` is the journal's first entry. Where the records of what ended are not on the disk
        none is made: a start would not begin with it.
        """
        exchange = self._exchange
        if self._directory is None or not exchange.seq:
            return
        self.sync(proof(exchange.seq, checksum))
        if not self.archive.wait():
            log.warning("snapshot not written", extra={"reason": "the history cannot be written"})
            return
        place = Header(RULES_VERSION, exchange.seq, exchange.ts_ns, checksum, outcome, b"")
        try:
            self._directory.save(take(exchange.dump(), place), first)
        except Exception as error:
            # The disk's refusals say all there is to say; of anything else the place matters too.
            is_expected = isinstance(error, OSError)
            reason = str(error) if is_expected else f"{type(error).__name__}: {error}"
            extra = {"seq": place.seq, "reason": reason}
            log.warning("snapshot not written", extra=extra, exc_info=not is_expected)

    def _made(self, left: Left) -> None:
        self._asked_seq, self._applied_ns = left.seq, 0
        log.debug("snapshot", extra={"seq": left.seq})
        is_known = self.archive.synced >= left.from_seq
        # By the next snapshot the records before this one are on the disk.
        self.sync()
        if self._on_left is not None and is_known:
            self._on_left(left)

    def _ended(self, reason: str | None) -> None:
        self._behind = None
        if reason is not None:
            # The next one is asked for after as many entries again.
            self._asked_seq, self._applied_ns = self._exchange.seq, 0
            extra = {"seq": self._asked_seq, "reason": reason}
            log.warning("snapshot not made", extra=extra)
