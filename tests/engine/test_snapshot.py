"""Snapshots: taken when it is time, trusted only when they prove themselves, never needed."""

import asyncio
import logging
import threading
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from tests.engine.desk import FOUNDING, entries, fill, flip, run, state_after, traffic

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine import keeper as keeping
from countermand.engine import snapshot as snapshotting
from countermand.engine.clock import ManualClock
from countermand.engine.errors import Damaged, Hole
from countermand.engine.intake import Limits
from countermand.engine.keeper import Keeper
from countermand.engine.lock import DirectoryLock
from countermand.engine.replay import open_engine, recover
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


def test_a_start_applies_only_what_comes_after(stopped: Path) -> None:
    """And comes to the same state."""
    with closing(SqliteJournal(stopped)) as journal:
        found = recover(journal, SnapshotDirectory(stopped))
        assert (100, 20, ()) == (found.snapshot_seq, found.replayed, found.passed_over)
        assert state_after(WROTE) == found.exchange.digest()
        assert recover(journal).outcome == found.outcome


def test_a_damaged_snapshot_is_passed_over(stopped: Path) -> None:
    """For the one before it, then for the whole journal; it is said which, and why."""
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
    """Its header, its state, and that they are of each other."""
    snapshots, good = SnapshotDirectory(stopped), SnapshotDirectory(stopped).load(60)
    other_seq = msgspec.structs.replace(good.header, seq=61)
    for wrong in (Snapshot(good.header, b"?"), Snapshot(other_seq, good.dump)):
        with pytest.raises(SnapshotDamaged):
            wrong.exchange()
    snapshots.save(Snapshot(other_seq, good.dump))
    path = stopped / "snapshots" / f"{61:016d}.snapshot"
    path.rename(path.with_name(f"{62:016d}.snapshot"))
    with pytest.raises(SnapshotDamaged, match="it is of record 61"):
        snapshots.load(62)
    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        snapshots.load(61)


def test_a_sealed_header_of_another_shape_is_seen(stopped: Path) -> None:
    """As a later version might write it."""
    body = MAGIC + (1).to_bytes(4) + b"\x07"
    path = stopped / "snapshots" / f"{60:016d}.snapshot"
    path.write_bytes(body + snapshotting._seal(body))
    with pytest.raises(SnapshotDamaged, match="header makes no sense"):
        SnapshotDirectory(stopped).load(60)


def test_a_snapshot_of_another_journal_is_refused(stopped: Path) -> None:
    """Not passed over: one of the two is not what it seems."""
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
    """A crash while writing leaves a file that is nobody's."""
    snapshots = SnapshotDirectory(stopped)
    (stopped / "snapshots" / "0000000000000070.tmp").write_bytes(b"half")
    (stopped / "snapshots" / "notes.snapshot").write_bytes(b"")
    newest = snapshots.load(100)
    snapshots.save(Snapshot(msgspec.structs.replace(newest.header, seq=101), newest.dump))
    assert (101, 100) == snapshots.seqs()
    assert [101, 100] == list(snapshots.sizes())
    assert 2 == KEPT


def test_the_digest_is_the_exchanges_own() -> None:
    """It is made from the dump, off the loop, and is the same."""
    exchange = Exchange()
    for entry in WROTE:
        exchange.apply(entry)
    snapshot = take(
        exchange.dump(), Header(RULES_VERSION, exchange.seq, exchange.ts_ns, b"", b"", b"")
    )
    assert exchange.digest() == snapshot.header.digest == snapshot.exchange().digest()


def test_an_engine_takes_them_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a time: while one is being written no other is begun; and one at the stop."""
    saved, gate = [], threading.Event()
    save = SnapshotDirectory.save

    def slowly(directory: SnapshotDirectory, snapshot: Snapshot) -> None:
        saved.append(snapshot.header.seq)
        assert gate.wait(10)
        save(directory, snapshot)

    monkeypatch.setattr(SnapshotDirectory, "save", slowly)

    async def test() -> None:
        limits = Limits(snapshot_every=30)
        engine = await open_engine(tmp_path, ManualClock(), lambda: None, limits)
        commands = traffic(100)
        for command in commands[:90]:
            await engine.submit(command)
        gate.set()
        await engine._keeper.settle()
        for command in commands[90:]:
            await engine.submit(command)
        await engine.stop()
        assert [30, 91, 100] == saved
        assert (100, 91) == SnapshotDirectory(tmp_path).seqs()

    run(test())


def test_a_slow_dump_makes_the_next_ones_rarer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pause is the clients' to bear."""
    monkeypatch.setattr(keeping, "PAUSE_S_MAX", -1.0)

    async def test() -> None:
        exchange, snapshots = Exchange(), SnapshotDirectory(tmp_path)
        keeper, taken = Keeper(exchange, snapshots, 5), []
        for entry in WROTE[:100]:
            exchange.apply(entry)
            keeper.consider(b"", b"")
            await keeper.settle()
            taken = sorted({*taken, *snapshots.seqs()})
        assert [5, 15, 35, 75] == taken

    run(test())


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


def test_whatever_goes_wrong_with_a_snapshot_the_journal_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In saving and in dumping, as it goes and at the stop; the exchange goes on meanwhile."""

    def broken(*_: object) -> bytes:
        raise MemoryError("no room to think")

    async def test(what: type, name: str) -> None:
        monkeypatch.setattr(what, name, broken)
        engine = await open_engine(tmp_path, ManualClock(), pytest.fail, Limits(snapshot_every=5))
        for command in traffic(30):
            await engine.submit(command)
        assert engine.stopped_because is None
        await engine.stop()
        monkeypatch.undo()
        DirectoryLock(tmp_path).release()

    run(test(SnapshotDirectory, "save"))
    run(test(Exchange, "dump"))
    assert () == SnapshotDirectory(tmp_path).seqs()
    skipped = [each for each in caplog.records if "no room to think" in str(vars(each))]
    assert {logging.WARNING} == {each.levelno for each in skipped}
    assert 2 * (30 // 5) <= len(skipped)


def test_a_keeper_that_fails_does_not_keep_the_journal_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor the subscribers waiting: what it raises comes out only after both are closed."""

    async def broken(_: Keeper) -> None:
        raise ValueError("a bug of the keeper's")

    async def test() -> None:
        monkeypatch.setattr(Keeper, "settle", broken)
        engine = await open_engine(tmp_path, ManualClock(), pytest.fail)
        with pytest.raises(ValueError, match="of the keeper's"):
            await engine.stop()
        DirectoryLock(tmp_path).release()

    run(test())


def test_a_pause_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With its milliseconds, from the length on that a client may notice."""

    async def test() -> None:
        exchange = Exchange()
        keeper = Keeper(exchange, SnapshotDirectory(tmp_path), 1)
        for entry, noticed in zip(WROTE, (3600.0, -1.0), strict=False):
            monkeypatch.setattr(keeping, "NOTICED_S", noticed)
            exchange.apply(entry)
            keeper.consider(b"", b"")
            await keeper.settle()

    run(test())
    (pause,) = caplog.records
    assert (logging.WARNING, 2) == (pause.levelno, vars(pause)["seq"])
    assert 0 <= vars(pause)["ms"] < 1000


def test_a_clean_stop_leaves_one(tmp_path: Path) -> None:
    """So that the next start replays nothing, and an empty exchange leaves none."""

    async def test() -> None:
        engine = await open_engine(tmp_path, ManualClock(), lambda: None)
        await engine.stop()
        assert () == SnapshotDirectory(tmp_path).seqs()
        engine = await open_engine(tmp_path, ManualClock(), lambda: None)
        await asyncio.gather(*[engine.submit(command) for command in traffic(50)])
        await engine.stop()
        assert (50,) == SnapshotDirectory(tmp_path).seqs()

    run(test())
