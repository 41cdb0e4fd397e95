"""Snapshots: taken when it is time, trusted only when they prove themselves, never needed."""

import asyncio
import logging
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.engine.desk import FOUNDING, entries, fill, flip, payloads, run, state_after, traffic

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine import keeper as keeping
from countermand.engine import snapshot as snapshotting
from countermand.engine.behind import Behind, Left, OnEnd, OnLeft
from countermand.engine.clock import ManualClock
from countermand.engine.errors import Damaged, Hole
from countermand.engine.intake import Limits
from countermand.engine.keeper import Keeper
from countermand.engine.lock import DirectoryLock
from countermand.engine.opening import open_engine
from countermand.engine.replay import recover
from countermand.engine.replayer import leave_snapshots
from countermand.engine.snapshot import (
    KEPT,
    MAGIC,
    Header,
    Snapshot,
    SnapshotDamaged,
    SnapshotDirectory,
    take,
)
from countermand.engine.sqlite import SqliteJournal

COUNT = 120
WROTE = entries(COUNT)


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A directory with two snapshots, at records 60 and 100, and records beyond them."""
    with closing(SqliteJournal(tmp_path)) as journal:
        for upto in (60, 100):
            fill(journal, WROTE[journal.head : upto])
            found = recover(journal)
            Keeper(found.exchange, SnapshotDirectory(tmp_path), 1).leave(
                journal.checksum, found.outcome
            )
        fill(journal, WROTE[100:])
    return tmp_path


def test_a_start_applies_only_later_entries(stopped: Path) -> None:
    """The state is the same."""
    with closing(SqliteJournal(stopped)) as journal:
        found = recover(journal, SnapshotDirectory(stopped))
        assert (100, 20, ()) == (found.snapshot_seq, found.replayed, found.passed_over)
        assert state_after(WROTE) == found.exchange.digest()
        assert recover(journal).outcome == found.outcome


def test_a_damaged_snapshot_is_passed_over(stopped: Path) -> None:
    """The one before it is taken, then the whole journal; the log says which, and why."""
    snapshots, files = SnapshotDirectory(stopped), sorted((stopped / "snapshots").iterdir())
    with closing(SqliteJournal(stopped)) as journal:
        flip(files[1], 1000)
        found = recover(journal, snapshots)
        assert (60, ("snapshot 100: its seal does not fit",)) == (
            found.snapshot_seq,
            found.passed_over,
        )
        files[0].write_bytes(b"")
        found = recover(journal, snapshots)
        assert (0, 2) == (found.snapshot_seq, len(found.passed_over))
        assert state_after(WROTE) == found.exchange.digest()


def test_a_flip_anywhere_in_a_snapshot_is_seen(stopped: Path) -> None:
    """Every byte of it is under the seal."""
    path = min((stopped / "snapshots").iterdir())
    whole = path.read_bytes()
    for at in range(0, len(whole), 97):
        flip(path, at, at % 8)
        with pytest.raises(SnapshotDamaged):
            SnapshotDirectory(stopped).load(60)
        path.write_bytes(whole)
    assert 60 == SnapshotDirectory(stopped).load(60).exchange().seq


@pytest.mark.parametrize("cut", [0, 7, 11, 40, -33, -1])
def test_a_snapshot_cut_short_is_seen(stopped: Path, cut: int) -> None:
    """Wherever the file ends."""
    path = min((stopped / "snapshots").iterdir())
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(SnapshotDamaged):
        SnapshotDirectory(stopped).load(60)


def test_a_sealed_snapshot_must_still_make_sense(stopped: Path) -> None:
    """The header and the state are checked, and that they belong together."""
    snapshots, good = SnapshotDirectory(stopped), SnapshotDirectory(stopped).load(60)
    other_seq = msgspec.structs.replace(good.header, seq=61)
    for wrong in (Snapshot(good.header, b"?"), Snapshot(other_seq, good.dump)):
        with pytest.raises(SnapshotDamaged):
            wrong.proven()
    snapshots.save(Snapshot(other_seq, good.dump))
    path = stopped / "snapshots" / f"{61:016d}.snapshot"
    path.rename(path.with_name(f"{62:016d}.snapshot"))
    with pytest.raises(SnapshotDamaged, match="it is of record 61"):
        snapshots.load(62)
    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        snapshots.load(61)


def test_a_sealed_header_of_another_shape_is_seen(stopped: Path) -> None:
    """Such a header may come of a later version."""
    body = MAGIC + (1).to_bytes(4) + b"\x07"
    path = stopped / "snapshots" / f"{60:016d}.snapshot"
    path.write_bytes(body + snapshotting._seal(body))
    with pytest.raises(SnapshotDamaged, match="header makes no sense"):
        SnapshotDirectory(stopped).load(60)


def test_a_snapshot_of_another_journal_is_refused(stopped: Path) -> None:
    """It is not passed over: one of the two is in the wrong place."""
    snapshots, good = SnapshotDirectory(stopped), SnapshotDirectory(stopped).load(100)
    snapshots.save(Snapshot(msgspec.structs.replace(good.header, checksum=b"x" * 16), good.dump))
    with closing(SqliteJournal(stopped)) as journal, pytest.raises(Damaged) as refused:
        recover(journal, snapshots)
    assert 100 == refused.value.seq


def test_a_journal_shorter_than_its_snapshot_is_refused(stopped: Path) -> None:
    """The snapshot was taken of records that are not there any more."""
    with closing(SqliteJournal(stopped)) as journal:
        journal.set_aside(90, 0)
        with pytest.raises(Hole, match="a snapshot shows it reached 100") as refused:
            recover(journal, SnapshotDirectory(stopped))
    assert 90 == refused.value.seq


def test_the_last_two_are_kept_and_no_scraps(stopped: Path) -> None:
    """A file of a crash while writing is removed."""
    snapshots = SnapshotDirectory(stopped)
    (stopped / "snapshots" / "0000000000000070.tmp").write_bytes(b"half")
    (stopped / "snapshots" / "notes.snapshot").write_bytes(b"")
    newest = snapshots.load(100)
    snapshots.save(Snapshot(msgspec.structs.replace(newest.header, seq=101), newest.dump))
    assert (101, 100) == snapshots.seqs()
    assert [101, 100] == list(snapshots.sizes())
    assert [] == list((stopped / "snapshots").glob("*.tmp"))
    assert 2 == KEPT


def test_the_digest_is_the_exchanges_own() -> None:
    """The digest of the dump, made off the loop, is the exchange's."""
    exchange = Exchange()
    for entry in WROTE:
        exchange.apply(entry)
    snapshot = take(
        exchange.dump(), Header(RULES_VERSION, exchange.seq, exchange.ts_ns, b"", b"", b"")
    )
    assert exchange.digest() == snapshot.header.digest == snapshot.proven().digest()


def test_another_process_leaves_them_as_the_engine_goes(tmp_path: Path) -> None:
    """Snapshots of the journal so far, by one process at a time, and a last one at the stop."""

    async def test() -> None:
        limits = Limits(snapshot_every=30)
        engine = await open_engine(tmp_path, ManualClock(), lambda: None, limits)
        commands = traffic(100)
        for command in commands[:90]:
            await engine.submit(command)
        await asyncio.to_thread(left_beside, tmp_path)
        for command in commands[90:]:
            await engine.submit(command)
        await engine.stop()
        last, left = SnapshotDirectory(tmp_path).seqs()
        assert 100 == last
        assert 30 <= left < 100
        with closing(SqliteJournal(tmp_path)) as journal:
            from_it = recover(journal, only(tmp_path, left))
            assert (left, 100 - left) == (from_it.snapshot_seq, from_it.replayed)
            assert recover(journal).exchange.digest() == from_it.exchange.digest()
            assert recover(journal).outcome == from_it.outcome

    run(test())


def left_beside(directory: Path) -> tuple[int, ...]:
    """Return the snapshots there are, once there are any."""
    while not (seqs := SnapshotDirectory(directory).seqs()):
        time.sleep(0.01)
    return seqs


def only(directory: Path, seq: int) -> SnapshotDirectory:
    """Remove all snapshots but one."""
    for path in (directory / "snapshots").iterdir():
        if int(path.stem) != seq:
            path.unlink()
    return SnapshotDirectory(directory)


def test_a_snapshot_is_asked_for_by_count_or_by_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted are entries and the time to apply them, replayed ones too."""
    asked: list[int] = []

    class Asked:
        def __init__(self, _: Path, every: int, on_left: OnLeft, on_end: OnEnd) -> None:
            asked.append(exchange.seq)
            on_left(Left(exchange.seq, 0))
            on_end(None)

        def stop(self) -> None:
            """Do nothing: no process runs."""

    monkeypatch.setattr(keeping, "Behind", Asked)
    exchange = Exchange()

    async def test(replayed: int, every: int, applied_ns: int) -> list[int]:
        asked.clear()
        for entry in WROTE[exchange.seq : 20]:
            exchange.apply(entry)
        keeper = Keeper(exchange, SnapshotDirectory(tmp_path), every, replayed)
        for entry in WROTE[20:40]:
            exchange.apply(entry)
            keeper.consider(applied_ns)
            await asyncio.sleep(0)
        await keeper.settle()
        return list(asked)

    slow_ns = keeping.REPLAY_NS_MAX // 7 + 1
    for (replayed, every, applied_ns), expected in {
        (0, 8, 0): [28, 36],
        (5, 8, 0): [23, 31, 39],
        (20, 8, 0): [21, 29, 37],
        (0, 1000, slow_ns): [27, 34],
        (0, 1000, 0): [],
    }.items():
        exchange = Exchange()
        assert expected == asyncio.run(test(replayed, every, applied_ns))


def test_the_process_ends_with_the_engine(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A stop does not wait for a snapshot that it makes itself, and says nothing of it."""

    async def test() -> None:
        engine = await open_engine(tmp_path, ManualClock(), lambda: None, Limits(snapshot_every=5))
        await engine.submit_all(traffic(30))
        behind = engine.keeper._behind
        assert behind is not None
        await engine.stop()
        assert behind._process is None or behind._process.returncode is not None
        assert 30 == SnapshotDirectory(tmp_path).seqs()[0]

    run(test())
    assert [] == [each for each in caplog.records if each.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("snapshots", "File exists"),
        ("journal.sqlite", "unable to open database file"),
    ],
)
def test_a_process_that_fails_says_why(tmp_path: Path, spoil: str, reason: str) -> None:
    """Each failure is one line."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
        if spoil == "snapshots":
            (tmp_path / spoil).touch()
        else:
            (tmp_path / spoil).rename(tmp_path / "elsewhere")
        told: list[str | None] = []
        Behind(tmp_path, 1, pytest.fail, told.append).wait()
    [said] = told
    assert said is not None
    assert reason in said


def test_no_interpreter_to_run_it_with_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An embedded Python has none."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    told: list[str | None] = []
    Behind(tmp_path, 1, pytest.fail, told.append).wait()
    assert [f"{tmp_path / 'python'} cannot be run: No such file or directory"] == told


def test_it_goes_on_while_the_journal_grows(tmp_path: Path) -> None:
    """It begins with the state it has, and ends when few entries are left."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE[:40])
        leaving = leave_snapshots(tmp_path, 30)
        assert (40, 0) == next(leaving)
        journal.append(40, payloads(WROTE[40:80]))
        assert (80, 0) == next(leaving)
        journal.append(80, payloads(WROTE[80:109]))
        assert [] == list(leaving)
        assert (80, 40) == SnapshotDirectory(tmp_path).seqs()
        assert [(109, 80)] == list(leave_snapshots(tmp_path, 30))
        found = recover(journal, SnapshotDirectory(tmp_path))
    assert (109, state_after(WROTE[:109])) == (found.snapshot_seq, found.exchange.digest())


def test_a_long_way_is_gone_in_steps(tmp_path: Path) -> None:
    """A process that is killed again and again makes progress."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
        for expected in ((25, 0), (50, 25), (75, 50)):
            assert expected == next(leave_snapshots(tmp_path, 25))
        assert [(120, 75)] == list(leave_snapshots(tmp_path, 25))
        assert 120 == recover(journal, SnapshotDirectory(tmp_path)).snapshot_seq


def test_a_state_that_breaks_its_own_rules_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process reports it when it has no other work."""

    def broken(_: Exchange) -> None:
        raise AssertionError("water and oil do not mix")

    monkeypatch.setattr(Exchange, "check_invariants", broken)
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
        with pytest.raises(Damaged, match="water and oil"):
            list(leave_snapshots(tmp_path, 1000))


def test_a_start_that_replayed_much_leaves_one_itself(tmp_path: Path) -> None:
    """However soon it is killed, the next one replays less."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)

    async def test(every: int) -> tuple[int, ...]:
        engine = await open_engine(
            tmp_path, ManualClock(), pytest.fail, Limits(snapshot_every=every)
        )
        left = SnapshotDirectory(tmp_path).seqs()
        await engine.stop()
        for seq in SnapshotDirectory(tmp_path).seqs():
            (tmp_path / "snapshots" / f"{seq:016d}.snapshot").unlink()
        return left

    assert () == asyncio.run(test(COUNT // 2 + 1))
    assert (COUNT,) == asyncio.run(test(COUNT // 2))


def test_a_damaged_record_is_no_snapshot(tmp_path: Path) -> None:
    """The process checks the records it reads; a damaged one is reported and left."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 77")
        with pytest.raises(Damaged) as refused:
            list(leave_snapshots(tmp_path, 1000))
    assert 77 == refused.value.seq
    assert () == SnapshotDirectory(tmp_path).seqs()


def test_a_snapshot_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    """The engine goes on, and the next start replays."""

    async def test() -> None:
        (tmp_path / "snapshots").touch()
        limits = Limits(snapshot_every=5)
        engine = await open_engine(tmp_path, ManualClock(), lambda: None, limits)
        await engine.submit_all(FOUNDING)
        assert engine.stopped_because is None
        await engine.stop()
        again = await open_engine(tmp_path, ManualClock(), lambda: None)
        assert len(FOUNDING) == again.seq
        await again.stop()

    run(test())


def test_journal_is_closed_when_a_snapshot_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors in saving and in dumping at the stop."""

    def broken(*_: object) -> bytes:
        raise MemoryError("no room to think")

    async def test(what: type, name: str) -> None:
        monkeypatch.setattr(what, name, broken)
        engine = await open_engine(tmp_path, ManualClock(), pytest.fail)
        for command in traffic(30):
            await engine.submit(command)
        await engine.stop()
        monkeypatch.undo()
        DirectoryLock(tmp_path).release()

    run(test(SnapshotDirectory, "save"))
    run(test(Exchange, "dump"))
    assert () == SnapshotDirectory(tmp_path).seqs()
    skipped = [each for each in caplog.records if "no room to think" in str(vars(each))]
    assert {logging.WARNING} == {each.levelno for each in skipped}
    assert 2 == len(skipped)


def test_a_keeper_that_fails_does_not_keep_the_journal_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal and the feed are closed before its error is raised."""

    async def broken(_: Keeper) -> None:
        raise ValueError("a bug of the keeper's")

    async def test() -> None:
        monkeypatch.setattr(Keeper, "settle", broken)
        engine = await open_engine(tmp_path, ManualClock(), pytest.fail)
        with pytest.raises(ValueError, match="of the keeper's"):
            await engine.stop()
        DirectoryLock(tmp_path).release()

    run(test())


def test_a_clean_stop_leaves_one(tmp_path: Path) -> None:
    """The next start replays no entry; an empty exchange leaves no snapshot."""

    async def test() -> None:
        engine = await open_engine(tmp_path, ManualClock(), lambda: None)
        await engine.stop()
        assert () == SnapshotDirectory(tmp_path).seqs()
        engine = await open_engine(tmp_path, ManualClock(), lambda: None)
        await asyncio.gather(*[engine.submit(command) for command in traffic(50)])
        await engine.stop()
        assert (50,) == SnapshotDirectory(tmp_path).seqs()

    run(test())
