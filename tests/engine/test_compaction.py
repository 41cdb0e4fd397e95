"""Compaction: entries that no start needs are dropped, and what is left proves itself as before."""

import asyncio
import sqlite3
import time
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from tests.engine import former
from tests.engine.desk import crash, entries, fill, flip, run, state_after, traffic

from countermand.core.exchange import Exchange
from countermand.engine import compacting, compaction
from countermand.engine.behind import Left
from countermand.engine.clock import ManualClock
from countermand.engine.compaction import compact
from countermand.engine.errors import Absent, Damaged, JournalError, Lost, OtherFormat, WriteFailed
from countermand.engine.intake import Limits
from countermand.engine.keeper import Keeper
from countermand.engine.opening import open_engine
from countermand.engine.outcomes import Outcomes
from countermand.engine.peek import FILE_NAME, beside, peek
from countermand.engine.repair import plan, repair
from countermand.engine.replay import recover
from countermand.engine.replayer import leave_snapshots
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.engine.statistics import statistics
from countermand.engine.verify import verify

RULES_3 = Path(__file__).with_name("rules_3.zip")

COUNT = 120
WROTE = entries(COUNT)


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A directory with two snapshots, at records 60 and 100, and records beyond them."""
    directory = tmp_path / "data"
    with closing(SqliteJournal(directory)) as journal:
        for upto in (60, 100):
            fill(journal, WROTE[journal.head : upto])
            snapshot(directory, journal)
        fill(journal, WROTE[100:])
    return directory


def snapshot(directory: Path, journal: SqliteJournal) -> None:
    """Leave a snapshot of a journal as it is."""
    found = recover(journal, SnapshotDirectory(directory))
    Keeper(found.exchange, SnapshotDirectory(directory), 1).leave(
        journal.checksum, found.outcome, journal.first
    )


def started(directory: Path) -> Exchange:
    """Return the exchange that a start comes to."""
    with closing(SqliteJournal(directory)) as journal:
        return recover(journal, SnapshotDirectory(directory)).exchange


def failures(directory: Path) -> list[str]:
    """Return what a verification finds wrong."""
    return [check.detail for check in verify(directory).failures]


def test_entries_before_the_older_snapshot_are_dropped(stopped: Path) -> None:
    """The exchange is what it was, and goes on from there."""
    done = compact(stopped, 7)

    assert (60, 59, "") == (done.first, done.dropped, done.archive)
    assert state_after(WROTE) == started(stopped).digest()
    assert [] == failures(stopped)
    with closing(SqliteJournal(stopped)) as journal:
        assert (60, 120) == (journal.first, journal.head)
        assert list(range(60, 121)) == [entry.seq for entry in journal.read(60)]
        assert [60] == [base.seq for base in journal.bases()]
        journal.check(60, 120)
        fill(journal, entries(140)[120:])
    assert state_after(entries(140)) == started(stopped).digest()
    assert 0 == compact(stopped, 8).dropped


def test_the_disk_gets_back_what_was_dropped(tmp_path: Path) -> None:
    """Most of the file was entries."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, entries(3000), 100)
        snapshot(tmp_path, journal)
    done = compact(tmp_path, 7)
    assert done.bytes_after < done.bytes_before / 3
    assert done.bytes_after == (tmp_path / FILE_NAME).stat().st_size
    assert state_after(entries(3000)) == started(tmp_path).digest()


def test_it_goes_on_from_where_it_began(stopped: Path) -> None:
    """Each time the snapshot that all stands on is kept, beside the last two."""
    compact(stopped, 7)
    with closing(SqliteJournal(stopped)) as journal:
        snapshot(stopped, journal)
        fill(journal, entries(150)[120:])
        snapshot(stopped, journal)
    assert (150, 120, 60) == SnapshotDirectory(stopped).seqs()
    assert [] == failures(stopped)

    done = compact(stopped, 8)
    assert (120, 60) == (done.first, done.dropped)
    assert (150, 120) == SnapshotDirectory(stopped).seqs()
    assert [] == failures(stopped)
    assert state_after(entries(150)) == started(stopped).digest()


def test_the_only_snapshot_will_do_and_none_drops_nothing(tmp_path: Path) -> None:
    """At the head, as after the first clean stop: one record is kept."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
    assert 0 == compact(tmp_path, 7).dropped
    with closing(SqliteJournal(tmp_path)) as journal:
        snapshot(tmp_path, journal)
    assert 120 == compact(tmp_path, 7).first
    assert [] == failures(tmp_path)
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, entries(130)[120:])
    assert state_after(entries(130)) == started(tmp_path).digest()


def test_a_snapshot_that_is_damaged_is_not_stood_on(stopped: Path) -> None:
    """Then the other one is."""
    flip(stopped / "snapshots" / f"{60:016d}.snapshot", 900)
    assert 100 == compact(stopped, 7).first
    assert [] == failures(stopped)


def test_a_damaged_record_is_not_dropped(stopped: Path) -> None:
    """What is damaged is left for a person to look at; nothing is changed."""
    with closing(SqliteJournal(stopped)) as journal:
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 30")
    with pytest.raises(Damaged) as refused:
        compact(stopped, 7)
    assert 30 == refused.value.seq
    with peek(stopped) as seen:
        assert 1 == seen.first


def test_without_a_snapshot_nothing_starts(stopped: Path) -> None:
    """It is said which one is missing; neither a start nor a repair goes on from nothing."""
    compact(stopped, 7)
    for path in (stopped / "snapshots").iterdir():
        path.rename(stopped / path.name)
    expected = "records before 60 were dropped, and no snapshot of record 60"
    for act in (started, plan):
        with pytest.raises(Lost, match=expected):
            act(stopped)
    assert [expected] == [each[len("the ") :][: len(expected)] for each in failures(stopped)]


def test_a_snapshot_of_an_earlier_record_is_of_no_use(stopped: Path) -> None:
    """As one that was copied back from before."""
    early = (stopped / "snapshots" / f"{60:016d}.snapshot").read_bytes()
    (stopped / "snapshots" / f"{60:016d}.snapshot").unlink()
    compact(stopped, 7)
    (stopped / "snapshots" / f"{60:016d}.snapshot").write_bytes(early)
    assert state_after(WROTE) == started(stopped).digest()
    (stopped / "snapshots" / f"{100:016d}.snapshot").unlink()
    with pytest.raises(Lost, match="before 100 were dropped"):
        started(stopped)


@pytest.mark.parametrize("column", ["before", "checksum", "outcome", "digest"])
def test_what_it_stands_on_is_proven(stopped: Path, column: str) -> None:
    """Each of its numbers is compared with the snapshot or with the chain."""
    compact(stopped, 7)
    with closing(sqlite3.connect(stopped / FILE_NAME)) as journal:
        journal.execute(f"UPDATE base SET {column} = zeroblob(16)")  # noqa: S608 -- ours
        journal.commit()
    result = verify(stopped)
    assert 60 == result.seq
    assert result.failures


@pytest.mark.parametrize("drops", [0, 1, 2])
def test_a_kill_in_between_leaves_a_directory_that_starts(
    stopped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drops: int
) -> None:
    """The rest is dropped the next time."""
    monkeypatch.setattr(compaction, "AT_ONCE", 20)
    drop, done = SqliteJournal.drop, []

    def killed(journal: SqliteJournal, count: int) -> int:
        if len(done) == drops:
            crash(stopped, tmp_path / "after")
        done.append(count)
        return drop(journal, count)

    monkeypatch.setattr(SqliteJournal, "drop", killed)
    compact(stopped, 7)
    after = tmp_path / "after"
    assert [] == failures(after)
    assert state_after(WROTE) == started(after).digest()
    again = compact(after, 8)
    assert (60, 0) == (again.first, again.dropped)
    with closing(sqlite3.connect(after / FILE_NAME)) as journal:
        assert [(61,)] == journal.execute("SELECT count(*) FROM entries").fetchall()
    assert [] == failures(after)


def test_what_is_dropped_can_be_kept_in_an_archive(stopped: Path, tmp_path: Path) -> None:
    """Which is read like a journal, proves itself, and is not started."""
    archive, second = tmp_path / "old.archive", tmp_path / "older.archive"
    assert str(archive) == compact(stopped, 7, archive).archive
    assert 0o600 == archive.stat().st_mode & 0o777

    result = verify(archive)
    assert [] == result.failures
    assert ["log", "pages", "chain", "kept", "replay"] == [check.name for check in result.checks]
    with peek(archive) as seen:
        assert WROTE[:60] == list(seen.read(1))
        told = list(Outcomes(seen, archive))
    assert all(outcome.events is not None for outcome in told)
    assert 60 == statistics(archive).head
    with closing(SqliteJournal(stopped)) as journal:
        snapshot(stopped, journal)
    with pytest.raises(WriteFailed, match="exists already"):
        compact(stopped, 8, archive)

    compact(stopped, 8, second)
    assert [] == failures(second)
    with peek(second) as seen:
        assert (60, 100) == (seen.first, seen.head)

    (tmp_path / "other").mkdir()
    second.rename(tmp_path / "other" / FILE_NAME)
    with pytest.raises(OtherFormat, match="is an archive"):
        SqliteJournal(tmp_path / "other")


def test_what_cannot_be_archived_is_not_dropped(stopped: Path, tmp_path: Path) -> None:
    """There is no folder to put it in."""
    with pytest.raises(WriteFailed, match="cannot write"):
        compact(stopped, 7, tmp_path / "nowhere" / "old.archive")
    with peek(stopped) as seen:
        assert 1 == seen.first


def test_it_goes_on_from_rules_to_rules(tmp_path: Path) -> None:
    """Compacted before its snapshot is migrated, it is proven as before."""
    with zipfile.ZipFile(RULES_3) as archive:
        archive.extractall(tmp_path)
    [seq] = SnapshotDirectory(tmp_path).seqs()
    expected = former.migrated(tmp_path).digest()
    assert seq == compact(tmp_path, 7).first

    async def test() -> bytes:
        engine = await former.opened(tmp_path)
        digest = sha256(engine.dump()[0]).digest()
        await engine.submit(traffic(1)[0])
        await engine.stop()
        return digest

    assert expected == asyncio.run(test())
    assert former.left(tmp_path).header.seq > seq
    assert [] == failures(tmp_path)


def test_the_first_format_is_not_compacted(tmp_path: Path) -> None:
    """Worlds and keys have to move into the journal first: a start sees to that."""
    with pytest.raises(OtherFormat, match="start this version once"):
        compact(former.stopped(tmp_path / "data"), 7)


def test_no_journal_is_made_where_there_is_none(tmp_path: Path) -> None:
    """An empty directory stays empty."""
    with pytest.raises(Absent):
        compact(tmp_path, 7)
    assert [] == list(tmp_path.iterdir())


def test_it_can_be_looked_into_and_repaired(stopped: Path) -> None:
    """From its first record on."""
    compact(stopped, 7)
    assert (120, 61) == (
        statistics(stopped).head,
        sum(statistics(stopped).commands.values()),
    )
    with peek(stopped) as seen:
        told = list(Outcomes(seen, stopped))
    assert [outcome.entry.seq for outcome in told] == list(range(60, 121))
    assert ["the records before it were dropped"] == [o.why for o in told if o.events is None]
    assert "" == plan(stopped).because

    with closing(SqliteJournal(stopped)) as journal:
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 115")
    done = repair(stopped, 8)
    assert (114, 120) == (done.head, done.head_reached)
    assert [] == failures(stopped)
    assert state_after(WROTE[:114]) == started(stopped).digest()


def begins_at(directory: Path, seq: int) -> None:
    """Return once a running engine's journal holds nothing before an entry."""
    for _ in range(1000):
        with beside(directory) as records:
            if seq == next(iter(records.rows(0, 10**9)))[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nothing is dropped")


def test_an_engine_drops_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the snapshot before the last one makes needless, a little at a time."""
    monkeypatch.setattr(compacting, "AT_ONCE", 7)
    monkeypatch.setattr(compacting, "PAUSE_S", 0.0)

    async def test() -> None:
        engine = await open_engine(
            tmp_path, ManualClock(), pytest.fail, Limits(snapshot_every=10**6), is_compacting=True
        )
        commands, lefts = traffic(200), []
        for upto in (50, 100, 150):
            for command in commands[engine.seq : upto]:
                await engine.submit(command)
            lefts += await asyncio.to_thread(list, leave_snapshots(tmp_path, 10**6))
            engine.keeper._made(Left(*lefts[-1]))
            await asyncio.to_thread(begins_at, tmp_path, max(1, lefts[-1][1]))
        assert [(50, 0), (100, 50), (150, 100)] == lefts
        assert 100 == engine.journal.first
        for command in commands[150:]:
            await engine.submit(command)
        await engine.stop()

    run(test())
    assert (200, 150, 100) == SnapshotDirectory(tmp_path).seqs()
    assert [] == failures(tmp_path)


def test_what_cannot_be_dropped_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And the exchange goes on."""

    def broken(_: SqliteJournal, __: int) -> int:
        raise JournalError("no room to think")

    monkeypatch.setattr(SqliteJournal, "drop", broken)

    async def test() -> None:
        engine = await open_engine(tmp_path, ManualClock(), pytest.fail, is_compacting=True)
        for command in traffic(30):
            await engine.submit(command)
        await asyncio.to_thread(list, leave_snapshots(tmp_path, 10**6))
        engine.archive.sync(30)
        assert engine.archive.wait()
        for from_seq in (29, 30):
            engine.keeper._made(Left(30, from_seq))
            await asyncio.sleep(0.05)
        await engine.submit(traffic(31)[30])
        await engine.stop()

    run(test())
    told = [vars(each)["reason"] for each in caplog.records if "not compacted" in each.message]
    assert ["snapshot 29: it cannot be read: No such file or directory", "no room to think"] == told
