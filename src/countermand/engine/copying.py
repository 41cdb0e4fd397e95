"""
Copying: a data directory made of what a journal holds at one moment, while its server goes on.

Unless it is said to be clean, the copy starts like a directory after a crash: what its writer has
given out since is not known to it.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

from countermand import durable
from countermand.engine import database, high_water
from countermand.engine.chain import encode_entry
from countermand.engine.errors import Unreadable
from countermand.engine.history import FILE_NAME as HISTORY
from countermand.engine.peek import FILE_NAME, peek
from countermand.engine.ports import Journal, Mark
from countermand.engine.precheck import level_of
from countermand.engine.snapshot import DIRECTORY as SNAPSHOTS
from countermand.engine.sqlite import SqliteJournal

log = logging.getLogger(__name__)

# Entries that go into a new journal in one transaction.
_AT_ONCE = 4096


def copy_directory(directory: Path, to: Path, *, is_clean: bool = False) -> None:
    """
    Fill the empty directory `to` with a copy of a data directory that may be in use.

    With `is_clean` the copy starts like a directory after a stop, from the numbers it has.
    Raises: Unreadable, WriteFailed, Damaged.
    """
    try:
        _copy_snapshots(directory / SNAPSHOTS, to / SNAPSHOTS)
        # Before the journal, which it must not be ahead of.
        _copy_history(directory / HISTORY, to / HISTORY)
        _copy_database(directory / FILE_NAME, to / FILE_NAME)
    except (OSError, sqlite3.Error) as error:
        raise Unreadable(f"{directory} cannot be copied: {error}") from None
    with peek(to, is_ours=True) as seen:
        level = level_of(seen, is_clean=is_clean)
    high_water.make(to, level)


def _copy_history(source: Path, target: Path) -> None:
    if not source.exists():
        return
    try:
        _copy_database(source, target)
    except sqlite3.DatabaseError as error:
        # What is damaged is made anew, here as there.
        log.warning("the history is not copied", extra={"reason": str(error)})
        target.unlink()


def _copy_database(source: Path, target: Path) -> None:
    uri = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as read, closing(database.connect(target)) as made:
        # In one step: what is written meanwhile does not make it begin anew.
        read.backup(made)


def _copy_snapshots(source: Path, target: Path) -> None:
    # They come first: each is of an entry that the copy of the journal holds then.
    durable.make_directory(target)
    for path in source.glob("*.snapshot"):
        # The engine may drop an old one meanwhile; nothing depends on it.
        with suppress(FileNotFoundError):
            _copy_file(path, target / path.name)


def _copy_file(source: Path, target: Path) -> None:
    made = durable.open_file(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(made, "wb") as to, source.open("rb") as read:
        shutil.copyfileobj(read, to)


def copy_entries(journal: Journal, head: int, to: Path) -> None:
    """
    Fill the empty directory `to` with a journal of another's entries up to `head`.

    Raises: WriteFailed, Damaged.
    """
    with closing(SqliteJournal(to)) as copy:
        payloads = (encode_entry(entry) for entry in islice(journal.read(1), head))
        marks = [mark for mark in journal.marks(1) if mark.seq <= head]
        writers = journal.writers()
        ends = [writer.first_seq - 1 for writer in writers[1:]] + [head]
        for writer, end in zip(writers, ends, strict=True):
            copy.fence(writer)
            while copy.head < end:
                group = list(islice(payloads, min(_AT_ONCE, end - copy.head)))
                copy.append(copy.head, group, _within(marks, copy.head, len(group)))
        if kept := journal.kept():
            copy.keep(kept)


def _within(marks: Sequence[Mark], head: int, count: int) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if head < mark.seq <= head + count)
