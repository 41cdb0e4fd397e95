"""The high-water mark: an end that is missing is refused, and no number is given out twice."""

import logging
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.desk import (
    FOUNDING,
    caught_up,
    crash,
    entries,
    fill,
    flip,
    lag,
    order,
    payloads,
    run,
    writer,
)

from countermand.engine import high_water
from countermand.engine.clock import ManualClock
from countermand.engine.errors import Damaged, Hole, Lost, WriteFailed
from countermand.engine.high_water import RESERVE, HighWater, Level
from countermand.engine.opening import open_engine
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import Entry

COUNT = 40
WROTE = entries(COUNT)
LOG, MARK = "journal.sqlite-wal", "high-water"
CHECKSUM = b"0123456789abcdef"


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal that was killed with all its records in the log, and a mark that had caught up."""
    base = tmp_path_factory.mktemp("high-water")
    with closing(SqliteJournal(base / "live")) as journal:
        fill(journal, WROTE, 4)
        caught_up(base / "live", COUNT)
        return crash(base / "live", base / "killed")


def append(journal: SqliteJournal, wrote: list[Entry]) -> None:
    """Append what is not there yet, in groups of 64."""
    for at in range(journal.head, len(wrote), 64):
        journal.append(at, payloads(wrote[at : at + 64]))


def remove(path: Path) -> None:
    """Remove a file."""
    path.unlink()


def empty(path: Path) -> None:
    """Leave nothing of a file's content."""
    path.write_bytes(b"")


def cut(path: Path) -> None:
    """Leave the first half of a file's content."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("harm", [remove, empty, cut])
def test_a_log_that_lost_its_end_is_refused(
    killed: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """With the first record that is missing, the file that had it, and nothing changed."""
    after = crash(killed, tmp_path / "after")
    harm(after / LOG)
    before = {path.name: path.read_bytes() for path in after.iterdir()}
    with pytest.raises(Hole, match=f"says it reached record {COUNT}: {LOG} is missing or cut"):
        SqliteJournal(after)

    left = {name: (after / name).read_bytes() for name in before}
    assert before == left


def test_a_flip_in_the_last_transaction_is_told_from_a_torn_tail(
    killed: Path, tmp_path: Path
) -> None:
    """The mark knows that it was whole."""
    after = crash(killed, tmp_path / "after")
    flip(after / LOG, (after / LOG).stat().st_size - 100)
    with pytest.raises(Hole) as refused:
        SqliteJournal(after)
    assert COUNT - 3 == refused.value.seq


@pytest.mark.parametrize("harm", [remove, empty, cut])
def test_a_mark_that_is_gone_is_refused(
    killed: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """It is named; without it nothing could be said of the journal's end."""
    after = crash(killed, tmp_path / "after")
    harm(after / MARK)
    with pytest.raises(Lost, match=f"{MARK} is missing|{MARK} was cut"):
        SqliteJournal(after)


@pytest.mark.parametrize("harm", [remove, empty])
def test_a_journal_that_is_gone_is_refused(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    """And no new one is made in its place."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
    harm(tmp_path / "journal.sqlite")
    with pytest.raises(Lost, match=r"journal.sqlite is missing or empty"):
        SqliteJournal(tmp_path)


def test_a_journal_that_is_gone_with_its_mark_is_refused(tmp_path: Path) -> None:
    """A snapshot is of a journal; and no new one is made."""
    run(one_snapshot(tmp_path))
    for path in (tmp_path / "journal.sqlite", tmp_path / MARK):
        path.unlink()
    with pytest.raises(Lost, match=r"journal.sqlite is missing or empty, .* snapshots of it"):
        SqliteJournal(tmp_path)
    assert {"history.sqlite", "lock", "snapshots"} == {path.name for path in tmp_path.iterdir()}


async def one_snapshot(directory: Path) -> None:
    """Run an engine until its clean stop has left a snapshot."""
    engine = await open_engine(directory, ManualClock(), lambda: None)
    await engine.submit(FOUNDING[0])
    await engine.stop()


def test_a_crash_before_the_first_record_leaves_nothing_to_repair(tmp_path: Path) -> None:
    """A mark without a journal says that there never was one."""
    SqliteJournal(tmp_path).close()
    (tmp_path / "journal.sqlite").unlink()
    with closing(SqliteJournal(tmp_path)) as journal:
        assert 0 == journal.head


def test_a_mark_of_another_journal_is_refused(killed: Path, tmp_path: Path) -> None:
    """Whether it is of an older day of this one, or says another checksum."""
    after = crash(killed, tmp_path / "after")
    high_water.make(after, Level(epoch=1, head=8, reserved=8, is_clean=True))
    with pytest.raises(Lost, match=f"{MARK} is older than the journal"):
        SqliteJournal(after)
    level = Level(epoch=1, head=8, reserved=RESERVE, is_clean=False, checksum=CHECKSUM)
    high_water.make(after, level)
    with pytest.raises(Damaged, match=f"not the one {MARK} was written at") as refused:
        SqliteJournal(after)
    assert 8 == refused.value.seq


def test_one_slot_is_enough(tmp_path: Path) -> None:
    """A power cut tears the one that is being written; the other says what was so before."""
    high_water.make(tmp_path, Level())
    with closing(HighWater(tmp_path)) as mark:
        mark.kept(1, CHECKSUM)
        mark.kept(2, CHECKSUM)
    kept = []
    for slot in (0, 1):
        torn = tmp_path / str(slot)
        torn.mkdir()
        (torn / MARK).write_bytes((tmp_path / MARK).read_bytes())
        flip(torn / MARK, slot * high_water.SLOT_BYTES + 20)
        kept.append(high_water.read(torn).kept)
        flip(torn / MARK, (1 - slot) * high_water.SLOT_BYTES + 20)
        with pytest.raises(Lost, match="neither of its checksums fits"):
            high_water.read(torn)

    assert [1, 2] == sorted(kept)


def test_a_clean_stop_is_sealed(tmp_path: Path) -> None:
    """The mark says where it ended and that nothing was given out beyond; no number is lost."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
        checksum = journal.checksum
    level = high_water.read(tmp_path)

    assert (True, COUNT, COUNT, checksum) == (
        level.is_clean,
        level.head,
        level.reserved,
        level.checksum,
    )
    with closing(SqliteJournal(tmp_path)) as journal:
        assert COUNT == journal.reserved


def test_a_look_leaves_the_seal(tmp_path: Path) -> None:
    """Who opens a journal and writes nothing does not change what is known of its end."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
    before = high_water.read(tmp_path)
    SqliteJournal(tmp_path).close()

    assert before == high_water.read(tmp_path)


def test_no_number_is_given_out_twice(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Of orders that are gone with the log's end, not even the ids come back."""

    async def test() -> None:
        engine = await open_engine(tmp_path / "live", ManualClock(), lambda: None)
        await engine.submit_all(FOUNDING)
        kept = engine.seq
        before = (tmp_path / "live" / LOG).stat().st_size
        given = [(await engine.submit(order())).seq for _ in range(5)]
        after = lag(crash(tmp_path / "live", tmp_path / "after"))
        await engine.stop()
        (after / LOG).write_bytes((after / LOG).read_bytes()[:before])
        with caplog.at_level(logging.WARNING):
            again = await open_engine(after, ManualClock(), lambda: None)
        said = [record for record in caplog.records if "not clean" in record.message]
        assert [kept] == [record.ends_at for record in said]  # type: ignore[attr-defined]
        assert (await again.submit(order())).seq > max(given)
        assert RESERVE + 1 == again.seq
        await again.stop()

    run(test())


def test_the_reserve_grows_before_it_is_used_up(tmp_path: Path) -> None:
    """Whatever is appended is covered by what the file says by then."""
    wrote = entries(5 * RESERVE)
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.fence(writer())
        for at in range(0, len(wrote), 256):
            journal.append(at, payloads(wrote[at : at + 256]))
            assert high_water.read(tmp_path).reserved >= journal.head


def test_a_group_beyond_the_reserve_is_covered_first(tmp_path: Path) -> None:
    """However large it is."""
    wrote = entries(2 * RESERVE + 1)
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.fence(writer())
        journal.append(0, payloads(wrote))
        assert high_water.read(tmp_path).reserved >= len(wrote)


def test_a_mark_that_cannot_be_written_stops_appends_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at once: what is reserved may be used up."""
    wrote = entries(2 * RESERVE)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with closing(SqliteJournal(tmp_path)) as journal:
        journal.fence(writer())
        monkeypatch.setattr(high_water.os, "pwrite", full)
        with pytest.raises(WriteFailed, match=r"high-water: No space left"):
            append(journal, wrote)
        assert RESERVE == journal.head
        monkeypatch.undo()
