"""
SQLite: the journal on this machine's disk, in DIR/journal.sqlite.

One transaction per group (WAL, synchronous=FULL): when `append` returns, the group is on the
disk. The transaction itself checks that nobody else has become the writer and that the head is
where the caller thinks it is, so a stale writer fails whatever it believes.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from countermand import durable
from countermand.engine import wal
from countermand.engine.chain import GENESIS, link
from countermand.engine.errors import Damaged, Full, Stale, Unreadable, Unsuitable, WriteFailed
from countermand.engine.lock import DirectoryLock
from countermand.engine.peek import FILE_NAME, log_of, peek
from countermand.engine.ports import Mark, Writer
from countermand.engine.records import SCHEMA, Records, decode_text
from countermand.vocabulary.commands import Entry

log = logging.getLogger(__name__)

# One statement, one release of the GIL: a whole group goes in as one INSERT. Beyond this many rows
# preparing the statement costs more than another step, and the statement cache would fill up.
ROWS_PER_INSERT = 64

# Pages in the log before SQLite copies them into the database; 4 MB keeps that pause to
# milliseconds.
CHECKPOINT_PAGES = 1000

# The log's file is given back to the disk above this size, when a long reader had kept it growing.
WAL_BYTES_MAX = 64 * 1024 * 1024

_PRAGMAS = (
    "synchronous = FULL",
    f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
    f"journal_size_limit = {WAL_BYTES_MAX}",
)

# As Python's default, named: how long another program's transaction on the file is waited for.
BUSY_S = 5.0


class SqliteJournal:
    """The journal of one directory, held open and locked."""

    def __init__(self, directory: Path) -> None:
        """
        Open the journal, making a new one in an empty directory.

        A torn tail is cut and found in `torn`; damage is left as it is.
        Raises: Locked, Damaged, OtherFormat, Unreadable, WriteFailed.
        """
        _make(directory)
        self._path = directory / FILE_NAME
        self._failure = ""
        self._epoch = self._head = 0
        self._checksum = GENESIS
        with ExitStack() as stack:
            stack.callback(DirectoryLock(directory).release)
            self.torn = _inspect_log(self._path)
            self._connection = _connect(self._path)
            stack.callback(self._connection.close)
            self._records = Records(self._connection)
            self._prepare()
            self._open = stack.pop_all()

    @property
    def head(self) -> int:
        """The last entry's number, 0 when there is none."""
        return self._head

    @property
    def checksum(self) -> bytes:
        """The head's link of the checksum chain."""
        return self._checksum

    @property
    def epoch(self) -> int:
        """The last writer's epoch, 0 before the first."""
        writers = self._records.writers()
        return writers[-1].epoch if writers else 0

    def fence(self, writer: Writer) -> None:
        """Make `writer` the one who appends. Raises: Stale, WriteFailed."""
        fields = (writer.first_seq, writer.rules_version, writer.app_version, writer.opened_ns)
        count = self._write(
            "INSERT INTO writers SELECT ?, ?, ?, ?, ?"
            " WHERE ? > (SELECT coalesce(max(epoch), 0) FROM writers)",
            (writer.epoch, *fields, writer.epoch),
        )
        if not count:
            raise Stale(f"writer {writer.epoch} comes after writer {self.epoch}")
        self._epoch = writer.epoch

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
        if len(payloads) <= ROWS_PER_INSERT and not marks:
            # The usual group: one statement that is its own transaction.
            self._insert(expected_head, values)
        else:
            self._append_in_parts(expected_head, values, marks)
        self._head, self._checksum = expected_head + len(payloads), checksum

    def read(self, from_seq: int) -> Iterator[Entry]:
        """
        Yield the entries from `from_seq` to the head. Raises: Damaged naming the first bad one.
        """
        return self._records.entries(from_seq, self._head)

    def check(self, from_seq: int, to_seq: int) -> None:
        """Check the chain between two entries, both included. Raises: Damaged."""
        self._records.check(from_seq, to_seq)

    def checksum_at(self, seq: int) -> bytes:
        """Return an entry's link of the chain as recorded. Raises: Hole."""
        return self._records.checksum_at(seq)

    def marks(self, from_seq: int) -> tuple[Mark, ...]:
        """Return the marks from `from_seq` on, ascending."""
        return self._records.marks(from_seq)

    def writers(self) -> tuple[Writer, ...]:
        """Return everyone who ever wrote, in order."""
        return self._records.writers()

    def set_aside(self, from_seq: int, now_ns: int) -> int:
        """
        Move the entries from `from_seq` on to the quarantine table and return how many.

        Raises: WriteFailed.
        """
        self._write("BEGIN IMMEDIATE")
        self._write(
            "INSERT INTO quarantine SELECT seq, payload, checksum, ? FROM entries WHERE seq >= ?",
            (now_ns, from_seq),
        )
        count = self._write("DELETE FROM entries WHERE seq >= ?", (from_seq,))
        self._write("COMMIT")
        self._head, self._checksum = from_seq - 1, self.checksum_at(from_seq - 1)
        return count

    def close(self) -> None:
        """Close the file, which empties its log, and let go of the directory. Idempotent."""
        self._failure = self._failure or "the journal is closed"
        self._open.close()

    def _prepare(self) -> None:
        # Asked before anything is set: what is not a journal is left as it was.
        is_new = self._records.is_new()
        self._keep_a_log()
        for pragma in _PRAGMAS:
            self._write(f"PRAGMA {pragma}")
        if is_new:
            self._write("BEGIN IMMEDIATE")
            for statement in SCHEMA:
                self._write(statement)
            self._write("COMMIT")
            durable.sync_directory(self._path.parent)
        # What the log holds is copied now, so that the log begins anew with this process.
        self._write("PRAGMA wal_checkpoint(TRUNCATE)")
        self._records.check_pages()
        self._head = self._records.head()
        self._checksum = self._records.checksum_at(self._head)

    def _keep_a_log(self) -> None:
        # SQLite does not fail where it cannot: it answers with the mode that it is left with.
        try:
            ((mode,),) = self._connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise _explain(self._path, error) from error
        if mode != "wal":
            raise Unsuitable(
                f"the file system of {self._path} cannot keep a write-ahead log (SQLite's journal "
                f"mode is {mode} there): put the data directory on a local disk"
            )

    def _append_in_parts(
        self, expected_head: int, values: list[int | bytes], marks: Sequence[Mark]
    ) -> None:
        self._write("BEGIN IMMEDIATE")
        try:
            step = 3 * ROWS_PER_INSERT
            for at in range(0, len(values), step):
                self._insert(expected_head + at // 3, values[at : at + step])
            for mark in marks:
                self._write("INSERT INTO marks VALUES (?, ?)", (mark.seq, mark.outcome))
        except Stale:
            self._write("ROLLBACK")
            raise
        self._write("COMMIT")

    def _insert(self, expected_head: int, values: list[int | bytes]) -> None:
        rows = len(values) // 3
        if rows and not self._write(_insert_sql(rows), (*values, self._epoch, expected_head)):
            raise Stale(
                f"the head is {self._records.head()}, not {expected_head}, "
                f"or writer {self.epoch} has taken over from writer {self._epoch}"
            )

    def _write(self, statement: str, values: Sequence[int | bytes | str] = ()) -> int:
        if self._failure:
            raise WriteFailed(self._failure)
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            # What a failed commit left behind is the next start's to find out.
            failure = _explain(self._path, error)
            self._failure = str(failure)
            raise failure from error


@cache
def _insert_sql(rows: int) -> str:
    # What is spliced in is question marks; every value is bound.
    values = ", ".join(["(?, ?, ?)"] * rows)
    return (
        f"INSERT INTO entries SELECT column1, column2, column3 FROM (VALUES {values})"  # noqa: S608
        " WHERE (SELECT max(epoch) FROM writers) = ?"
        " AND (SELECT coalesce(max(seq), 0) FROM entries) = ?"
    )


def _make(directory: Path) -> None:
    try:
        if not directory.is_dir():
            directory.mkdir(parents=True)
            durable.sync_directory(directory.parent)
    except OSError as error:
        raise WriteFailed(f"cannot make {directory}: {error.strerror}") from None


def _inspect_log(path: Path) -> wal.WalScan:
    try:
        found = wal.scan(log_of(path))
        is_alone = found != wal.WalScan() and not (path.exists() and path.stat().st_size)
    except OSError as error:
        raise Unreadable(f"cannot read {log_of(path)}: {error.strerror}") from None
    if is_alone:
        # SQLite would take it for a stranger's and remove it.
        raise Damaged(1, f"{path.name} is missing, its log is here")
    if found.damage:
        with peek(path.parent) as seen:
            raise Damaged(seen.records.head() + 1, found.damage)
    if found.torn_bytes:
        extra = {"bytes": found.torn_bytes, "frames": found.torn_frames}
        log.warning("cut a torn tail that was never acknowledged", extra=extra)
        wal.cut(log_of(path), found)
    return found


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise Unreadable(f"cannot open {path}: {error}") from None
    connection.text_factory = decode_text
    return connection


def _explain(path: Path, error: sqlite3.Error) -> WriteFailed:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return Full(f"no room left to write {path}")
    return WriteFailed(f"cannot write {path}: {error}")
