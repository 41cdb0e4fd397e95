"""
The write-ahead log: what a crash leaves is cut, what a flip leaves is refused, never the other way.
"""

from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.desk import crash, entries, fill, flip, lag

from countermand.engine import wal
from countermand.engine.errors import Damaged
from countermand.engine.sqlite import SqliteJournal

HEADER, FRAME = 32, 24 + 4096
GROUPS, GROUP = 12, 3
WROTE = entries(GROUPS * GROUP)
LOG = "journal.sqlite-wal"


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal as a crash left it: some groups, each of one or more frames, all in the log."""
    base = tmp_path_factory.mktemp("wal")
    with closing(SqliteJournal(base / "live")) as journal:
        fill(journal, WROTE, GROUP)
        return lag(crash(base / "live", base / "crashed"))


def last_transaction(path: Path) -> int:
    """Return where the last transaction's first frame is."""
    data = path.read_bytes()
    frames = [data[at : at + FRAME] for at in range(HEADER, len(data), FRAME)]
    commits = [i for i, frame in enumerate(frames) if frame[4:8] != bytes(4)]
    return HEADER + (commits[-2] + 1) * FRAME


def test_a_sound_log_is_sound(crashed: Path) -> None:
    """Every commit is found, nothing is torn, and no log is no trouble."""
    found = wal.scan(crashed / LOG)
    size = (crashed / LOG).stat().st_size
    assert (GROUPS + 1, 0, 0, "") == (
        found.commits,
        found.torn_frames,
        found.torn_bytes,
        found.damage,
    )
    assert size == found.end_bytes
    assert wal.WalScan() == wal.scan(crashed / "nothing")


def test_a_log_torn_anywhere_is_cut_there(crashed: Path, tmp_path: Path) -> None:
    """Frames after the last whole commit are cut and counted, for any length left by a crash."""
    whole = (crashed / LOG).read_bytes()
    lengths = [0, 1, 31, 32, 33, *range(HEADER + 100, len(whole), FRAME // 2 - 7)]
    for index, length in enumerate(lengths):
        after = crash(crashed, tmp_path / str(index))
        (after / LOG).write_bytes(whole[:length])
        with closing(SqliteJournal(after)) as journal:
            read = list(journal.read(1))
            assert WROTE[: len(read)] == read
            assert 0 == len(read) % GROUP
            assert length == journal.torn.end_bytes + journal.torn.torn_bytes


def test_a_frame_of_garbage_at_the_end_is_torn(crashed: Path, tmp_path: Path) -> None:
    """A frame that was being written, whole in length and not in content."""
    after = crash(crashed, tmp_path / "after")
    data = (after / LOG).read_bytes()
    (after / LOG).write_bytes(data + data[-FRAME:-8] + bytes(8) + b"part of a frame")
    with closing(SqliteJournal(after)) as journal:
        assert (1, FRAME + 15) == (journal.torn.torn_frames, journal.torn.torn_bytes)
        assert WROTE == list(journal.read(1))
        fill(journal, [])
    with closing(SqliteJournal(after)) as journal:
        assert (0, WROTE) == (journal.torn.torn_bytes, list(journal.read(1)))


def test_a_flip_before_the_last_transaction_is_refused(crashed: Path, tmp_path: Path) -> None:
    """In each frame's header and page; the first lost record is named."""
    last = last_transaction(crashed / LOG)
    for index, frame in enumerate(range(HEADER, last, FRAME)):
        # Page number, salt, checksum, and three places in the page.
        for at in (3, 9, 17, 24, 1000, FRAME - 1):
            after = crash(crashed, tmp_path / f"{index}-{at}")
            flip(after / LOG, frame + at, at % 8)
            before = (after / LOG).read_bytes()
            with pytest.raises(Damaged) as refused:
                SqliteJournal(after)
            assert 1 <= refused.value.seq <= len(WROTE) - GROUP + 1
            assert before == (after / LOG).read_bytes(), "evidence must stay as it was"


def test_the_record_named_is_the_first_one_lost(crashed: Path, tmp_path: Path) -> None:
    """A flip in the transaction of the fifth group loses what that group wrote."""
    data = (crashed / LOG).read_bytes()
    frames = range(HEADER, len(data), FRAME)
    ends = [at + FRAME for at in frames if data[at + 4 : at + 8] != bytes(4)]
    # The writer's own row is the first transaction; the schema's has been copied by then.
    fifth = ends[4]
    after = crash(crashed, tmp_path / "after")
    flip(after / LOG, fifth + 50)
    with pytest.raises(Damaged) as refused:
        SqliteJournal(after)
    assert 4 * GROUP + 1 == refused.value.seq


def test_a_flip_in_the_last_transaction_looks_like_a_torn_tail(
    crashed: Path, tmp_path: Path
) -> None:
    """The one case that cannot be told apart: all but that group is kept, and it is said."""
    after = crash(crashed, tmp_path / "after")
    flip(after / LOG, last_transaction(after / LOG) + 100)
    with closing(SqliteJournal(after)) as journal:
        assert WROTE[:-GROUP] == list(journal.read(1))
        assert journal.torn.torn_frames > 0


@pytest.mark.parametrize("at", [0, 4, 8, 16, 20, 24, 28])
def test_a_flip_in_the_logs_header_is_refused(crashed: Path, tmp_path: Path, at: int) -> None:
    """SQLite would take the whole log for empty."""
    after = crash(crashed, tmp_path / "after")
    flip(after / LOG, at)
    with pytest.raises(Damaged, match="record 1: the log's header"):
        SqliteJournal(after)


def test_a_log_that_changes_while_it_is_read_is_read_again(
    crashed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frame seen half written is no damage, nor is a log that was begun anew meanwhile."""
    whole = (crashed / LOG).read_bytes()
    half_written = bytearray(whole)
    half_written[HEADER + 100] ^= 1
    begun_anew = bytes(32) + whole[32:]
    shown = iter([bytes(half_written), whole, begun_anew, whole, whole, whole])

    def read(_: Path, count: int = -1) -> bytes:
        return next(shown)[: count if count >= 0 else None]

    monkeypatch.setattr(wal, "_read", read)
    found = wal.scan(tmp_path)
    assert (GROUPS + 1, "", []) == (found.commits, found.damage, list(shown))


def test_frames_of_an_earlier_round_are_no_damage(tmp_path: Path) -> None:
    """A log that was begun anew still has them behind its end."""
    wrote = entries(4000)
    with closing(SqliteJournal(tmp_path / "live")) as journal:
        journal._file.connection.execute("PRAGMA wal_autocheckpoint = 20")
        for count in range(100, 220):
            at = journal.head
            fill(journal, wrote[at : at + 5])
            found = wal.scan(tmp_path / "live" / LOG)
            assert (0, "") == (found.torn_bytes, found.damage), count
        rounds = (tmp_path / "live" / LOG).stat().st_size > found.end_bytes
        after = crash(tmp_path / "live", tmp_path / "after")
    assert rounds, "the log must have been begun anew with a longer one behind it"
    with closing(SqliteJournal(after)) as journal:
        assert wrote[:600] == list(journal.read(1))
