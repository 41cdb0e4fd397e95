"""Replay: wherever it stops and however it starts again, the exchange is the same."""

import asyncio
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.desk import (
    FOUNDING,
    crash,
    entries,
    fill,
    payloads,
    prefixes,
    run,
    state_after,
    traffic,
    writer,
)

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine import opening
from countermand.engine.beginning import Recovery
from countermand.engine.chain import GENESIS, fold
from countermand.engine.clock import ManualClock
from countermand.engine.errors import Damaged, OtherRules
from countermand.engine.keeper import Keeper
from countermand.engine.memory import MemoryJournal
from countermand.engine.opening import app_version, open_engine
from countermand.engine.ports import Mark
from countermand.engine.replay import recover, replay
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal


async def live(directory: Path | None, commands: int = 200, seed: int = 1) -> bytes:
    """Run an engine over a directory and return the digest of where it stopped."""
    engine = await open_engine(directory, ManualClock(), lambda: None)
    todo = traffic(commands, seed)[engine.seq :]
    await asyncio.gather(*[engine.submit(command) for command in todo])
    digest = engine._exchange.digest()
    await engine.stop()
    return digest


def test_replay_comes_to_the_state_there_was(tmp_path: Path) -> None:
    """The records alone give the state, without a snapshot."""

    async def test() -> None:
        digest = await live(tmp_path)
        with closing(SqliteJournal(tmp_path)) as journal:
            found = recover(journal)
            assert digest == found.exchange.digest()
            assert 200 == found.exchange.seq == found.replayed

    run(test())


@settings(max_examples=25, deadline=None)
@given(stops=st.lists(st.integers(1, 150), max_size=5), seed=st.integers(0, 1000))
def test_restart_at_any_prefix_equals_no_restart(
    tmp_path_factory: pytest.TempPathFactory, stops: list[int], seed: int
) -> None:
    """Clean stops, any number of them, at any records."""
    wrote = entries(150, seed)
    directory = tmp_path_factory.mktemp("restarts")
    for upto in (*sorted(stops), 150):
        with closing(SqliteJournal(directory)) as journal:
            snapshots = SnapshotDirectory(directory)
            found = recover(journal, snapshots)
            fill(journal, wrote[journal.head : upto], 7)
            keep(journal, found, snapshots)
    with closing(SqliteJournal(directory)) as journal:
        assert state_after(wrote) == recover(journal, snapshots).exchange.digest()
        assert state_after(wrote) == recover(journal).exchange.digest()
    shutil.rmtree(directory)


def keep(journal: SqliteJournal, found: Recovery, snapshots: SnapshotDirectory) -> None:
    """Apply what was appended and leave a snapshot, as a clean stop does."""
    found.snapshot_seq = found.exchange.seq
    replay(journal, found)
    Keeper(found.exchange, snapshots, 1).leave(journal.checksum, found.outcome)


def test_every_prefix_of_a_journal_is_an_earlier_state(tmp_path: Path) -> None:
    """A crash after any group leaves the state there was after it."""
    wrote = entries(60)
    digests = dict(prefixes(wrote))
    with closing(SqliteJournal(tmp_path / "live")) as journal:
        journal.fence(writer())
        for at in range(0, 60, 4):
            journal.append(at, payloads(wrote[at : at + 4]))
            after = crash(tmp_path / "live", tmp_path / str(at))
            with closing(SqliteJournal(after)) as left:
                assert digests[at + 4] == recover(left).exchange.digest()


def test_an_engine_goes_on_after_a_crash(tmp_path: Path) -> None:
    """Everything that was answered is there, in the same place."""

    async def test() -> None:
        engine = await open_engine(tmp_path / "live", ManualClock(), lambda: None)
        await engine.submit_all(FOUNDING)
        receipts = [await engine.submit(command) for command in traffic(90)[len(FOUNDING) :]]
        after = crash(tmp_path / "live", tmp_path / "after")
        digest = engine._exchange.digest()
        await engine.stop()
        with closing(SqliteJournal(after)) as journal:
            found = recover(journal)
        assert (receipts[-1].seq, digest) == (found.exchange.seq, found.exchange.digest())
        again = await open_engine(after, ManualClock(), lambda: None)
        assert again.seq + 1 == (await again.submit(traffic(91)[90])).seq
        await again.stop()

    run(test())


def test_a_mark_that_does_not_fit_is_refused() -> None:
    """The core decided otherwise than when the record was written, or the mark is damaged."""
    journal, wrote = MemoryJournal(), entries(40)
    fill(journal, wrote[:20])
    found = recover(journal)
    journal.append(20, payloads(wrote[20:]), [Mark(20, found.outcome)])
    assert 40 == recover(journal).exchange.seq
    journal.append(40, (), [Mark(30, found.outcome)])
    with pytest.raises(Damaged, match="record 30: replay came to another outcome"):
        recover(journal)


def test_the_outcome_is_the_digest_of_every_event() -> None:
    """Live and replayed alike."""
    journal, wrote = MemoryJournal(), entries(80)
    fill(journal, wrote)
    exchange, outcome = Exchange(), GENESIS
    for entry in wrote:
        outcome = fold(outcome, exchange.apply(entry).events)
    assert outcome == recover(journal).outcome


def test_records_of_other_rules_are_refused_with_the_way_forward() -> None:
    """Unless a snapshot was left after them, or there are none."""
    journal, wrote = MemoryJournal(), entries(30)
    journal.fence(writer(1, 1))
    journal.append(0, payloads(wrote[:10]))
    journal.fence(writer(2, 11, RULES_VERSION + 1))
    journal.append(10, payloads(wrote[10:20]))
    journal.fence(writer(3, 21))
    journal.append(20, payloads(wrote[20:]))
    with pytest.raises(OtherRules, match="stop it cleanly") as refused:
        recover(journal)
    assert 11 == refused.value.seq


def test_a_writer_of_other_rules_that_wrote_nothing_is_no_hindrance() -> None:
    """Such a version was started and stopped again."""
    journal = MemoryJournal()
    journal.fence(writer(1, 1, RULES_VERSION + 1))
    fill(journal, entries(10))
    assert 10 == recover(journal).exchange.seq


def test_a_snapshot_after_other_rules_is_a_place_to_start(tmp_path: Path) -> None:
    """An exchange changes its rules in this way."""
    wrote = entries(60)
    with closing(SqliteJournal(tmp_path)) as journal:
        snapshots = SnapshotDirectory(tmp_path)
        journal.fence(writer(1, 1, RULES_VERSION + 1))
        journal.append(0, payloads(wrote[:40]))
        old = recover(journal, None, RULES_VERSION + 1)
        Keeper(old.exchange, snapshots, 1).leave(journal.checksum, old.outcome)
        journal.fence(writer(2, 41))
        journal.append(40, payloads(wrote[40:]))
        found = recover(journal, snapshots)
        assert (40, 20) == (found.snapshot_seq, found.replayed)
        assert state_after(wrote) == found.exchange.digest()


def test_a_start_checks_the_chain_behind_its_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chain is checked as far back as configured, and no further."""

    async def test() -> None:
        await live(tmp_path)

    run(test())
    with closing(SqliteJournal(tmp_path)) as journal:
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 60")
        with pytest.raises(Damaged) as refused:
            recover(journal, SnapshotDirectory(tmp_path))
        assert 60 == refused.value.seq
        monkeypatch.setattr("countermand.engine.replay.CHECKED_MIN", 100)
        found = recover(journal, SnapshotDirectory(tmp_path))
        assert (101, 200, 0) == (found.checked_from, found.snapshot_seq, found.replayed)


def test_a_state_that_breaks_its_own_rules_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every start checks all that must be true."""

    def broken(_: Exchange) -> None:
        raise AssertionError("money from nowhere")

    monkeypatch.setattr(Exchange, "check_invariants", broken)
    with pytest.raises(Damaged, match="money from nowhere"):
        recover(MemoryJournal())


def test_a_refused_start_leaves_nothing_open(tmp_path: Path) -> None:
    """The directory can be looked at and locked by others."""

    async def test() -> None:
        await live(tmp_path)
        with closing(SqliteJournal(tmp_path)) as journal:
            journal._file.connection.execute("DELETE FROM entries WHERE seq = 7")
        with pytest.raises(Damaged):
            await open_engine(tmp_path, ManualClock(), lambda: None)
        SqliteJournal(tmp_path).close()

    run(test())


def test_an_exchange_in_memory_starts_empty() -> None:
    """It keeps nothing, and the same traffic leads to the same state."""

    async def test() -> None:
        assert await live(None, 100) == await live(None, 100)

    run(test())


def test_a_writer_says_which_version_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source tree that was never installed has a version too."""
    assert app_version()

    def missing(_: str) -> str:
        raise opening.PackageNotFoundError

    monkeypatch.setattr(opening, "version", missing)
    app_version.cache_clear()
    assert "unpackaged" == app_version()
    app_version.cache_clear()
