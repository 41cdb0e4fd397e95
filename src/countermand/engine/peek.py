"""
Peek: a directory's journal read-only, as a server may hold it right now, or as a crash left it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from countermand.engine import wal
from countermand.engine.chain import Recorded
from countermand.engine.errors import Absent, Unreadable
from countermand.engine.ports import Kept, Mark, Writer
from countermand.engine.records import Records, decode_text
from countermand.vocabulary.commands import Entry

FILE_NAME = "journal.sqlite"

NO_LOG = wal.WalScan()


class Peek:
    """A journal as it was at one moment: what comes later is not looked at."""

    def __init__(self, records: Records, log: wal.WalScan = NO_LOG) -> None:
        self.records = records
        self.log = log
        self.format = records.format()
        self.head = records.head() if self.format else 0
        self.first = records.first()

    def read(self, from_seq: int) -> Iterator[Entry]:
        """Yield the entries from `from_seq` to the head. Raises: Damaged at the first bad one."""
        return self.records.entries(from_seq, self.head)

    def recorded(self, from_seq: int) -> Iterator[Recorded]:
        """Yield the entries of any rules, as `read` does: to be read, not to be applied."""
        return self.records.recorded(from_seq, self.head)

    def check(self, from_seq: int, to_seq: int) -> None:
        """Check the chain between two entries, both included. Raises: Damaged, as `read` does."""
        self.records.check(from_seq, to_seq)

    def checksum_at(self, seq: int) -> bytes:
        """Return an entry's link of the chain as recorded. Raises: Hole."""
        return self.records.checksum_at(seq)

    def marks(self, from_seq: int) -> tuple[Mark, ...]:
        """Return the marks from `from_seq` on, ascending."""
        return self.records.marks(from_seq)

    def writers(self) -> tuple[Writer, ...]:
        """Return everyone who ever wrote, in order."""
        return self.records.writers()

    def kept(self) -> tuple[Kept, ...]:
        """Return all that was ever kept, in order. Raises: KeptDamaged at the first bad one."""
        return self.records.kept()


@contextmanager
def peek(directory: Path, *, is_ours: bool = False) -> Iterator[Peek]:
    """
    Look into a directory's journal without taking its lock and without changing a byte of it.
    Or into an archive, which is a file.

    With the lock taken already, `is_ours`, a log need not be copied to be read.

    Raises: Absent, Unreadable, OtherFormat, Damaged when not even the head can be found.
    """
    path = file_of(directory)
    if not path.is_file():
        raise Absent(f"{directory} has no journal")
    try:
        found = wal.scan(log_of(path))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error}") from None
    with open_records(directory, is_ours=is_ours) as records:
        yield Peek(records, found)


@contextmanager
def beside(directory: Path) -> Iterator[Records]:
    """
    Open the tables of a journal that an engine is writing to, with SQLite's own locks: what is read
    is what was committed last. No statement may be left unread for long.

    Raises: Unreadable.
    """
    path = directory / FILE_NAME
    try:
        connection = _read_only(path, "mode=ro")
    except sqlite3.Error as error:
        raise Unreadable(f"{path} cannot be read: {error}") from None
    try:
        yield Records(connection)
    finally:
        connection.close()


@contextmanager
def open_records(directory: Path, *, is_ours: bool) -> Iterator[Records]:
    """Open the tables of a directory's journal as `peek` does, damaged or not."""
    with open_tables(file_of(directory), is_ours=is_ours) as connection:
        yield Records(connection)


@contextmanager
def open_tables(path: Path, *, is_ours: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a database as `peek` does: read only, as of one moment. Raises: Unreadable."""
    with ExitStack() as stack:
        try:
            connection = _connect(path, stack, is_ours=is_ours)
        except (sqlite3.Error, OSError) as error:
            raise Unreadable(f"{path} cannot be read: {error}") from None
        yield connection


def file_of(directory: Path) -> Path:
    """Return the file that holds a directory's journal; an archive is one itself."""
    return directory if directory.is_file() else directory / FILE_NAME


def log_of(path: Path) -> Path:
    """Return where SQLite keeps the write-ahead log of the database at `path`."""
    return path.with_name(f"{path.name}-wal")


def index_of(path: Path) -> Path:
    """Return where SQLite keeps the index of that log."""
    return path.with_name(f"{path.name}-shm")


def _connect(path: Path, stack: ExitStack, *, is_ours: bool) -> sqlite3.Connection:
    log_path = log_of(path)
    options = "mode=ro&immutable=1"
    if log_path.exists() and log_path.stat().st_size and is_ours:
        # Read only, it can neither copy the log into the database nor remove it.
        options = "mode=ro"
    elif log_path.exists() and log_path.stat().st_size:
        # The log is part of the content; its index in shared memory is used and not written.
        options = "mode=ro&readonly_shm=1"
        if not index_of(path).exists():
            # SQLite would make an index. A log without one is read from a copy.
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="countermand-")))
            shutil.copyfile(log_path, copy / log_path.name)
            path = Path(shutil.copyfile(path, copy / path.name))
            options = "mode=ro"
    connection = _read_only(path, options)
    stack.callback(connection.close)
    # What is read belongs together, while a server appends and drops.
    connection.execute("BEGIN")
    return connection


def _read_only(path: Path, options: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    connection.text_factory = decode_text
    return connection
