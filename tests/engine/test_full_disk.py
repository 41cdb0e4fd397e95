"""A disk without room: nothing is lost, and with room again the journal proves itself."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.disk import Disk, small_disk
from tests.engine.desk import entries, payloads, writer

from countermand.engine import database
from countermand.engine.errors import Damaged, Full, JournalError, KeptDamaged, WriteFailed
from countermand.engine.ports import Kept
from countermand.engine.sqlite import SqliteJournal

WROTE = entries(6000)


def fill_up(journal: SqliteJournal) -> None:
    """Append until it fails."""
    for at in range(journal.head, len(WROTE), 16):
        journal.append(at, payloads(WROTE[at : at + 16]))


@pytest.fixture
def full(tmp_path: Path) -> Iterator[tuple[SqliteJournal, Disk]]:
    """A journal that has just been full, and its disk."""
    with (
        small_disk(tmp_path / "disk", 16) as disk,
        closing(SqliteJournal(disk.path / "data")) as journal,
    ):
        journal.fence(writer())
        journal.keep([Kept("world/x", b"{}")])
        journal.append(0, payloads(WROTE[:100]))
        disk.fill(leave_bytes=400_000)
        with pytest.raises(Full, match="no room left to write"):
            fill_up(journal)
        yield journal, disk


def test_a_full_journal_resumes_when_there_is_room(full: tuple[SqliteJournal, Disk]) -> None:
    """It ends at the last append that returned, and goes on from there."""
    journal, disk = full
    head = journal.head
    for act in (journal.resume, lambda: fill_up(journal), lambda: journal.keep([Kept("k", b"")])):
        with pytest.raises(Full):
            act()
    disk.make_room()
    journal.resume()
    assert head == journal.head
    fill_up(journal)
    assert list(WROTE) == list(journal.read(1))
    journal.keep([Kept("keys/x", b"{}")])
    journal.close()
    with closing(SqliteJournal(disk.path / "data")) as again:
        assert (len(WROTE), len(WROTE), 2) == (again.head, again.reserved, len(again.kept()))


def test_a_journal_that_changed_meanwhile_is_not_resumed(
    full: tuple[SqliteJournal, Disk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must have each acknowledged record, and no other."""
    journal, disk = full
    disk.make_room()
    true = (journal._checksum, journal._kept_checksum)
    for name, refusal in (("_checksum", Damaged), ("_kept_checksum", KeptDamaged)):
        monkeypatch.setattr(journal, name, b"another one")
        with pytest.raises(refusal):
            journal.resume()
        journal._checksum, journal._kept_checksum = true
    journal.resume()


def test_another_failure_is_not_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed sync the contents of the disk are unknown."""
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.fence(writer())
        journal._file.failure = WriteFailed("disk I/O error")
        monkeypatch.setattr(database, "ROOM_BYTES_MIN", 0)
        journal.resume()
        with pytest.raises(WriteFailed, match="disk I/O error"):
            journal.append(0, payloads(WROTE[:1]))


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("is_full", [True, False])
def test_a_start_without_room_is_refused(tmp_path: Path, exists: bool, is_full: bool) -> None:
    """
    A full or read-only disk is an error of ours at each step, and a start works once there is room.
    """
    with small_disk(tmp_path / "disk", 16) as disk:
        data = disk.path / "data"
        if exists:
            with closing(SqliteJournal(data)) as journal:
                journal.fence(writer())
                journal.append(0, payloads(WROTE[:100]))
        if is_full:
            disk.fill()
        else:
            disk.make_read_only()
        with pytest.raises(JournalError):
            start(data)
        if is_full:
            disk.make_room()
            start(data)


def start(data: Path) -> None:
    """Open a journal for writing."""
    with closing(SqliteJournal(data)) as journal:
        journal.fence(writer(journal.epoch + 1, journal.head + 1))
        journal.append(journal.head, payloads(WROTE[journal.head : journal.head + 1000]))
