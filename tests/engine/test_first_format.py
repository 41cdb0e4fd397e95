"""Journals of the first format: they become ours when a writer begins, and not before."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.desk import entries, fill, payloads, writer

from countermand.core.exchange import RULES_VERSION
from countermand.engine import high_water
from countermand.engine.errors import OtherRules
from countermand.engine.high_water import RESERVE
from countermand.engine.replay import recover
from countermand.engine.sqlite import SqliteJournal

COUNT = 40
WROTE = entries(COUNT)


def as_first_format(directory: Path) -> Path:
    """Turn a directory into one of the first format: no kept records, no mark."""
    with closing(sqlite3.connect(directory / "journal.sqlite")) as journal, journal:
        journal.execute("DROP TABLE kept")
        journal.execute("PRAGMA user_version = 1")
    (directory / high_water.FILE_NAME).unlink()
    return directory


def format_of(directory: Path) -> int:
    """Return the format a journal says it has."""
    with closing(sqlite3.connect(directory / "journal.sqlite")) as journal:
        ((version,),) = journal.execute("PRAGMA user_version")
    return int(version)


def make(directory: Path, rules: int = RULES_VERSION) -> Path:
    """Write a journal of the first format and stop it cleanly."""
    with closing(SqliteJournal(directory)) as journal:
        journal.fence(writer(rules=rules))
        journal.append(0, payloads(WROTE))
    return as_first_format(directory)


def test_a_refused_start_leaves_the_journal_to_the_version_that_wrote_it(tmp_path: Path) -> None:
    """The way forward is to start once with that version: it must still know the journal."""
    directory = make(tmp_path, RULES_VERSION - 1)
    with closing(SqliteJournal(directory)) as journal, pytest.raises(OtherRules):
        recover(journal)

    assert 1 == format_of(directory)


def test_an_earlier_version_may_write_after_a_refused_start(tmp_path: Path) -> None:
    """Its records are not held against a mark that it does not know."""
    directory = make(tmp_path)
    with closing(SqliteJournal(directory)):
        pass
    mark = (directory / high_water.FILE_NAME).read_bytes()
    with closing(SqliteJournal(directory)) as journal:
        fill(journal, entries(2 * COUNT)[COUNT:])
    as_first_format(directory)
    (directory / high_water.FILE_NAME).write_bytes(mark)

    with closing(SqliteJournal(directory)) as journal:
        assert 2 * COUNT == journal.head


def test_a_writer_makes_it_a_journal_of_this_format(tmp_path: Path) -> None:
    """It keeps worlds and keys from then on, and its entries are unchanged."""
    directory = make(tmp_path)
    with closing(SqliteJournal(directory)) as journal:
        journal.fence(writer(2, COUNT + 1))

    assert 2 == format_of(directory)
    with closing(SqliteJournal(directory)) as journal:
        assert WROTE == list(journal.read(1))


def test_a_kill_is_not_forgotten_by_a_refused_start(tmp_path: Path) -> None:
    """The refused start copies the log: that it was there means that numbers must jump."""
    with closing(SqliteJournal(make(tmp_path / "live"))) as journal:
        fill(journal, ())
        killed = shutil.copytree(as_first_format(tmp_path / "live"), tmp_path / "killed")
    for _ in range(2):
        with closing(SqliteJournal(killed)) as journal:
            assert COUNT + RESERVE == journal.reserved
