"""Journal file: the SQLite file of a journal, open to write; made, and brought up to date, here."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from countermand import durable
from countermand.engine import database
from countermand.engine.errors import Unsuitable, WriteFailed
from countermand.engine.peek import log_of
from countermand.engine.records import FORMAT, KEPT_TABLE, SCHEMA, Records

# What a journal of the first format lacks.
_FROM_FILES = (KEPT_TABLE, f"PRAGMA user_version = {FORMAT}")


class JournalFile:
    """
    One file, its connection, and what its tables hold.

    `failure` is what a write failed with: after that none is tried until it is taken away.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failure: WriteFailed | None = None

    def connect(self) -> None:
        """Open the file, making it where there is none. Raises: Unreadable."""
        self.connection = database.connect(self.path)
        self.records = Records(self.connection)

    def disconnect(self) -> None:
        """Close the file."""
        self.connection.close()

    def write(self, statement: str, values: Sequence[int | bytes | str] = ()) -> int:
        """Execute a statement and return how many rows it changed. Raises: WriteFailed."""
        if self.failure is not None:
            raise self.failure.again()
        try:
            return self.connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            # What a failed commit left behind is the next start's to find out.
            self.failure = database.explain(self.path, error)
            raise self.failure from error

    def prepare(self) -> None:
        """Set how it is written, and make a new one's tables. Raises: as reading, WriteFailed."""
        # Asked before anything is set: what is not a journal is left as it was.
        version = self.records.format()
        self._keep_a_log()
        for pragma in database.PRAGMAS:
            self.write(f"PRAGMA {pragma}")
        if not version:
            self.write("BEGIN IMMEDIATE")
            for statement in SCHEMA:
                self.write(statement)
            self.write("COMMIT")
            durable.sync_directory(self.path.parent)
        # What the log holds is copied now, so that the log begins anew with this process.
        self.write("PRAGMA wal_checkpoint(TRUNCATE)")

    def become_this_format(self) -> None:
        """Turn a journal of the first format into one of today's. Raises: WriteFailed."""
        # Not before a writer begins: a start that is refused leaves the journal to the version that
        # wrote it. Worlds and keys will move in from files that only their owner can read.
        for file in (self.path, log_of(self.path)):
            file.chmod(durable.FILE_MODE)
        for statement in _FROM_FILES:
            self.write(statement)

    def _keep_a_log(self) -> None:
        # SQLite does not fail where it cannot: it answers with the mode that it is left with.
        try:
            ((mode,),) = self.connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise database.explain(self.path, error) from error
        if mode != "wal":
            raise Unsuitable(
                f"the file system of {self.path} cannot keep a write-ahead log (SQLite's journal "
                f"mode is {mode} there): put the data directory on a local disk"
            )
