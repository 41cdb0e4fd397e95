"""
Database: how the journal's SQLite file is opened and kept small, and what its failures mean.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from countermand import durable
from countermand.engine.errors import Full, Unreadable, WriteFailed
from countermand.engine.records import decode_text

# Pages in the log before SQLite copies them into the database; 4 MB keeps that pause to
# milliseconds.
CHECKPOINT_PAGES = 1000

# The log's file is given back to the disk above this size, when a long reader had kept it growing.
WAL_BYTES_MAX = 64 * 1024 * 1024

PRAGMAS = (
    "synchronous = FULL",
    f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
    f"journal_size_limit = {WAL_BYTES_MAX}",
)

# Room for the log to grow until it is copied, and for the database to grow by it: with less, a
# journal that was full would soon be full again.
ROOM_BYTES_MIN = 2 * CHECKPOINT_PAGES * 4096

# As Python's default, named: how long another program's transaction on the file is waited for.
BUSY_S = 5.0


def make_directory(directory: Path) -> None:
    """Make a data directory, its owner's alone, where there is none. Raises: WriteFailed."""
    try:
        if not directory.is_dir():
            durable.make_directory(directory, parents=True)
            durable.sync_directory(directory.parent)
    except OSError as error:
        raise WriteFailed(f"cannot make {directory}: {error.strerror}") from None


def connect(path: Path) -> sqlite3.Connection:
    """Open the file to write, making it where there is none. Raises: Unreadable."""
    try:
        # Keys are kept in it: a new one is its owner's alone. SQLite gives its log the same mode.
        os.close(durable.open_file(path, os.O_RDWR | os.O_CREAT))
        connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
    except (sqlite3.Error, OSError) as error:
        raise Unreadable(f"cannot open {path}: {error}") from None
    connection.text_factory = decode_text
    return connection


def refuse_full(path: Path) -> None:
    """Raise Full where the file and its log have no room to grow."""
    try:
        disk = os.statvfs(path.parent)
    except OSError as error:
        raise Full(f"cannot ask for the room left for {path}: {error.strerror}") from None
    if disk.f_bavail * disk.f_frsize < ROOM_BYTES_MIN:
        raise Full(f"no room left to write {path}")


def explain(path: Path, error: sqlite3.Error) -> WriteFailed:
    """Return what a statement that failed means for the journal."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return Full(f"no room left to write {path}")
    return WriteFailed(f"cannot write {path}: {error}")
