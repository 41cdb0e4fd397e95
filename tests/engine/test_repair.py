"""Repair: what can be proven is kept, what is lost is said first, nothing happens unasked."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.desk import crash, entries, fill, flip, order, state_after

from countermand.engine import high_water
from countermand.engine.clock import ManualClock
from countermand.engine.errors import JournalError, Locked, Lost, WriteFailed
from countermand.engine.high_water import RESERVE
from countermand.engine.opening import open_engine
from countermand.engine.ports import Kept
from countermand.engine.repair import LOSS, plan, repair
from countermand.engine.replay import recover
from countermand.engine.sqlite import SqliteJournal

COUNT = 60
WROTE = entries(COUNT)
KEPT = [Kept("world/x", b"{}"), Kept("keys/x", b"{}")]
FILE, LOG, MARK = "journal.sqlite", "journal.sqlite-wal", "high-water"
NOW_NS = 1


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of it in the database, half in the log, and a mark that had caught up."""
    base = tmp_path_factory.mktemp("repair")
    with closing(SqliteJournal(base / "live")) as journal:
        fill(journal, WROTE[: COUNT // 2], 3)
        journal.keep(KEPT[:1])
    with closing(SqliteJournal(base / "live")) as journal:
        fill(journal, WROTE[COUNT // 2 :], 3)
        journal.keep(KEPT[1:])
        return crash(base / "live", base / "killed")


def lose_log(directory: Path) -> None:
    """The log is removed."""
    (directory / LOG).unlink()


def spoil_log(directory: Path) -> None:
    """A frame in the middle of the log is bad."""
    flip(directory / LOG, (directory / LOG).stat().st_size // 2)


def lose_mark(directory: Path) -> None:
    """The mark is removed."""
    (directory / MARK).unlink()


def lose_page(directory: Path) -> None:
    """The database lost its last page."""
    data = (directory / FILE).read_bytes()
    (directory / FILE).write_bytes(data[:-4096])


@pytest.mark.parametrize("harm", [lose_log, spoil_log, lose_mark, lose_page])
def test_a_repaired_journal_starts_with_what_it_said(
    killed: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """The same entries up to where it said, and numbers beyond all that were given out."""
    after = crash(killed, tmp_path / "after")
    harm(after)
    with pytest.raises(JournalError):
        SqliteJournal(after)
    before = {path: path.read_bytes() for path in after.iterdir() if path.name != "lock"}
    told = plan(after)
    shm = after / f"{FILE}-shm"
    now = {p: p.read_bytes() for p in after.iterdir() if p.name != "lock" and p != shm}
    before.pop(shm, None)
    assert before == now, "a plan changes nothing"

    done = repair(after, NOW_NS)
    assert (told.head, told.reserved, told.because) == (done.head, done.reserved, done.because)
    with closing(SqliteJournal(after)) as journal:
        assert WROTE[: done.head] == list(journal.read(1))
        assert state_after(WROTE[: done.head]) == recover(journal).exchange.digest()
        assert tuple(KEPT[: done.kept]) == journal.kept()[: done.kept]
        assert [LOSS] * (done.kept < len(KEPT)) == [k.name for k in journal.kept()[done.kept :]]
        assert journal.reserved >= COUNT + RESERVE
    assert "" == plan(after).because
    asyncio.run(goes_on(after))


async def goes_on(directory: Path) -> None:
    """An engine over the directory takes commands, beyond every number before."""
    engine = await open_engine(directory, ManualClock(), lambda: None)
    assert (await engine.submit(order())).seq > COUNT + RESERVE
    await engine.stop()


def test_a_lost_log_loses_what_was_in_it(killed: Path, tmp_path: Path) -> None:
    """The lost records are named, before and after the repair."""
    after = crash(killed, tmp_path / "after")
    lose_log(after)
    told = plan(after)

    assert (COUNT // 2, COUNT, 1, 2) == (
        told.head,
        told.head_reached,
        told.kept,
        told.kept_reached,
    )
    assert WROTE[COUNT // 2 - 1].ts_ns == told.ends_at_ns
    aside = after / repair(after, NOW_NS).set_aside
    assert {FILE, MARK} == {path.name for path in aside.iterdir()} - {f"{FILE}-shm"}


def test_a_sound_journal_is_left_alone(killed: Path, tmp_path: Path) -> None:
    """A repair of it changes no file."""
    after = crash(killed, tmp_path / "after")
    before = high_water.read(after)

    assert ("", "") == (repair(after, NOW_NS).because, plan(after).set_aside)
    assert before == high_water.read(after)


def test_without_a_journal_there_is_nothing_to_keep(killed: Path, tmp_path: Path) -> None:
    """A copy is the only way on, and it is said."""
    after = crash(killed, tmp_path / "after")
    (after / FILE).unlink()
    with pytest.raises(Lost, match="put a copy of it back"):
        plan(after)


def test_a_repair_that_fails_leaves_the_directory_as_it_was(
    killed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk, half a new journal would take the room that is missing."""
    after = crash(killed, tmp_path / "after")
    (after / "journal.sqlite-wal").unlink()
    before = {path.name for path in after.iterdir()}
    monkeypatch.setattr("countermand.engine.repair.SCHEMA", ("no statement",))
    with pytest.raises(WriteFailed, match=f"the repair of {after} failed: "):
        repair(after, NOW_NS)

    assert before == {path.name for path in after.iterdir()} - {"lock"}


def test_a_directory_that_is_served_is_left_alone(tmp_path: Path) -> None:
    """A served journal is not at rest."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
        with pytest.raises(Locked):
            repair(tmp_path, NOW_NS)
