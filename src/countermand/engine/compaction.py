"""
Compaction: a journal gives up the entries that no start needs, those before a snapshot.

What is left proves itself as before: the journal keeps the chain's link before its first entry, and
the digest of the state that the snapshot must have. What is dropped can be written to an archive
first, which proves itself in the same way.
"""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import astuple

from countermand import durable
from countermand.engine.compacting import base_at
from countermand.engine.errors import Absent, JournalError, OtherFormat, WriteFailed
from countermand.engine.history_start import archive_of
from countermand.engine.peek import FILE_NAME, open_records
from countermand.engine.ports import Base
from countermand.engine.progress import Progress, check_chain, counted, no_progress
from countermand.engine.records import (
    ARCHIVE_ID,
    BASE_TABLE,
    FORMAT_COMPACTED,
    FORMAT_OF_FILES,
    SCHEMA,
)
from countermand.engine.replay import recover
from countermand.engine.snapshot import KEPT, SnapshotDamaged, SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal

# Entries that are dropped in one transaction.
AT_ONCE = 4096


class Compaction(Struct, frozen=True):
    """
    What a compaction did: the journal begins at `first` and lost `dropped` entries.

    `archive` is where those went, if anywhere. Units: bytes of the journal's file.
    """

    first: int
    dropped: int
    bytes_before: int
    bytes_after: int
    archive: str = ""


def compact(
    directory: Path, now_ns: int, archive: Path | None = None, progress: Progress = no_progress
) -> Compaction:
    """
    Drop the entries before the older of a directory's last two snapshots, having proven it.

    A kill in between leaves a directory that starts; the rest is dropped the next time.
    Raises: JournalError.
    """
    path = directory / FILE_NAME
    if not path.is_file():
        raise Absent(f"{directory} has no journal")
    with closing(SqliteJournal(directory)) as journal:
        if journal.format == FORMAT_OF_FILES:
            raise OtherFormat("the journal is of the first format: start this version once")
        began_at, bytes_before = journal.first, path.stat().st_size
        base = _chosen(journal, SnapshotDirectory(directory), now_ns)
        is_archived = base is not None and archive is not None
        if base is not None:
            check_chain(journal, began_at, journal.head, progress)
            _complete_history(directory, journal, base.seq, progress)
            if archive is not None:
                _write_archive(journal, base.seq, archive, progress)
            journal.stand_on(base)
        total = journal.first - began_at
        _drop(journal, total, progress)
        SnapshotDirectory(directory).drop_before(journal.first)
        return Compaction(
            first=journal.first,
            dropped=total,
            bytes_before=bytes_before,
            bytes_after=path.stat().st_size,
            archive=str(archive) if is_archived else "",
        )


def _complete_history(
    directory: Path, journal: SqliteJournal, seq: int, progress: Progress
) -> None:
    """
    Have the history go as far as what is dropped, for it cannot be made of that any more.

    Raises: JournalError.
    """
    with closing(archive_of(directory, journal)) as archive:
        if archive.seq < seq:
            recover(journal, SnapshotDirectory(directory), progress=progress, history=archive)
        archive.sync(seq)
        if not archive.wait():
            raise WriteFailed(
                f"the history of {directory} cannot be written, so nothing is dropped"
            )


def _chosen(journal: SqliteJournal, snapshots: SnapshotDirectory, now_ns: int) -> Base | None:
    """Return what to stand on: the older snapshot, since the last one may yet be damaged."""
    taken = [seq for seq in snapshots.seqs() if journal.first <= seq <= journal.head]
    for seq in reversed(taken[:KEPT]):
        if seq == journal.first:
            break
        try:
            found = snapshots.load(seq)
            found.as_today().proven()
            # A state refers to itself, and nothing else is to be done with it.
            gc.collect()
        except SnapshotDamaged:
            continue
        if found.header.checksum == journal.checksum_at(seq):
            return base_at(journal, found.header, now_ns)
    return None


def _drop(journal: SqliteJournal, total: int, progress: Progress) -> None:
    done = 0
    while count := journal.drop(AT_ONCE):
        done += count
        progress("dropping", min(done, total), total)
    if done:
        journal.shrink()


def _write_archive(
    journal: SqliteJournal, last_seq: int, archive: Path, progress: Progress
) -> None:
    """Write the entries up to `last_seq` to a file and prove it. Raises: WriteFailed, Damaged."""
    if archive.exists():
        raise WriteFailed(f"{archive} exists already")
    beside = archive.with_name(f"{archive.name}.tmp")
    with _failing(archive):
        beside.unlink(missing_ok=True)
        os.close(durable.open_file(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL))
        with closing(sqlite3.connect(beside, isolation_level=None)) as made:
            _fill(made, journal, last_seq, progress)
        with open_records(beside, is_ours=True) as records:
            records.check_pages()
            records.check(records.first(), last_seq)
        beside.rename(archive)
        durable.sync_directory(archive.absolute().parent)


def _fill(
    made: sqlite3.Connection, journal: SqliteJournal, last_seq: int, progress: Progress
) -> None:
    first = journal.first
    made.execute("PRAGMA synchronous = FULL")
    made.execute("BEGIN")
    for statement in SCHEMA:
        made.execute(statement)
    made.execute(f"PRAGMA application_id = {ARCHIVE_ID}")
    if bases := journal.bases():
        made.execute(BASE_TABLE)
        made.execute(f"PRAGMA user_version = {FORMAT_COMPACTED}")
        made.executemany("INSERT INTO base VALUES (?, ?, ?, ?, ?, ?)", map(astuple, bases))
    rows = counted(journal.rows(first, last_seq), "archiving", last_seq + 1 - first, progress)
    made.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
    marks = [astuple(mark) for mark in journal.marks(first) if mark.seq <= last_seq]
    made.executemany("INSERT INTO marks VALUES (?, ?)", marks)
    writers = [astuple(each) for each in journal.writers() if each.first_seq <= last_seq]
    made.executemany("INSERT INTO writers VALUES (?, ?, ?, ?, ?)", writers)
    made.execute("COMMIT")


@contextmanager
def _failing(archive: Path) -> Iterator[None]:
    try:
        yield
    except JournalError:
        raise
    except (OSError, sqlite3.Error) as error:
        raise WriteFailed(f"cannot write {archive}: {error}") from None
