"""Opening: from a data directory to an engine that takes commands."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from countermand.core.exchange import RULES_VERSION
from countermand.engine.beginning import Recovery
from countermand.engine.chain import encode_entry, fold
from countermand.engine.compacting import Compacting
from countermand.engine.errors import WriteFailed
from countermand.engine.history import Archive
from countermand.engine.history_start import archive_of, identity, proof
from countermand.engine.intake import Limits
from countermand.engine.memory import MemoryJournal
from countermand.engine.ports import Clock, Journal, Writer
from countermand.engine.progress import Progress, no_progress
from countermand.engine.replay import recover
from countermand.engine.sequencer import Engine
from countermand.engine.snapshot import Snapshot, SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import AdvanceTime, Entry

log = logging.getLogger(__name__)

# Numbers that are used up in one transaction.
PASSED_AT_ONCE = 4096


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
    found = _begin(data, journal, snapshots, clock, progress)
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


def _begin(
    data: Path | None,
    journal: Journal,
    snapshots: SnapshotDirectory | None,
    clock: Clock,
    progress: Progress,
) -> Recovery:
    # The exchange at the journal's head, with this process as the one who writes from now on.
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
    return found


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
