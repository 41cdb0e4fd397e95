"""
SQLite: the journal on this machine's disk, in DIR/journal.sqlite.

One transaction per group (WAL, synchronous=FULL): when `append` returns, the group is on the
disk. The transaction itself checks that no other process has become the writer and that the head is
where the caller thinks it is, so a stale writer fails.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from msgspec.structs import astuple

from countermand.engine import database, wal
from countermand.engine.chain import GENESIS, link, link_kept
from countermand.engine.errors import (
    Damaged,
    Full,
    JournalError,
    KeptDamaged,
    Stale,
    WriteFailed,
)
from countermand.engine.high_water import Level
from countermand.engine.journal_file import JournalFile
from countermand.engine.lock import DirectoryLock
from countermand.engine.peek import FILE_NAME, log_of
from countermand.engine.ports import Base, Kept, Mark, Writer
from countermand.engine.precheck import precheck
from countermand.engine.records import (
    BASE_TABLE,
    FORMAT_COMPACTED,
    FORMAT_OF_FILES,
)
from countermand.vocabulary.commands import Entry

log = logging.getLogger(__name__)

# One statement, one release of the GIL: a whole group goes in as one INSERT. Beyond this many rows
# preparing the statement costs more than another step, and the statement cache would fill up.
ROWS_PER_INSERT = 64

_KEEP = "INSERT INTO kept SELECT ?, ?, ?, ? WHERE (SELECT max(epoch) FROM writers) = ?"

_DROP = "DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE seq < ? LIMIT ?)"


class SqliteJournal:
    """The journal of one directory, held open and locked."""

    def __init__(self, directory: Path) -> None:
        """
        Open the journal, making a new one in an empty directory.

        A torn tail is cut and found in `torn`; damage is left as it is, and so is everything when
        the end of what was once there is missing.
        Raises: Locked, Lost, Damaged, KeptDamaged, OtherFormat, Unreadable, WriteFailed.
        """
        database.make_directory(directory)
        self._file = JournalFile(directory / FILE_NAME)
        self._epoch = self._head = self._kept = 0
        self._checksum = self._kept_checksum = GENESIS
        with ExitStack() as stack:
            stack.callback(DirectoryLock(directory).release)
            self.torn, self._high_water = precheck(directory)
            stack.callback(self._close_mark)
            if self.torn.torn_bytes:
                wal.cut(log_of(self._file.path), self.torn)
            self._file.connect()
            stack.callback(self._file.disconnect)
            self._prepare()
            self._report_torn()
            level = self._high_water.level
            self._reserved = self._head if level.is_clean else max(self._head, level.reserved)
            self._open = stack.pop_all()

    @property
    def head(self) -> int:
        """The last entry's number, 0 when there is none."""
        return self._head

    @property
    def format(self) -> int:
        """The format of the file."""
        return self._file.records.format()

    @property
    def first(self) -> int:
        """The first entry there is: 1, or the one of the snapshot that all stands on."""
        return self._file.records.first()

    @property
    def checksum(self) -> bytes:
        """The head's link of the checksum chain."""
        return self._checksum

    @property
    def epoch(self) -> int:
        """The last writer's epoch, 0 before the first."""
        return self._file.records.epoch()

    @property
    def reserved(self) -> int:
        """The last number that an earlier writer may have given out; the head, if that is sure."""
        return self._reserved

    def fence(self, writer: Writer) -> None:
        """Make `writer` the one who appends. Raises: Stale, WriteFailed."""
        fields = (writer.first_seq, writer.rules_version, writer.app_version, writer.opened_ns)
        self._file.write("BEGIN IMMEDIATE")
        if self._file.records.format() == FORMAT_OF_FILES:
            self._file.become_this_format()
        count = self._file.write(
            "INSERT INTO writers SELECT ?, ?, ?, ?, ?"
            " WHERE ? > (SELECT coalesce(max(epoch), 0) FROM writers)",
            (writer.epoch, *fields, writer.epoch),
        )
        self._file.write("COMMIT")
        if not count:
            raise Stale(f"writer {writer.epoch} comes after writer {self.epoch}")
        self._epoch = writer.epoch
        self._high_water.begin(
            Level(
                epoch=writer.epoch,
                head=self._head,
                reserved=self._reserved,
                kept=self._kept,
                checksum=self._checksum,
                kept_checksum=self._kept_checksum,
            )
        )

    def append(
        self, expected_head: int, payloads: Sequence[bytes], marks: Sequence[Mark] = ()
    ) -> None:
        """
        Make entries and marks durable, all or none.

        Raises: Stale, WriteFailed; after WriteFailed the connection is not trusted any more.
        """
        checksum = self._checksum
        values: list[int | bytes] = []
        for seq, payload in enumerate(payloads, expected_head + 1):
            checksum = link(checksum, payload)
            values += (seq, payload, checksum)
        self._high_water.cover(expected_head + len(payloads))
        if len(payloads) <= ROWS_PER_INSERT and not marks:
            # The usual group: one statement that is its own transaction.
            self._insert(expected_head, values)
        else:
            self._append_in_parts(expected_head, values, marks)
        self._head, self._checksum = expected_head + len(payloads), checksum
        self._high_water.reached(self._head, checksum)

    def resume(self) -> None:
        """
        Become usable again after Full, having proven how the journal ends.

        Raises: Full while there is still no room, and as opening the journal does.
        """
        if not isinstance(self._file.failure, Full):
            return
        database.refuse_full(self._file.path)
        known = (self._head, self._checksum, self._kept, self._kept_checksum)
        full, self._file.failure = self._file.failure, None
        try:
            self._file.disconnect()
            self._reopen(*known)
        except JournalError as error:
            self._file.failure = error if isinstance(error, WriteFailed) else full
            raise

    def _reopen(self, head: int, checksum: bytes, kept: int, kept_checksum: bytes) -> None:
        found = wal.scan(log_of(self._file.path))
        if found.damage:
            raise Damaged(head + 1, found.damage)
        if found.torn_bytes:
            wal.cut(log_of(self._file.path), found)
        self._file.connect()
        self._prepare()
        if self.checksum_at(head) != checksum:
            raise Damaged(head, "it is not the record that was written last")
        if (self._kept, self._kept_checksum) != (kept, kept_checksum):
            # Its change of keys is not true here; the next start will see to it.
            raise KeptDamaged(kept + 1, "it was written, and its request was not answered")
        self.check(head + 1, self._head)

    def read(self, from_seq: int) -> Iterator[Entry]:
        """
        Yield the entries from `from_seq` to the head. Raises: Damaged naming the first bad one.
        """
        return self._file.records.entries(from_seq, self._head)

    def check(self, from_seq: int, to_seq: int) -> None:
        """Check the chain between two entries, both included. Raises: Damaged."""
        self._file.records.check(from_seq, to_seq)

    def checksum_at(self, seq: int) -> bytes:
        """Return an entry's link of the chain as recorded. Raises: Hole."""
        return self._file.records.checksum_at(seq)

    def marks(self, from_seq: int) -> tuple[Mark, ...]:
        """Return the marks from `from_seq` on, ascending."""
        return self._file.records.marks(from_seq)

    def writers(self) -> tuple[Writer, ...]:
        """Return everyone who ever wrote, in order."""
        return self._file.records.writers()

    def kept(self) -> tuple[Kept, ...]:
        """Return all that was ever kept, in order. Raises: KeptDamaged at the first bad one."""
        return self._file.records.kept()

    def keep(self, records: Sequence[Kept]) -> None:
        """
        Make records durable, all or none, and told of in the mark.

        Raises: Stale, WriteFailed.
        """
        number, checksum = self._kept, self._kept_checksum
        self._file.write("BEGIN IMMEDIATE")
        for record in records:
            number, checksum = number + 1, link_kept(checksum, record.name, record.value)
            row = (number, record.name, record.value, checksum, self._epoch)
            if not self._file.write(_KEEP, row):
                self._file.write("ROLLBACK")
                raise self._stale(self._head)
        self._file.write("COMMIT")
        self._kept, self._kept_checksum = number, checksum
        self._high_water.kept(number, checksum)

    def set_aside(self, from_seq: int, now_ns: int) -> int:
        """
        Move the entries from `from_seq` on to the quarantine table and return how many.

        Raises: WriteFailed.
        """
        # Lowered first: a crash in between leaves a mark that is behind, not one that is ahead.
        self._high_water.lower(from_seq - 1, self.checksum_at(from_seq - 1))
        self._file.write("BEGIN IMMEDIATE")
        self._file.write(
            "INSERT INTO quarantine SELECT seq, payload, checksum, ? FROM entries WHERE seq >= ?",
            (now_ns, from_seq),
        )
        count = self._file.write("DELETE FROM entries WHERE seq >= ?", (from_seq,))
        self._file.write("COMMIT")
        self._head, self._checksum = from_seq - 1, self.checksum_at(from_seq - 1)
        return count

    def stand_on(self, base: Base) -> None:
        """
        Need no entry before a snapshot's from now on; then `drop` them. Raises: WriteFailed.
        """
        if self._high_water.level.head < base.seq:
            # A start looks for the entry that the mark was written at.
            self._high_water.lower(self._head, self._checksum)
        self._file.write("BEGIN IMMEDIATE")
        if self._file.records.format() != FORMAT_COMPACTED:
            self._file.write(BASE_TABLE)
            self._file.write(f"PRAGMA user_version = {FORMAT_COMPACTED}")
        self._file.write("INSERT INTO base VALUES (?, ?, ?, ?, ?, ?)", astuple(base))
        self._file.write("COMMIT")

    def drop(self, count_max: int) -> int:
        """
        Drop entries and marks that nothing needs, at most so many of each; return how many.

        Raises: WriteFailed.
        """
        first = self.first
        self._file.write("BEGIN IMMEDIATE")
        count = sum(
            self._file.write(_DROP.format(table=table), (first, count_max))
            for table in ("entries", "marks")
        )
        self._file.write("COMMIT")
        return count

    def shrink(self) -> None:
        """Give back to the disk what was dropped, writing all of the rest. Raises: WriteFailed."""
        self._file.write("VACUUM")
        self._file.write("PRAGMA wal_checkpoint(TRUNCATE)")

    def bases(self) -> tuple[Base, ...]:
        """Return what each compaction left it standing on."""
        return self._file.records.bases()

    def rows(self, from_seq: int, to_seq: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield (seq, payload, checksum) as recorded, both ends included. Raises: Damaged."""
        return self._file.records.rows(from_seq, to_seq)

    def close(self) -> None:
        """
        Close the file, which empties its log, seal its end, let go of the directory. Idempotent.
        """
        self._open.close()
        self._file.failure = self._file.failure or WriteFailed("the journal is closed")

    def _close_mark(self) -> None:
        try:
            if self._epoch and not self._file.failure:
                self._high_water.seal()
        except WriteFailed as error:
            log.warning("the stop is not sealed", extra={"reason": str(error)})
        finally:
            self._high_water.close()

    def _prepare(self) -> None:
        self._file.prepare()
        self._file.records.check_pages()
        self._head = self._file.records.head()
        self._checksum = self._file.records.checksum_at(self._head)
        for number, (_, checksum) in enumerate(self._file.records.kept_chain(), 1):
            self._kept, self._kept_checksum = number, checksum

    def _report_torn(self) -> None:
        if not self.torn.torn_bytes:
            return
        head, records = self._head, self._file.records
        last = next(records.recorded(head, head), None) if head else None
        extra = {
            "bytes": self.torn.torn_bytes,
            "frames": self.torn.torn_frames,
            "ends_at": self._head,
            "ends_at_ns": last.ts_ns if last else 0,
        }
        if self._high_water.level.is_clean:
            log.warning("cut the log's torn tail: it was never acknowledged", extra=extra)
        else:
            log.warning("cut the log's torn tail: what was being written is gone", extra=extra)

    def _append_in_parts(
        self, expected_head: int, values: list[int | bytes], marks: Sequence[Mark]
    ) -> None:
        self._file.write("BEGIN IMMEDIATE")
        try:
            step = 3 * ROWS_PER_INSERT
            for at in range(0, len(values), step):
                self._insert(expected_head + at // 3, values[at : at + step])
            for mark in marks:
                self._file.write("INSERT INTO marks VALUES (?, ?)", (mark.seq, mark.outcome))
        except Stale:
            self._file.write("ROLLBACK")
            raise
        self._file.write("COMMIT")

    def _insert(self, expected_head: int, values: list[int | bytes]) -> None:
        rows = len(values) // 3
        if rows and not self._file.write(_insert_sql(rows), (*values, self._epoch, expected_head)):
            raise self._stale(expected_head)

    def _stale(self, expected_head: int) -> Stale:
        if self.epoch != self._epoch:
            return Stale(f"writer {self.epoch} has taken over from writer {self._epoch}")
        return Stale(f"the head is {self._file.records.head()}, not {expected_head}")


@cache
def _insert_sql(rows: int) -> str:
    # What is spliced in is question marks; every value is bound.
    values = ", ".join(["(?, ?, ?)"] * rows)
    return (
        f"INSERT INTO entries SELECT column1, column2, column3 FROM (VALUES {values})"  # noqa: S608  (of our own words)
        " WHERE (SELECT max(epoch) FROM writers) = ?"
        " AND (SELECT coalesce(max(seq), 0) FROM entries) = ?"
    )
