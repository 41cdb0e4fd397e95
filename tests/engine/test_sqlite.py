"""The journal on the disk: one owner, one format, and a disk that refuses."""

import ctypes
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.engine.desk import crash, entries, fill, payloads

from countermand.engine import database
from countermand.engine.errors import (
    Full,
    Locked,
    OtherFormat,
    Stale,
    Unreadable,
    Unsuitable,
    WriteFailed,
)
from countermand.engine.lock import DirectoryLock
from countermand.engine.sqlite import SqliteJournal


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """Closed and opened again, with the chain unbroken."""
    wrote = entries(200)
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, wrote[:120], 7)
    with closing(SqliteJournal(tmp_path)) as journal:
        assert (120, 1) == (journal.head, journal.epoch)
        fill(journal, wrote[120:], 7)
    with closing(SqliteJournal(tmp_path)) as journal:
        assert wrote == list(journal.read(1))


def test_appended_groups_survive_a_crash(tmp_path: Path) -> None:
    """Every group whose append returned is there, without a clean close."""
    wrote = entries(50)
    with closing(SqliteJournal(tmp_path / "live")) as journal:
        fill(journal, wrote, 5)
        after = crash(tmp_path / "live", tmp_path / "after")
    with closing(SqliteJournal(after)) as journal:
        assert wrote == list(journal.read(1))
        assert 0 == journal.torn.torn_bytes


def test_two_owners_are_one_too_many(tmp_path: Path) -> None:
    """The second is told the first's process, and may have the directory once that has ended."""
    with closing(SqliteJournal(tmp_path)), pytest.raises(Locked) as refused:
        SqliteJournal(tmp_path)
    assert str(os.getpid()) == refused.value.pid
    SqliteJournal(tmp_path).close()


def test_another_process_is_kept_out(tmp_path: Path) -> None:
    """Once the first has ended it is let in."""
    code = "import sys; from pathlib import Path; from countermand.engine.sqlite import *\n"
    code += "SqliteJournal(Path(sys.argv[1]))"
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with closing(SqliteJournal(tmp_path)):
        other = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False, env=env
        )
    assert f"served by process {os.getpid()}".encode() in other.stderr


def test_the_lock_file_stays(tmp_path: Path) -> None:
    """Removing it would let two owners each lock a file of their own."""
    lock = DirectoryLock(tmp_path)
    lock.release()
    lock.release()
    assert (tmp_path / "lock").exists()


def test_a_removed_lock_file_lets_no_second_owner_in(tmp_path: Path) -> None:
    """An operator may remove it on reading that another process serves the directory."""
    with closing(SqliteJournal(tmp_path)):
        (tmp_path / "lock").unlink()
        with pytest.raises(Locked, match=f"{tmp_path} is being served by process"):
            SqliteJournal(tmp_path)


def test_a_directory_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    """One sentence, at each step that needs to write."""
    (tmp_path / "file").touch()
    with pytest.raises(WriteFailed, match="cannot make"):
        SqliteJournal(tmp_path / "file" / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lock").mkdir()
    with pytest.raises(Unreadable, match="cannot open"):
        SqliteJournal(tmp_path / "data")


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_a_file_that_cannot_be_opened_is_said_so(tmp_path: Path, suffix: str) -> None:
    """Which is no damage, and nothing is made in its place."""
    SqliteJournal(tmp_path).close()
    path = tmp_path / f"journal.sqlite{suffix}"
    path.unlink(missing_ok=True)
    path.mkdir()
    with pytest.raises(Unreadable, match=f"cannot open {path}: Is a directory"):
        SqliteJournal(tmp_path)


def test_a_directory_of_another_user_is_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite would say that its database is read-only, and that is not what must be changed."""
    SqliteJournal(tmp_path).close()
    monkeypatch.setattr(os, "access", lambda path, _mode: path != tmp_path)
    with pytest.raises(Unreadable, match=f"cannot write in {tmp_path}: Permission denied"):
        SqliteJournal(tmp_path)


def test_another_programs_transaction_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database shell's transaction stops the journal, and the error names it."""
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, entries(1))
        with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(WriteFailed, match="database is locked"):
                journal.append(1, payloads(entries(2)[1:]))


def test_a_stale_writer_fails(tmp_path: Path) -> None:
    """The check is in the transaction, not in the process."""
    wrote = entries(10)
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, wrote[:4])
        with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as other, other:
            other.execute("INSERT INTO writers VALUES (2, 5, 1, 'elsewhere', 0)")
        with pytest.raises(Stale, match=r"^writer 2 has taken over from writer 1$"):
            journal.append(4, payloads(wrote[4:]))
        assert wrote[:4] == list(journal.read(1))


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """Refused, and not a byte of it changed."""
    path = tmp_path / "journal.sqlite"
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE cats (name)")
    before = path.read_bytes()
    with pytest.raises(OtherFormat, match="something else"):
        SqliteJournal(tmp_path)
    assert before == path.read_bytes()


def test_another_format_is_refused(tmp_path: Path) -> None:
    """A later version's journal is not guessed at."""
    SqliteJournal(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as other:
        other.execute("PRAGMA user_version = 4")
    with pytest.raises(OtherFormat, match="format 4, this version knows 3"):
        SqliteJournal(tmp_path)


def test_a_crash_while_it_is_made_leaves_nothing_to_repair(tmp_path: Path) -> None:
    """An empty file is a new journal."""
    (tmp_path / "journal.sqlite").touch()
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, entries(1))
        assert 1 == journal.head


def test_the_log_does_not_grow_without_bound(tmp_path: Path) -> None:
    """The log is begun anew once it has been copied."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, entries(6000), 3)
        size = (tmp_path / "journal.sqlite-wal").stat().st_size
    assert size < 8 * 1024 * 1024


def test_a_file_system_without_shared_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite does not fail there, it answers with another mode; nothing is made."""

    def connect(path: Path) -> sqlite3.Connection:
        return sqlite3.connect(f"{path.as_uri()}?vfs=unix-dotfile", uri=True, isolation_level=None)

    monkeypatch.setattr(database, "connect", connect)
    with pytest.raises(Unsuitable, match=r"write-ahead log .* mode is delete there"):
        SqliteJournal(tmp_path)
    assert not (tmp_path / "journal.sqlite").stat().st_size
    DirectoryLock(tmp_path).release()


def test_a_full_database_is_said_so(tmp_path: Path) -> None:
    """Earlier records stay; this connection takes no more."""
    wrote = entries(2000)
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, wrote[:10])
        journal._file.connection.execute("PRAGMA max_page_count = 8")
        with pytest.raises(Full, match="no room left"):
            journal.append(10, payloads(wrote[10:]))
        journal._file.connection.execute("PRAGMA max_page_count = 100000")
        with pytest.raises(WriteFailed, match="no room left"):
            journal.append(10, payloads(wrote[10:11]))
    with closing(SqliteJournal(tmp_path)) as journal:
        assert wrote[:10] == list(journal.read(1))


@contextmanager
def _small_disk(directory: Path) -> Iterator[str]:
    # A file system of its own where we may mount one, else a limit on the size of every file.
    directory.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", str(directory).encode(), b"tmpfs", 0, b"size=400k") == 0:
        try:
            yield "no room left|cannot write"
        finally:
            libc.umount(str(directory).encode())
    else:
        old = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, old[1]))
        try:
            yield "cannot write"
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, old)
            signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """The append that fails says why; with room again, everything before it is there."""
    wrote = entries(20_000)
    disk = tmp_path / "disk"
    with _small_disk(disk) as sentence, closing(SqliteJournal(disk)) as journal:
        with pytest.raises(WriteFailed, match=sentence):
            fill(journal, wrote, 10)
        kept = journal.head
        after = crash(disk, tmp_path / "after")
    assert 0 < kept < len(wrote)
    with closing(SqliteJournal(after)) as journal:
        assert wrote[: journal.head] == list(journal.read(1))
        assert kept <= journal.head


def test_a_closed_journal_writes_nothing(tmp_path: Path) -> None:
    """The error says that it is closed; a second close is harmless."""
    journal = SqliteJournal(tmp_path)
    fill(journal, entries(1))
    journal.close()
    journal.close()
    with pytest.raises(WriteFailed, match="closed"):
        journal.append(1, payloads(entries(2)[1:]))
