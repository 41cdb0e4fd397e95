"""
Quarantine: setting aside an entry that cannot be applied. Only ever on demand.
"""

from __future__ import annotations

from pathlib import Path

from countermand.core.history import Dropped
from countermand.engine.errors import NotPoisoned, Poisoned
from countermand.engine.progress import Progress, no_progress
from countermand.engine.replay import recover
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal


def quarantine(directory: Path, seq: int, now_ns: int, progress: Progress = no_progress) -> int:
    """
    Move the poisoned entry `seq` and all after it out of the journal; return how many.

    None of them was ever answered: a group is answered once all of it is applied, and the next
    group is only written after that. So everything the exchange ever said remains true.
    Raises: NotPoisoned when anything says otherwise, and every other JournalError of a start.
    """
    journal = SqliteJournal(directory)
    try:
        snapshots = SnapshotDirectory(directory)
        _refuse_applied(journal, snapshots, seq)
        try:
            recover(journal, snapshots, progress=progress, history=Dropped())
        except Poisoned as poisoned:
            if poisoned.seq != seq:
                raise NotPoisoned(f"the poisoned record is {poisoned.seq}, not {seq}") from None
        else:
            raise NotPoisoned(f"record {seq} can be applied; there is nothing to set aside")
        return journal.set_aside(seq, now_ns)
    finally:
        journal.close()


def _refuse_applied(journal: SqliteJournal, snapshots: SnapshotDirectory, seq: int) -> None:
    if not 1 <= seq <= journal.head:
        raise NotPoisoned(f"there is no record {seq}; the last one is {journal.head}")
    proofs = {
        "a mark": [mark.seq for mark in journal.marks(seq)],
        "a snapshot": [taken for taken in snapshots.seqs() if taken >= seq],
        # A writer begins where its replay ended.
        "a start": [writer.first_seq - 1 for writer in journal.writers()],
    }
    for what, seqs in proofs.items():
        if max(seqs, default=0) >= seq:
            raise NotPoisoned(
                f"record {seq} has been applied before: {what} at record {max(seqs)} proves it. "
                "Start with the version that wrote it, and report this"
            )
