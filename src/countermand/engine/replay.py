"""
Replay: from a data directory to an exchange that is where the journal says it is.

A start and a recovery are one path: load a snapshot that can be trusted, apply the entries after
it, and compare what comes out with the marks that were left when they were applied first.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from msgspec import Struct

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.core.history import History
from countermand.engine.chain import GENESIS, encode_entry, fold
from countermand.engine.compacting import Compacting
from countermand.engine.errors import Damaged, Hole, Lost, OtherRules, Poisoned, WriteFailed
from countermand.engine.history import BATCHES_AHEAD_MAX, Archive
from countermand.engine.history_start import (
    archive_of,
    former_in,
    go_on_without,
    identity,
    places,
    proof,
)
from countermand.engine.intake import Limits
from countermand.engine.memory import MemoryJournal
from countermand.engine.ports import Clock, Journal, Readable, Writer
from countermand.engine.progress import Progress, check_chain, counted, no_progress
from countermand.engine.sequencer import Engine
from countermand.engine.snapshot import Snapshot, SnapshotDamaged, SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import AdvanceTime, Entry

log = logging.getLogger(__name__)

# Entries before the head whose chain every start checks, even where a snapshot makes them
# unnecessary.
CHECKED_MIN = 250_000

# Entries after which a replay hands over the records of what is over.
SETTLE_EVERY = 4096

# Numbers that are used up in one transaction.
PASSED_AT_ONCE = 4096


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


def recover(
    journal: Journal,
    snapshots: SnapshotDirectory | None = None,
    rules: int = RULES_VERSION,
    progress: Progress = no_progress,
    history: History | None = None,
) -> Recovery:
    """
    Return the exchange the journal stands for, over a history that is brought to where it is.

    Raises: Damaged, OtherRules, Poisoned, each naming the first record concerned.
    """
    found = from_snapshot(journal, snapshots, history=history)
    refuse_lost_base(journal, found.snapshot_seq, found.passed_over)
    refuse_lost_records(journal, found.snapshot_seq)
    refuse_other_rules(journal, found.snapshot_seq + 1, rules)
    found.checked_from = max(journal.first, min(journal.head - CHECKED_MIN, found.snapshot_seq) + 1)
    check_chain(journal, found.checked_from, found.snapshot_seq, progress)
    replay(journal, found, progress=progress)
    if not found.snapshot_seq or found.migrated is not None:
        # A state out of a snapshot was held against its rules by the process that left it.
        check_state(found.exchange)
    return found


def replay(
    journal: Readable,
    found: Recovery,
    watch: Callable[[Exchange], None] | None = None,
    progress: Progress = no_progress,
) -> None:
    """
    Apply every entry after the exchange's, comparing with the marks; `watch` sees each state.

    Raises: Damaged, Poisoned.
    """
    exchange, outcome = found.exchange, found.outcome
    archive = exchange.history if isinstance(exchange.history, Archive) else None
    # From there on records are new, and none is handed over with one that is there already.
    known_seq = archive.seq if archive else 0
    marks = {mark.seq: mark.outcome for mark in journal.marks(exchange.seq + 1)}
    unread = journal.read(exchange.seq + 1)
    for entry in counted(unread, "replaying", journal.head - exchange.seq, progress):
        try:
            events = exchange.advance(entry).events
        except Exception as error:
            raise Poisoned(entry.seq, error) from error
        outcome = fold(outcome, events)
        if entry.seq in marks and marks[entry.seq] != outcome:
            raise Damaged(entry.seq, "replay came to another outcome than the one recorded here")
        if watch is not None:
            watch(exchange)
        if entry.seq == known_seq or entry.seq % SETTLE_EVERY == 0:
            exchange.settle()
            if archive is not None:
                archive.wait(BATCHES_AHEAD_MAX)
    exchange.settle()
    found.outcome = outcome


def refuse_other_rules(journal: Readable, from_seq: int, rules: int) -> None:
    """Raise OtherRules when any entry from `from_seq` on was written under other rules."""
    for writer, last_seq in spans(journal):
        if writer.rules_version != rules and last_seq >= max(from_seq, writer.first_seq):
            wrote = f"version {writer.app_version} with rules {writer.rules_version}"
            left_at = _went_on_at(journal, last_seq, rules)
            raise OtherRules(max(from_seq, writer.first_seq), wrote, rules, left_at)


def _went_on_at(journal: Readable, after_seq: int, rules: int) -> int:
    # Writers of these rules can only have begun behind others at a snapshot of theirs.
    begun = [w.first_seq - 1 for w in journal.writers() if w.rules_version == rules]
    return min((seq for seq in begun if seq >= after_seq), default=0)


def spans(journal: Readable) -> list[tuple[Writer, int]]:
    """Return every writer with the last entry it wrote. Raises: Damaged."""
    writers = journal.writers()
    if journal.head and not writers:
        raise Damaged(1, "the table of writers is empty")
    ends = [writer.first_seq - 1 for writer in writers[1:]] + [journal.head]
    return list(zip(writers, ends, strict=False))


def open_journal(data: Path | None) -> Journal:
    """Return the directory's journal, or one in memory when there is none. Raises: JournalError."""
    return MemoryJournal() if data is None else SqliteJournal(data)


async def open_engine(
    data: Path | None,
    clock: Clock,
    on_fatal: Callable[[], None],
    limits: Limits | None = None,
    journal: Journal | None = None,
    progress: Progress = no_progress,
    *,
    is_compacting: bool = False,
) -> Engine:
    """
    Return a started engine over the directory's journal, which may be given opened already.

    With `is_compacting` entries are dropped that no start needs.
    Raises: JournalError, and leaves nothing open.
    """
    journal = journal or open_journal(data)
    snapshots = None if data is None else SnapshotDirectory(data)
    archive: Archive | None = None
    try:
        began = time.perf_counter()
        archive = Archive() if data is None else archive_of(data, journal)
        found = recover(journal, snapshots, progress=progress, history=archive)
        if snapshots is not None and found.migrated is not None:
            _leave_migrated(snapshots, found.migrated, journal.first, archive)
        epoch = journal.epoch + 1
        journal.fence(Writer(epoch, journal.head + 1, RULES_VERSION, app_version(), clock.now_ns()))
        _report(found, time.perf_counter() - began)
        if journal.reserved > journal.head:
            _pass_over(journal, found, clock.now_ns())
        found.exchange.settle()
        archive.note(identity(journal))
        archive.sync(journal.head, proof(journal.head, journal.checksum))
        archive.wait()
    except BaseException:
        if archive is not None:
            archive.close()
        journal.close()
        raise
    engine = Engine(
        journal,
        found.exchange,
        clock,
        on_fatal,
        outcome=found.outcome,
        snapshots=snapshots,
        replayed=found.replayed,
        compacting=_compacting(journal, snapshots, clock) if is_compacting else None,
        limits=limits,
    )
    if found.replayed >= 2 * (limits or Limits()).snapshot_every:
        # However soon it is killed, the next start has less to replay.
        engine.keeper.leave(journal.checksum, found.outcome, journal.first)
    await engine.start()
    return engine


def _compacting(
    journal: Journal, snapshots: SnapshotDirectory | None, clock: Clock
) -> Compacting | None:
    if snapshots is None or not isinstance(journal, SqliteJournal):
        return None
    return Compacting(journal, snapshots, clock)


@cache
def app_version() -> str:
    """Return this program's version, for the list of writers."""
    try:
        return version("countermand")
    except PackageNotFoundError:
        return "unpackaged"


def _leave_migrated(
    snapshots: SnapshotDirectory, migrated: Snapshot, first: int, archive: Archive
) -> None:
    """
    Put the migrated snapshot in the place of the one it was made of, which has the records too.

    Before a writer begins: until then the version that wrote the journal can go on with it.
    """
    archive.sync(migrated.header.seq)
    if not archive.wait():
        raise WriteFailed("the records of the migrated snapshot cannot be written")
    try:
        snapshots.save(migrated, first)
    except OSError as error:
        raise WriteFailed(f"the migrated snapshot cannot be written: {error}") from None
    extra = {"seq": migrated.header.seq, "rules": migrated.header.rules_version}
    log.info("migrated the snapshot of the former rules", extra=extra)


def _pass_over(journal: Journal, found: Recovery, now_ns: int) -> None:
    """
    Use up the numbers that may have been given out by a writer whose stop was not clean.

    Should the end of the log be gone, no file can tell; so no id made of a number is given out
    twice. They are used up by entries, since a chain without a gap is what proves the journal.
    """
    exchange, head, reserved = found.exchange, journal.head, journal.reserved
    extra = {"ends_at": head, "ends_at_ns": exchange.ts_ns, "goes_on_at": reserved + 1}
    log.warning("the last stop was not clean: the journal ends here", extra=extra)
    while exchange.seq < reserved:
        seqs = range(exchange.seq + 1, min(exchange.seq + PASSED_AT_ONCE, reserved) + 1)
        ts_ns = max(now_ns, exchange.ts_ns + 1)
        passing = [Entry(seq, ts_ns + at, AdvanceTime()) for at, seq in enumerate(seqs)]
        journal.append(exchange.seq, [encode_entry(entry) for entry in passing])
        for entry in passing:
            found.outcome = fold(found.outcome, exchange.advance(entry).events)


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
    log.info("the history is behind the snapshots, and is made of the journal", extra=extra)
    is_former = former_in(snapshots)
    seq = history.seq
    return places(useful or taken, seq, is_former=is_former, can_begin_anew=can_begin_anew)


def refuse_lost_base(journal: Readable, snapshot_seq: int, why: Sequence[str]) -> None:
    """Raise Lost when entries were dropped and no snapshot stands for them."""
    first = journal.first
    if first > 1 and snapshot_seq < first:
        reasons = f" ({'; '.join(why)})" if why else ""
        raise Lost(
            f"the records before {first} were dropped, and no snapshot of record {first} or later "
            f"can be trusted{reasons}: put a copy of the directory's snapshots back"
        )


def refuse_lost_records(journal: Readable, snapshot_seq: int) -> None:
    """Raise Hole when a mark, a writer or a snapshot is of a record beyond the head."""
    reached = max(
        [mark.seq for mark in journal.marks(journal.head + 1)]
        + [writer.first_seq - 1 for writer in journal.writers()]
        + [snapshot_seq]
    )
    if reached > journal.head:
        raise Hole(journal.head + 1, f"the journal ends here, and once reached {reached}")


def check_state(exchange: Exchange) -> None:
    """Raise Damaged when the state breaks its own rules."""
    try:
        exchange.check_invariants()
    except AssertionError as error:
        raise Damaged(
            exchange.seq, f"the state it leads to breaks its own rules: {error}"
        ) from error


def _report(found: Recovery, seconds: float) -> None:
    log.info(
        "recovered",
        extra={
            "seq": found.exchange.seq,
            "snapshot_seq": found.snapshot_seq,
            "replayed": found.replayed,
            "checked_from": found.checked_from,
            "passed_over": list(found.passed_over),
            "seconds": round(seconds, 3),
        },
    )
