"""
Compacting: what `compaction.py` does, done behind a running engine, a little at a time.

Each time a snapshot was left, the entries before the one that it was made from are dropped: that
one has just been loaded and proven. The file does not get smaller; what is dropped makes room in it
for what comes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from countermand.engine.behind import Left
from countermand.engine.committer import Committer, PromptCommitter
from countermand.engine.errors import JournalError
from countermand.engine.ports import Base, Clock
from countermand.engine.snapshot import Header, SnapshotDamaged, SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal

log = logging.getLogger(__name__)

# Entries that are dropped at once, which a group that is to be written waits for, and the time
# until the next are.
AT_ONCE, PAUSE_S = 1000, 0.05


def base_at(journal: SqliteJournal, header: Header, now_ns: int) -> Base:
    """Return what the journal stands on once it begins at a snapshot. Raises: Damaged."""
    before = journal.checksum_at(header.seq - 1)
    return Base(header.seq, before, header.checksum, header.outcome, header.digest, now_ns)


class Compacting:
    """The compacting of one engine's journal. All writing is done on the journal's thread."""

    def __init__(self, journal: SqliteJournal, snapshots: SnapshotDirectory, clock: Clock) -> None:
        self._journal, self._snapshots, self._clock = journal, snapshots, clock
        self._is_busy = False

    def begin(self, committer: Committer | PromptCommitter, left: Left) -> None:
        """Drop the entries before the snapshot that one which was just left was made from."""
        if not self._is_busy and left.from_seq:
            self._is_busy = True
            self._do(committer, lambda: self._stand_on(left.from_seq))

    def _do(self, committer: Committer | PromptCommitter, work: Callable[[], int]) -> None:
        loop = asyncio.get_running_loop()
        counts: list[int] = []

        def done(failure: Exception | None) -> None:
            if failure is not None:
                self._is_busy = False
                log.warning("the journal is not compacted", extra={"reason": str(failure)})
            elif counts[0]:
                loop.call_later(PAUSE_S, self._do, committer, lambda: self._journal.drop(AT_ONCE))
            else:
                self._is_busy = False

        committer.commit(lambda: counts.append(work()), done)

    def _stand_on(self, seq: int) -> int:
        journal = self._journal
        if seq > journal.first:
            try:
                header = self._snapshots.header(seq)
            except SnapshotDamaged as error:
                raise JournalError(f"snapshot {seq}: {error}") from None
            journal.stand_on(base_at(journal, header, self._clock.now_ns()))
        return journal.drop(AT_ONCE)
