"""Beginning: which snapshot a replay begins with, and the exchange that comes of it."""

from __future__ import annotations

import logging

from msgspec import Struct

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.core.history import History
from countermand.engine.chain import GENESIS
from countermand.engine.errors import Damaged, Hole
from countermand.engine.history import Archive
from countermand.engine.history_start import former_in, go_on_without, places
from countermand.engine.ports import Readable
from countermand.engine.refusing import spans
from countermand.engine.snapshot import Snapshot, SnapshotDamaged, SnapshotDirectory

log = logging.getLogger(__name__)


class Recovery(Struct):
    """
    An exchange brought to the journal's head, and how.

    `migrated` is the snapshot it began with, made into one of today's rules, if it was of others.
    """

    exchange: Exchange
    outcome: bytes
    snapshot_seq: int = 0
    migrated: Snapshot | None = None
    passed_over: tuple[str, ...] = ()
    checked_from: int = 1

    @property
    def replayed(self) -> int:
        """How many entries were applied."""
        return self.exchange.seq - self.snapshot_seq


def from_snapshot(
    journal: Readable,
    snapshots: SnapshotDirectory | None,
    *,
    is_proven: bool = False,
    history: History | None = None,
) -> Recovery:
    """
    Return the exchange of the last snapshot that can be trusted, else a new one.

    One that `is_proven` has dumped to what it was loaded from. One that is ahead of the history
    is only begun with where the history cannot be made of the journal. Raises: Damaged.
    """
    passed_over = []
    for seq in _places(journal, snapshots, history):
        try:
            # There are no places where there is no directory.
            left = snapshots.load(seq)  # type: ignore[union-attr]
            snapshot = left.as_today()
            load = snapshot.proven if is_proven or left.is_former else snapshot.exchange
            exchange = load(history)
        except SnapshotDamaged as error:
            passed_over.append(f"snapshot {seq}: {error}")
            log.warning("snapshot passed over", extra={"seq": seq, "reason": str(error)})
            continue
        if journal.checksum_at(seq) != snapshot.header.checksum:
            raise Damaged(seq, "it is not the record a snapshot was taken at")
        migrated = snapshot if left.is_former else None
        if isinstance(history, Archive) and history.seq < seq and migrated is None:
            go_on_without(history, seq)
        return Recovery(exchange, snapshot.header.outcome, seq, migrated, tuple(passed_over))
    return Recovery(Exchange(history=history), GENESIS, passed_over=tuple(passed_over))


def _places(
    journal: Readable, snapshots: SnapshotDirectory | None, history: History | None
) -> tuple[int, ...]:
    # The snapshots to begin with, the best one first. Entries before the first were dropped.
    if snapshots is None:
        return ()
    taken = tuple(seq for seq in snapshots.seqs() if seq >= journal.first)
    if taken and taken[0] > journal.head:
        where = journal.head + 1
        raise Hole(where, f"the journal ends here, a snapshot shows it reached {taken[0]}")
    if not isinstance(history, Archive) or not taken or taken[0] <= history.seq:
        return taken
    foreign = [
        last_seq
        for writer, last_seq in spans(journal)
        if writer.rules_version != RULES_VERSION and last_seq >= writer.first_seq
    ]
    # Entries of other rules are not replayed, from none of the snapshots before the last of them.
    useful = tuple(seq for seq in taken if seq >= max(foreign, default=0))
    can_begin_anew = journal.first == 1 and not foreign
    extra = {"goes_to": history.seq, "snapshots": list(taken)}
    how = "missing" if history.is_new else "behind the snapshots"
    log.info("the history is %s, and is made of the journal", how, extra=extra)
    is_former = former_in(snapshots)
    seq = history.seq
    return places(useful or taken, seq, is_former=is_former, can_begin_anew=can_begin_anew)
