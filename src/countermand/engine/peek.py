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

from msgspec import Struct

from countermand.engine import wal
from countermand.engine.ports import Absent, Unreadable
from countermand.engine.records import Records, decode_text

FILE_NAME = "journal.sqlite"


class Peek(Struct, frozen=True):
    """The records as they can be read, and what the write-ahead log looks like."""

    records: Records
    log: wal.WalScan


@contextmanager
def peek(directory: Path) -> Iterator[Peek]:
    """
    Look into a directory's journal without taking its lock and without changing a byte of it.

    Raises: Absent, Unreadable.
    """
    path = directory / FILE_NAME
    if not path.is_file():
        raise Absent(f"{directory} has no journal")
    with ExitStack() as stack:
        try:
            found = wal.scan(log_of(path))
            connection = _connect(path, stack)
        except (sqlite3.Error, OSError) as error:
            raise Unreadable(f"{path} cannot be read: {error}") from None
        yield Peek(Records(connection), found)


def log_of(path: Path) -> Path:
    """Return where SQLite keeps the write-ahead log of the database at `path`."""
    return path.with_name(f"{path.name}-wal")


def _connect(path: Path, stack: ExitStack) -> sqlite3.Connection:
    log_path = log_of(path)
    options = "mode=ro&immutable=1"
    if log_path.exists() and log_path.stat().st_size:
        # The log is part of the content; its index in shared memory is used and not written.
        options = "mode=ro&readonly_shm=1"
        if not path.with_name(f"{path.name}-shm").exists():
            # SQLite would make an index. A log without one is nobody's: it is read from a copy.
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="countermand-")))
            shutil.copyfile(log_path, copy / log_path.name)
            path = Path(shutil.copyfile(path, copy / path.name))
            options = "mode=ro"
    uri = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    stack.callback(connection.close)
    connection.text_factory = decode_text
    return connection
