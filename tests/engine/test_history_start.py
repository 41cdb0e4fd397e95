"""A start finds what was over before it, whatever became of the files."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.engine.desk import TRADERS, crash, run, traffic

from countermand.core.exchange import Exchange
from countermand.engine import history as history_module
from countermand.engine.behind import Left
from countermand.engine.clock import ManualClock
from countermand.engine.compaction import compact
from countermand.engine.copying import copy_directory
from countermand.engine.errors import WriteFailed
from countermand.engine.history import FILE_NAME
from countermand.engine.history_start import ASIDE
from countermand.engine.history_table import Table
from countermand.engine.intake import IntakeStopped, Limits
from countermand.engine.keeper import Keeper
from countermand.engine.opening import open_engine
from countermand.engine.peek import FILE_NAME as JOURNAL
from countermand.engine.repair import repair
from countermand.engine.replayer import leave_snapshots
from countermand.engine.sequencer import Engine
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.verify import Check, verify
from countermand.vocabulary.commands import Entry
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import ListFills, ListOrders

QUESTIONS = (
    ListOrders(TRADERS),
    ListOrders(TRADERS[:2], ord_statuses=(OrdStatus.FILLED,), offset=3, limit=20, ascending=True),
    ListFills(TRADERS),
)
COUNT = 300
COMMANDS = traffic(COUNT)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write often."""
    monkeypatch.setattr(history_module, "BATCH", 7)


async def opened(directory: Path, **more: Any) -> Engine:
    """Open a directory."""
    return await open_engine(directory, ManualClock(), pytest.fail, **more)


def told(exchange: Exchange | Engine) -> list[Any]:
    """Return what is told of what is over."""
    ask = exchange.view if isinstance(exchange, Engine) else exchange.query
    return [ask(question) for question in QUESTIONS]


def told_of_journal(engine: Engine) -> list[Any]:
    """Return what an exchange tells that applied all entries and never stopped."""
    exchange = Exchange()
    for entry in engine.journal.read(1):
        exchange.apply(entry)
    return told(exchange)


async def lived(directory: Path, count: int = COUNT, begin: int = 0) -> Engine:
    """Have commands done one by one."""
    engine = await opened(directory)
    for command in COMMANDS[begin:count]:
        await engine.submit(command)
    return engine


def stopped(directory: Path, count: int = COUNT) -> list[Any]:
    """Make a directory of a clean stop, and return what was told before it."""
    answers: list[Any] = []

    async def test() -> None:
        engine = await lived(directory, count)
        answers.extend(told(engine))
        await engine.stop()

    run(test())
    assert answers[0].total > count / 5
    return answers


def started(directory: Path) -> list[Any]:
    """Start it, and return what is told then."""
    answers: list[Any] = []

    async def test() -> None:
        engine = await opened(directory)
        answers.extend(told(engine))
        await engine.stop()

    run(test())
    return answers


def history_of(directory: Path) -> Check:
    """Return what a verification says of the history."""
    (check,) = [check for check in verify(directory).checks if check.name == "history"]
    return check


def do(directory: Path, *statements: str) -> None:
    """Change a history behind its owner's back."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_a_crash_at_any_moment_loses_nothing_that_was_over(tmp_path: Path) -> None:
    """Whatever was written of the history by then, and whatever snapshot there is."""
    chance = random.Random(5)

    async def test() -> None:
        directory = tmp_path / "0"
        engine = await opened(directory)
        done = 0
        for life in range(1, 9):
            for command in COMMANDS[done : done + 35]:
                await engine.submit(command)
            done += 35
            if chance.random() < 0.5:
                await asyncio.to_thread(list, leave_snapshots(directory, 10**6))
            if chance.random() < 0.5:
                engine.keeper.sync()
            engine.archive.wait()
            expected = told(engine)
            assert expected == told_of_journal(engine)
            directory = crash(directory, tmp_path / str(life))
            await engine.stop()
            engine = await opened(directory)
            assert expected == told(engine)
        await engine.stop()
        assert history_of(directory).ok

    run(test())


def remove(directory: Path) -> None:
    """It is gone."""
    (directory / FILE_NAME).unlink()


def damage(directory: Path) -> None:
    """It is no database."""
    (directory / FILE_NAME).write_bytes(b"nothing" * 999)


def lag(directory: Path) -> None:
    """It is an older one."""
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection, connection:
        connection.execute("DELETE FROM orders WHERE order_id > 200")
        connection.execute("DELETE FROM fills WHERE order_id > 0")
        connection.execute("DELETE FROM meta WHERE name = 'proof_seq'")
        connection.execute("UPDATE meta SET value = 0 WHERE name = 'seq'")
        connection.execute("UPDATE groups SET n = 0")
        connection.execute("UPDATE fill_groups SET n = 0")
        connection.execute("DELETE FROM orders")


def run_ahead(directory: Path) -> None:
    """It goes further than the journal."""
    do(directory, "UPDATE meta SET value = 5000 WHERE name = 'seq'")


@pytest.mark.parametrize("harm", [remove, damage, lag, run_ahead])
def test_a_history_that_is_of_no_use_is_made_of_the_journal(tmp_path: Path, harm: Any) -> None:
    """A start goes back to the first record for it, and tells what was told before."""
    expected = stopped(tmp_path)
    harm(tmp_path)
    assert expected == started(tmp_path)
    assert history_of(tmp_path).ok
    assert (tmp_path / ASIDE).exists() is (harm in (damage, run_ahead))
    assert expected == started(tmp_path)


@pytest.mark.parametrize(("harm", "how"), [(remove, "missing"), (lag, "behind the snapshots")])
def test_a_start_says_why_a_history_is_made_of_the_journal(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, harm: Any, how: str
) -> None:
    """One that was deleted is missing; one that is there is behind."""
    stopped(tmp_path)
    harm(tmp_path)
    caplog.clear()
    with caplog.at_level("INFO"):
        started(tmp_path)
    told = [r.getMessage() for r in caplog.records if "made of the journal" in r.message]
    assert [f"the history is {how}, and is made of the journal"] == told


def test_damage_that_is_met_while_it_runs_is_mended_by_the_next_start(tmp_path: Path) -> None:
    """Until then what cannot be told is refused, and commands are taken as before."""
    answers: list[Any] = []

    async def test() -> None:
        engine = await lived(tmp_path, COUNT - 1)
        engine.keeper.sync()
        assert engine.archive.wait()
        do(tmp_path, "UPDATE orders SET record = '{}'")
        with pytest.raises(IntakeStopped, match="cannot read its history"):
            engine.view(QUESTIONS[0])
        await engine.submit(COMMANDS[-1])
        answers.extend(told_of_journal(engine))
        await engine.stop()

    run(test())
    assert answers == started(tmp_path)
    assert (tmp_path / ASIDE).exists()


def test_the_history_of_another_journal_is_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Also where the other one is as long."""
    expected = stopped(tmp_path / "one")
    stopped(tmp_path / "other")
    shutil.copyfile(tmp_path / "other" / FILE_NAME, tmp_path / "one" / FILE_NAME)
    do(tmp_path / "one", "UPDATE orders SET record = '{}'")
    caplog.clear()
    with closing(sqlite3.connect(tmp_path / "one" / FILE_NAME)) as connection, connection:
        connection.execute("UPDATE meta SET value = value + 1 WHERE name = 'journal'")
    assert expected == started(tmp_path / "one")
    [reason] = [vars(r)["reason"] for r in caplog.records if "set aside" in r.message]
    assert "it is of another journal" == reason


def test_the_history_of_a_journal_that_was_the_same_once_is_set_aside(tmp_path: Path) -> None:
    """Two that went on from one copy: the link of the last record that it knows is another."""
    stopped(tmp_path / "one", 100)
    shutil.copytree(tmp_path / "one", tmp_path / "other")

    async def go_on(name: str, commands: Any) -> list[Any]:
        engine = await opened(tmp_path / name)
        for command in commands:
            await engine.submit(command)
        answers = told(engine)
        await engine.stop()
        return answers

    expected = asyncio.run(go_on("one", COMMANDS[100:160]))
    asyncio.run(go_on("other", traffic(160, 2)[100:160]))
    shutil.copyfile(tmp_path / "other" / FILE_NAME, tmp_path / "one" / FILE_NAME)
    assert expected == started(tmp_path / "one")
    assert (tmp_path / "one" / ASIDE).exists()


def test_what_was_compacted_away_is_said_to_be_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the history a start begins with the oldest snapshot, and knows what ended since."""

    async def test() -> None:
        engine = await lived(tmp_path, 150)
        await asyncio.to_thread(list, leave_snapshots(tmp_path, 10**6))
        for command in COMMANDS[150:]:
            await engine.submit(command)
        await engine.stop()

    run(test())
    expected = started(tmp_path)
    compact(tmp_path, 1)
    assert expected == started(tmp_path)
    assert "orders ended before what is replayed" in history_of(tmp_path).detail
    remove(tmp_path)
    caplog.clear()
    orders, _, fills = started(tmp_path)
    assert 0 < orders.total < expected[0].total
    assert fills == expected[2][: len(fills)]
    [lost] = [vars(r) for r in caplog.records if "is lost to the history" in r.message]
    assert (1, 150) == (lost["from"], lost["to"])
    assert history_of(tmp_path).ok


@pytest.mark.parametrize("harm", [remove, damage, lag])
def test_a_compaction_makes_the_history_before_it_drops_anything(tmp_path: Path, harm: Any) -> None:
    """Afterwards nothing could."""
    expected = stopped(tmp_path)
    harm(tmp_path)
    assert compact(tmp_path, 1).dropped
    assert expected == started(tmp_path)


def test_a_compaction_drops_nothing_where_the_history_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be dropped is in no other place."""
    expected = stopped(tmp_path)
    lag(tmp_path)

    def refuse(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Table, "write", refuse)
    with pytest.raises(WriteFailed, match="so nothing is dropped"):
        compact(tmp_path, 1)
    monkeypatch.undo()
    assert expected == started(tmp_path)


def test_what_is_dropped_is_in_the_history_before(tmp_path: Path) -> None:
    """A server that compacts itself drops no record of an order that a power cut could lose."""

    async def test() -> None:
        more = {"is_compacting": True, "limits": Limits(snapshot_every=10**6)}
        engine = await opened(tmp_path, **more)
        for command in COMMANDS[:100]:
            await engine.submit(command)
        assert engine.archive.synced < 60
        begun: list[int] = []
        engine.keeper._on_left = lambda left: begun.append(left.from_seq)
        left = [Left(100, 60), Left(100, 60)]
        engine.keeper._made(left[0])
        assert [] == begun
        assert engine.archive.wait()
        engine.keeper._made(left[1])
        assert [60] == begun
        await engine.stop()

    run(test())


def test_no_snapshot_is_left_that_the_history_does_not_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take the place of one that a start can begin with."""

    async def test() -> None:
        engine = await lived(tmp_path, 100)

        def refuse(*_: Any, **__: Any) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        monkeypatch.setattr(Table, "write", refuse)
        await engine.submit(COMMANDS[100])
        await engine.stop()

    run(test())
    monkeypatch.undo()
    assert () == SnapshotDirectory(tmp_path).seqs()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM orders WHERE order_id = (SELECT min(order_id) FROM orders)", "is missing"),
        ("UPDATE orders SET submit_ns = submit_ns + 1 WHERE order_id > 200", "not as it ended"),
        ("UPDATE groups SET n = n + 1 WHERE group_id = 1", "of group 1"),
        ("UPDATE groups SET side = 3 - side", "not as it ended"),
        ("DELETE FROM fills WHERE fill_id = 3", "is missing or is another"),
        ("INSERT INTO orders VALUES (999999, 1, 0, '[]')", "orders, and the journal ends"),
        ("INSERT INTO fills SELECT 999999, 1, 0, 0, 0, '', record FROM fills LIMIT 1", "a fill of"),
        ("DROP TABLE fills", "cannot be read"),
        ("DROP TABLE groups", "cannot be read"),
    ],
)
def test_a_verification_names_what_differs(tmp_path: Path, statement: str, said: str) -> None:
    """Any row that the journal does not bring about, or that it does and is not there."""
    stopped(tmp_path)
    sound = history_of(tmp_path)
    assert sound.ok
    assert "orders, " in sound.detail
    do(tmp_path, statement)
    found = history_of(tmp_path)
    assert (False, True) == (found.ok, said in found.detail), found.detail
    assert ["history"] == [check.name for check in verify(tmp_path).failures]


def test_a_verification_says_that_there_is_none(tmp_path: Path) -> None:
    """A start makes it; and one that is no database is said to be made anew."""
    stopped(tmp_path)
    damage(tmp_path)
    assert not history_of(tmp_path).ok
    remove(tmp_path)
    assert (True, "there is none: the next start makes it") == (
        history_of(tmp_path).ok,
        history_of(tmp_path).detail,
    )


def test_a_server_that_goes_on_is_verified_as_far_as_its_history_goes(tmp_path: Path) -> None:
    """What is not written yet is not missed."""

    async def test() -> None:
        engine = await lived(tmp_path, 120)
        assert engine.archive.wait()
        found = await asyncio.to_thread(history_of, tmp_path)
        assert found.ok, found.detail
        await engine.stop()

    run(test())


def test_a_repaired_journal_keeps_the_history_up_to_its_end(tmp_path: Path) -> None:
    """What came after the record that it ends at now never happened."""
    stopped(tmp_path)
    with closing(sqlite3.connect(tmp_path / JOURNAL)) as connection, connection:
        connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 200")
    for path in (tmp_path / "snapshots").iterdir():
        path.unlink()
    assert 199 == repair(tmp_path, 1).head
    found = history_of(tmp_path)
    assert (True, True) == (found.ok, found.detail.endswith("up to record 199")), found.detail
    assert not (tmp_path / ASIDE).exists()
    assert started(tmp_path)[2]


def test_a_repair_sets_a_history_aside_that_it_cannot_read(tmp_path: Path) -> None:
    """The next start makes it anew."""
    stopped(tmp_path)
    damage(tmp_path)
    (tmp_path / "high-water").unlink()
    repair(tmp_path, 1)
    assert (tmp_path / ASIDE).exists()
    assert started(tmp_path)[0].total


def test_a_copy_has_the_history(tmp_path: Path) -> None:
    """Of a server that goes on; what is damaged is left out."""

    async def test() -> None:
        engine = await lived(tmp_path / "live", 200)
        engine.keeper.sync()
        engine.archive.wait()
        expected = told(engine)
        for name in ("copy", "other"):
            (tmp_path / name).mkdir()
        await asyncio.to_thread(copy_directory, tmp_path / "live", tmp_path / "copy")
        await engine.stop()
        assert history_of(tmp_path / "copy").ok
        again = await opened(tmp_path / "copy")
        assert expected == told(again)
        await again.stop()

    run(test())
    damage(tmp_path / "live")
    copy_directory(tmp_path / "live", tmp_path / "other")
    assert not (tmp_path / "other" / FILE_NAME).exists()


def test_a_keeper_of_another_history_leaves_snapshots_as_before(tmp_path: Path) -> None:
    """A test's exchange records what is over in memory."""
    exchange = Exchange()
    for at, command in enumerate(COMMANDS[:50], 1):
        exchange.apply(Entry(at, at, command))
    Keeper(exchange, SnapshotDirectory(tmp_path), 1).leave(b"", b"")
    assert (50,) == SnapshotDirectory(tmp_path).seqs()
