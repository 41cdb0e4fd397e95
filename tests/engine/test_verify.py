"""
Verify and count: everything is looked at, nothing is touched, and a running server does not mind.
"""

from contextlib import closing
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from tests.engine.desk import crash, entries, fill, flip, payloads, run, traffic, writer

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine.clock import ManualClock
from countermand.engine.errors import Absent, Unreadable
from countermand.engine.keeper import Keeper
from countermand.engine.opening import open_engine
from countermand.engine.peek import peek
from countermand.engine.ports import Mark
from countermand.engine.replay import recover
from countermand.engine.snapshot import Snapshot, SnapshotDirectory, take
from countermand.engine.sqlite import SqliteJournal
from countermand.engine.statistics import statistics
from countermand.engine.verify import Verification, verify

COUNT = 120
WROTE = entries(COUNT)


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A directory with records, a mark, and a snapshot in between."""
    directory = tmp_path / "stopped"
    with closing(SqliteJournal(directory)) as journal:
        fill(journal, WROTE[:60])
        found = recover(journal)
        Keeper(found.exchange, SnapshotDirectory(directory), 1).leave(
            journal.checksum, found.outcome
        )
        journal.append(60, payloads(WROTE[60:]), [Mark(60, found.outcome)])
    return directory


def contents(directory: Path) -> dict[str, str]:
    """Return the digest of every file there is."""
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path): sha256(path.read_bytes()).hexdigest() for path in files}


def names(result: Verification) -> list[str]:
    """Return what was looked at."""
    return [check.name for check in result.checks]


def test_a_sound_directory_passes_every_check(stopped: Path) -> None:
    """Log, pages, both chains, the mark, snapshots, replay, history."""
    result = verify(stopped)
    assert (COUNT, 0, []) == (result.head, result.seq, result.failures)
    of_files = ["log", "pages", "chain", "kept", "high water", "snapshot"]
    assert [*of_files, "replay", "history"] == names(result)
    assert "1 marks met" in result.checks[-2].detail


def test_an_empty_journal_is_sound(tmp_path: Path) -> None:
    """Nothing was written, nothing is wrong."""
    SqliteJournal(tmp_path).close()
    assert [] == verify(tmp_path).failures
    found = statistics(tmp_path)
    assert (0, 0, {}, ()) == (found.head, found.busiest_count, found.commands, found.writers)


def test_a_directory_without_a_journal_is_said_so(tmp_path: Path) -> None:
    """It is not made one."""
    for look in (verify, statistics):
        with pytest.raises(Absent, match="has no journal"):
            look(tmp_path)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("left", ["stopped", "crashed", "killed"])
def test_looking_changes_nothing(stopped: Path, tmp_path: Path, left: str) -> None:
    """Not a byte, not a file: after a clean stop, a power failure, or with the log's index left."""
    directory = stopped
    if left != "stopped":
        with closing(SqliteJournal(stopped)) as journal:
            fill(journal, entries(COUNT + 10)[COUNT:])
            directory = crash(stopped, tmp_path / left)
            if left == "killed":
                index = (stopped / "journal.sqlite-shm").read_bytes()
                (directory / "journal.sqlite-shm").write_bytes(index)
    before = contents(directory)
    expected = COUNT if left == "stopped" else COUNT + 10
    assert (expected, []) == (verify(directory).head, verify(directory).failures)
    assert expected == statistics(directory).head
    with peek(directory) as seen:
        assert expected == len(list(seen.read(1)))
    assert before == contents(directory)


def test_a_running_server_can_be_looked_at(tmp_path: Path) -> None:
    """While it writes; what it writes later is not looked at."""

    async def test() -> None:
        engine = await open_engine(tmp_path, ManualClock(), lambda: None)
        commands = traffic(100)
        await engine.submit_all(commands[:50])
        with peek(tmp_path) as seen:
            await engine.submit_all(commands[50:])
            assert 50 == len(list(seen.read(1)))
        assert (100, []) == (verify(tmp_path).head, verify(tmp_path).failures)
        assert 100 == statistics(tmp_path).head
        await engine.stop()
        assert (100, []) == (verify(tmp_path).head, verify(tmp_path).failures)

    run(test())


def test_a_torn_tail_is_reported_and_left(stopped: Path, tmp_path: Path) -> None:
    """It is no damage; a start will cut it."""
    with closing(SqliteJournal(stopped)) as journal:
        fill(journal, entries(COUNT + 9)[COUNT:], 3)
        after = crash(stopped, tmp_path / "after")
    log = after / "journal.sqlite-wal"
    log.write_bytes(log.read_bytes()[:-100])
    result = verify(after)
    assert (0, COUNT + 6) == (result.seq, result.head)
    assert "a torn tail of" in result.checks[0].detail
    before = log.stat().st_size
    with closing(SqliteJournal(after)) as journal:
        assert (COUNT + 6, before) == (
            journal.head,
            journal.torn.end_bytes + journal.torn.torn_bytes,
        )


def test_damage_in_the_log_is_named(stopped: Path, tmp_path: Path) -> None:
    """The first lost record, and nothing after it is looked at."""
    with closing(SqliteJournal(stopped)) as journal:
        fill(journal, entries(COUNT + 9)[COUNT:], 3)
        after = crash(stopped, tmp_path / "after")
    flip(after / "journal.sqlite-wal", 32 + 24 + 4096 + 24 + 500)
    result = verify(after)
    assert (COUNT + 1, ["log"]) == (result.seq, names(result))


def test_a_damaged_snapshot_is_a_failure_that_names_no_record(stopped: Path) -> None:
    """The exchange starts without it; everything else is still looked at."""
    path = next((stopped / "snapshots").iterdir())
    flip(path, 50)
    result = verify(stopped)
    assert (0, ["snapshot"]) == (result.seq, [check.name for check in result.failures])
    assert ["replay", "history"] == names(result)[-2:]


def test_a_snapshot_of_another_journal_is_a_failure(stopped: Path) -> None:
    """Its checksum is not the record's."""
    snapshots = SnapshotDirectory(stopped)
    good = snapshots.load(60)
    snapshots.save(Snapshot(msgspec.structs.replace(good.header, checksum=b"?" * 16), good.dump))
    assert "not taken of this journal" in verify(stopped).failures[0].detail


def test_a_snapshot_of_another_state_is_found_by_replay(stopped: Path) -> None:
    """It is sealed and sound in itself; only replay can tell."""
    snapshots, other = SnapshotDirectory(stopped), Exchange()
    for entry in entries(60, seed=2):
        other.apply(entry)
    snapshots.save(take(other.dump(), snapshots.load(60).header))
    result = verify(stopped)
    assert (60, ["replay"]) == (result.seq, [check.name for check in result.failures])


def test_a_snapshot_beyond_the_journal_is_named(stopped: Path) -> None:
    """The records it was taken of are missing."""
    with closing(SqliteJournal(stopped)) as journal:
        journal.set_aside(50, 0)
    assert 50 == verify(stopped).seq


def test_a_state_that_breaks_its_rules_is_a_failure(
    stopped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As at a start."""

    def broken(_: Exchange) -> None:
        raise AssertionError("money from nowhere")

    monkeypatch.setattr(Exchange, "check_invariants", broken)
    assert "money from nowhere" in verify(stopped).failures[0].detail


def test_records_of_other_rules_are_replayed_from_the_snapshot_after_them(tmp_path: Path) -> None:
    """Their chain is checked all the same; without the snapshot it is said what is in the way."""
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.fence(writer(1, 1, RULES_VERSION + 1))
        journal.append(0, payloads(WROTE[:60]))
        found = recover(journal, None, RULES_VERSION + 1)
        Keeper(found.exchange, SnapshotDirectory(tmp_path), 1).leave(
            journal.checksum, found.outcome
        )
        fill(journal, WROTE[60:])
    result = verify(tmp_path)
    assert [] == result.failures
    assert "60 records from 61 on" in result.checks[-2].detail
    next((tmp_path / "snapshots").iterdir()).unlink()
    result = verify(tmp_path)
    assert (1, ["replay"]) == (result.seq, [check.name for check in result.failures])


def test_a_file_that_is_no_database_is_damage(tmp_path: Path) -> None:
    """Whatever it is, it is not what was written."""
    (tmp_path / "journal.sqlite").write_bytes(b"no database at all" * 500)
    result = verify(tmp_path)
    assert (1, ["journal"]) == (result.seq, names(result))


def test_a_journal_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    """Which is no damage: look again when it can be."""
    SqliteJournal(tmp_path).close()
    (tmp_path / "journal.sqlite-wal").mkdir()
    (tmp_path / "journal.sqlite-wal" / "x").touch()
    with pytest.raises(Unreadable):
        verify(tmp_path)


def test_what_is_in_a_journal_is_counted(stopped: Path) -> None:
    """By kind, by writer, and by second."""
    with closing(SqliteJournal(stopped)) as journal:
        fill(journal, [])
    found = statistics(stopped)
    assert (COUNT, 1, 0, COUNT) == (
        found.head,
        found.marks,
        found.quarantined,
        found.busiest_count,
    )
    kinds = [type(entry.command).__name__ for entry in WROTE]
    assert {kind: kinds.count(kind) for kind in kinds} == found.commands
    assert [(1, COUNT), (COUNT + 1, 0)] == [(w.first_seq, w.count) for w in found.writers]
    assert [COUNT - 1.0, 0.0] == [w.per_s for w in found.writers]
    assert [60] == list(found.snapshots)
    assert WROTE[0].ts_ns == found.writers[0].first_ns
    assert (stopped / "journal.sqlite").stat().st_size == found.journal_bytes
