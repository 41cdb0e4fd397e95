"""
Records: what a journal's SQLite file holds, and how it is read. Knows tables; writes nothing.

Every way in which a record can be wrong becomes `Damaged` here, naming the record: SQLite's own
"malformed" as much as a checksum that does not fit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from countermand.engine.chain import (
    GENESIS,
    Recorded,
    decode_entry,
    decode_recorded,
    link,
    link_kept,
)
from countermand.engine.errors import (
    Damaged,
    Hole,
    JournalError,
    KeptDamaged,
    OtherFormat,
    Unreadable,
)
from countermand.engine.ports import Base, Kept, Mark, Writer
from countermand.vocabulary.commands import Entry

T = TypeVar("T", bound=msgspec.Struct)
E = TypeVar("E", Entry, Recorded)

APPLICATION_ID = 0x434D4A31  # "CMJ1"
ARCHIVE_ID = 0x434D4131  # "CMA1"
FORMAT = 2

# Of a journal whose first entries were dropped. Earlier versions must not take it for a whole one.
FORMAT_COMPACTED = 3

# Journals of the first format kept worlds and keys in files of their own.
FORMAT_OF_FILES = 1

KEPT_TABLE = """CREATE TABLE kept (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, value BLOB NOT NULL, checksum BLOB NOT NULL)"""

BASE_TABLE = """CREATE TABLE base (
    seq INTEGER PRIMARY KEY, before BLOB NOT NULL, checksum BLOB NOT NULL, outcome BLOB NOT NULL,
    digest BLOB NOT NULL, dropped_ns INTEGER NOT NULL)"""

SCHEMA = (
    KEPT_TABLE,
    "CREATE TABLE entries (seq INTEGER PRIMARY KEY, payload BLOB NOT NULL, checksum BLOB NOT NULL)",
    "CREATE TABLE marks (seq INTEGER PRIMARY KEY, outcome BLOB NOT NULL)",
    """CREATE TABLE writers (
        epoch INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, rules_version INTEGER NOT NULL,
        app_version TEXT NOT NULL, opened_ns INTEGER NOT NULL)""",
    """CREATE TABLE quarantine (
        seq INTEGER NOT NULL, payload BLOB NOT NULL, checksum BLOB NOT NULL,
        moved_ns INTEGER NOT NULL)""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {FORMAT}",
)

# SQLITE_ERROR is what a flip in the schema leads to: a table or column that is not there.
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})

_CHECKSUM_WRONG = "its checksum does not fit the records before it"


class Records:
    """The tables behind one connection, read with suspicion."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def format(self) -> int:
        """
        Return the format the journal has, 0 when nothing has ever been written.

        Raises: OtherFormat, Damaged.
        """
        ((application_id, version, tables),) = self._all(
            "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
            " FROM pragma_application_id, pragma_user_version"
        )
        if not tables and not application_id:
            return 0
        if application_id not in (APPLICATION_ID, ARCHIVE_ID):
            raise OtherFormat("journal.sqlite is a database of something else")
        if version not in (FORMAT_COMPACTED, FORMAT, FORMAT_OF_FILES):
            known = FORMAT_COMPACTED
            raise OtherFormat(f"the journal has format {version}, this version knows {known}")
        return int(version)

    @property
    def is_archive(self) -> bool:
        """Whether these are entries that a journal has dropped."""
        ((application_id,),) = self._all("PRAGMA application_id")
        return bool(application_id == ARCHIVE_ID)

    def bases(self) -> tuple[Base, ...]:
        """Return what each compaction left the journal standing on, in order. Raises: Damaged."""
        if self.format() != FORMAT_COMPACTED:
            return ()
        rows = self._all(
            "SELECT seq, before, checksum, outcome, digest, dropped_ns FROM base ORDER BY seq"
        )
        return tuple(_row(Base, row) for row in rows)

    def first(self) -> int:
        """Return the first entry that was not dropped. Raises: Damaged."""
        bases = self.bases()
        return bases[-1].seq if bases else 1

    def head(self) -> int:
        """Return the last entry's number. Raises: Damaged."""
        ((seq,),) = self._all("SELECT max(seq) FROM entries")
        return seq or 0

    def checksum_at(self, seq: int) -> bytes:
        """Return an entry's checksum as recorded. Raises: Hole, Damaged."""
        if seq == 0:
            return GENESIS
        for _, _, checksum in self.rows(seq, seq):
            if type(checksum) is not bytes:
                raise Damaged(seq, _CHECKSUM_WRONG)
            return checksum
        for base in self.bases():
            if seq == base.seq - 1:
                return base.before
        raise Hole(seq, "the record is missing")

    def payloads(self, from_seq: int, to_seq: int) -> Iterator[tuple[int, bytes]]:
        """
        Yield (seq, payload) with both ends included. Raises: Damaged naming the first bad one.
        """
        checksum, last = self.checksum_at(from_seq - 1), from_seq - 1
        for seq, payload, recorded in self.rows(from_seq, to_seq):
            if seq != last + 1:
                raise Hole(last + 1, f"the record is missing; the next one is {seq}")
            # SQLite's types are per value: a flip can make a number or nothing of a payload.
            checksum = link(checksum, payload) if type(payload) is bytes else b""
            if checksum != recorded:
                raise Damaged(seq, _CHECKSUM_WRONG)
            last = seq
            yield seq, payload
        if last < to_seq:
            raise Hole(last + 1, f"the record is missing, and so are all to {to_seq}")

    def entries(self, from_seq: int, to_seq: int) -> Iterator[Entry]:
        """Yield the entries with both ends included. Raises: Damaged naming the first bad one."""
        return self._decoded(decode_entry, from_seq, to_seq)

    def recorded(self, from_seq: int, to_seq: int) -> Iterator[Recorded]:
        """Yield the entries of any rules, as `entries` does: to be read, not to be applied."""
        return self._decoded(decode_recorded, from_seq, to_seq)

    def _decoded(self, decode: Callable[[bytes], E], from_seq: int, to_seq: int) -> Iterator[E]:
        for seq, payload in self.payloads(from_seq, to_seq):
            try:
                entry = decode(payload)
            except msgspec.DecodeError as error:
                raise Damaged(seq, f"it is whole and makes no sense: {error}") from None
            if entry.seq != seq:
                raise Damaged(seq, f"it says it is record {entry.seq}")
            yield entry

    def check(self, from_seq: int, to_seq: int) -> None:
        """Check the chain, both ends included. Raises: Damaged naming the first bad one."""
        for _ in self.payloads(from_seq, to_seq):
            pass

    def check_pages(self) -> None:
        """
        Check the file's own structure: the chain cannot miss a record that fell off its end.

        Raises: Damaged naming the first record that cannot be read, or the one after the last.
        """
        ((verdict, *_), *_) = self._all("PRAGMA quick_check(1)")
        if verdict != "ok":
            head = self.head()
            self.check(self.first(), head)
            raise Damaged(head + 1, f"SQLite says: {' '.join(verdict.split())}")

    def marks(self, from_seq: int) -> tuple[Mark, ...]:
        """Return the marks from `from_seq` on, ascending."""
        rows = self._all("SELECT seq, outcome FROM marks WHERE seq >= ? ORDER BY seq", (from_seq,))
        return tuple(_row(Mark, row) for row in rows)

    def writers(self) -> tuple[Writer, ...]:
        """Return everyone who ever wrote, in order."""
        rows = self._all(
            "SELECT epoch, first_seq, rules_version, app_version, opened_ns"
            " FROM writers ORDER BY epoch"
        )
        return tuple(_row(Writer, row) for row in rows)

    def epoch(self) -> int:
        """Return the last writer's epoch, 0 before the first."""
        ((epoch,),) = self._all("SELECT max(epoch) FROM writers")
        return epoch or 0

    def kept(self) -> tuple[Kept, ...]:
        """Return all that was ever kept, in order. Raises: KeptDamaged at the first bad one."""
        return tuple(record for record, _ in self.kept_chain())

    def kept_chain(self) -> Iterator[tuple[Kept, bytes]]:
        """Yield what was kept, each with its link of the chain. Raises: KeptDamaged."""
        if self.format() in (0, FORMAT_OF_FILES):
            return
        checksum = GENESIS
        rows = self._all("SELECT number, name, value, checksum FROM kept ORDER BY number")
        for expected, (number, name, value, recorded) in enumerate(rows, 1):
            if number != expected:
                raise KeptDamaged(expected, "it is missing")
            is_sound = type(name) is str and type(value) is bytes
            checksum = link_kept(checksum, name, value) if is_sound else b""
            if checksum != recorded:
                raise KeptDamaged(number, "its checksum does not fit those before it")
            yield Kept(name, value), checksum

    def quarantined(self) -> tuple[int, ...]:
        """Return the numbers that entries had before they were set aside."""
        return tuple(seq for (seq,) in self._all("SELECT seq FROM quarantine ORDER BY rowid"))

    def rows(self, from_seq: int, to_seq: int) -> Iterator[tuple[int, bytes, bytes]]:
        """Yield (seq, payload, checksum) as recorded, both ends included. Raises: Damaged."""
        last = from_seq - 1
        try:
            for row in self._connection.execute(
                "SELECT seq, payload, checksum FROM entries WHERE seq BETWEEN ? AND ? ORDER BY seq",
                (from_seq, to_seq),
            ):
                last = row[0]
                yield row
        except sqlite3.Error as error:
            raise _translate(error, last + 1) from None

    def _all(self, query: str, parameters: tuple[int, ...] = ()) -> list[Any]:
        # What is wrong with a whole table is wrong from the first record on.
        try:
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise _translate(error, 1) from None


def _translate(error: sqlite3.Error, seq: int) -> JournalError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _DAMAGE:
        return Damaged(seq, f"SQLite says: {error}")
    return Unreadable(f"the journal cannot be read: {error}")


def _row(kind: type[T], row: tuple[Any, ...]) -> T:
    try:
        return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)
    except msgspec.ValidationError as error:
        raise Damaged(1, f"{kind.__name__.lower()} {row[0]} makes no sense: {error}") from None


def decode_text(data: bytes) -> str:
    """
    Return a text column. Text that is not UTF-8 any more must be found wrong, not stop the reading.
    """
    return data.decode(errors="replace")
