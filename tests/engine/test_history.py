"""The history: what is over is found again, after any crash, at the price of what is read of it."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.engine.records import (
    ACCOUNTS,
    INSTRUMENTS,
    Ended,
    an_order,
    answers,
    ended,
    fill_question,
    order_question,
)

from countermand.core.history import Recent
from countermand.engine import history as history_module
from countermand.engine import history_places
from countermand.engine.history import FILE_NAME, Archive, HistoryUnreadable
from countermand.engine.history_start import ASIDE, open_archive
from countermand.engine.history_table import Table
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import ListFills, ListOrders
from countermand.vocabulary.reports import OrderReport

ALL = ListOrders(ACCOUNTS)
ALL_FILLS = ListFills(ACCOUNTS)
SEEDS = st.integers(0, 2**32)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write often."""
    _write_often(monkeypatch)


def _write_often(patch: pytest.MonkeyPatch) -> None:
    sizes = {"BATCH": 7, "BATCH_IN_MEMORY": 5, "NO_TABLE_MAX": 9, "PART_IN_MEMORY": 4}
    for name, count in sizes.items():
        patch.setattr(history_module, name, count)


def hand_over(archive: Archive, entries: list[Ended]) -> None:
    """Hand the records of entries over as one."""
    orders = [now for entry in entries for now in entry.orders]
    fills = [fill for entry in entries for fill in entry.fills]
    archive.add(entries[-1].seq, orders, fills)


def told(archive: Archive, entry: Ended) -> None:
    """Hand the records of an entry over, if there are any."""
    if entry.orders or entry.fills:
        hand_over(archive, [entry])


class Lives(RuleBasedStateMachine):
    """A history through crashes, and one in memory, beside one that was always there."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        _write_often(self.patch)
        self.folder = Path(tempfile.mkdtemp())
        self.lives, self.entries = 0, [Ended(0, [], [])]
        self.steady, self.memory = Recent(), Archive()
        self._directory().mkdir()
        self.archive = Archive(self._directory())

    def _directory(self) -> Path:
        return self.folder / str(self.lives)

    @initialize()
    def begin(self) -> None:
        """Nothing is there yet."""
        assert 0 == self.archive.seq

    @rule(seed=SEEDS, count=st.integers(1, 12))
    def happen(self, seed: int, count: int) -> None:
        """Some entries end something."""
        chance = random.Random(seed)
        for _ in range(count):
            entry = ended(self.entries[-1].seq + chance.randrange(1, 3), chance)
            self.entries.append(entry)
            for history in (self.archive, self.memory):
                told(history, entry)
            self.steady.add(*entry)

    @rule()
    def write(self) -> None:
        """All is written, and how far it goes."""
        self.archive.sync(self.entries[-1].seq)
        assert self.archive.wait()
        assert self.entries[-1].seq == self.archive.seq == self.archive.synced

    @rule(seed=SEEDS)
    def crash(self, seed: int) -> None:
        """What was not written is lost, and replayed, together with some that was written."""
        assert self.archive.wait(0)
        before, chance = self._directory(), random.Random(seed)
        self.lives += 1
        shutil.copytree(before, self._directory())
        self.archive.close()
        self.archive = Archive(self._directory())
        first = chance.randrange(self.archive.seq + 1)
        replayed = [entry for entry in self.entries[1:] if entry.seq > first]
        while replayed:
            count = chance.randrange(1, 9)
            if any(entry.orders or entry.fills for entry in replayed[:count]):
                hand_over(self.archive, replayed[:count])
            replayed = replayed[count:]

    @rule()
    def stop(self) -> None:
        """After a stop all is there."""
        self.archive.close()
        self.archive = Archive(self._directory())

    @rule()
    def copy(self) -> None:
        """A copy of one in memory is one of its own."""
        before, self.memory = self.memory, self.memory.copy()
        before.add(self.entries[-1].seq + 1, [an_order(7, 1, random.Random(1))], [])
        before.close()

    @rule(seed=SEEDS)
    def ask(self, seed: int) -> None:
        """Every question has the same answer as in the history that was always there."""
        chance, seq = random.Random(seed), self.entries[-1].seq
        questions = [make(chance, seq) for make in (order_question, fill_question) * 5]
        expected = answers(self.steady, questions)
        assert expected == answers(self.archive, questions)
        assert expected == answers(self.memory, questions)
        order_ids = [OrderId(chance.randrange(10 * seq + 10)) for _ in range(20)]
        expected_orders = [self.steady.order(order_id) for order_id in order_ids]
        for history in (self.archive, self.memory):
            assert expected_orders == [history.order(order_id) for order_id in order_ids]

    def teardown(self) -> None:
        """All that there was is there."""
        for history in (self.archive, self.memory):
            assert answers(self.steady, [ALL, ALL_FILLS]) == answers(history, [ALL, ALL_FILLS])
            history.close()
        self.patch.undo()
        shutil.rmtree(self.folder)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty history in a directory."""
    with closing(Archive(tmp_path)) as opened:
        yield opened


def fill_with(archive: Archive, count: int, seed: int = 1) -> list[Ended]:
    """Hand over what ends with so many entries, have it written, and return it."""
    chance = random.Random(seed)
    entries = [ended(seq, chance) for seq in range(1, count + 1)]
    for entry in entries:
        told(archive, entry)
    archive.sync(count)
    assert archive.wait()
    return entries


def test_a_list_begun_before_a_write_goes_on_as_it_began(archive: Archive) -> None:
    """What is written meanwhile is told once, from where it was when the list began."""
    entries = fill_with(archive, 30)
    expected = list(archive.orders(ALL))
    later = [ended(31 + at, random.Random(at)) for at in range(9)]
    begun = archive.orders(ALL)
    first = next(begun)
    for entry in later:
        told(archive, entry)
    archive.sync(99)
    assert archive.wait()
    # Asked within the other, it sees no more than that one does, and the rest from memory.
    among = {now.order_id for entry in (*entries, *later) for now in entry.orders}
    assert among == {now.order_id for now in archive.orders(ALL)}
    assert expected == [first, *begun]
    assert among == {now.order_id for now in archive.orders(ALL)}
    assert len(among) == archive.count(ALL)


class Counted:
    """Counts the steps of SQLite's machine that a table's questions take."""

    def __init__(self, table: Table) -> None:
        self.steps = 0
        table._connection.set_progress_handler(self._step, 1)

    def _step(self) -> None:
        self.steps += 1


QUESTIONS = {
    "closed orders": lambda history: list(islice(history.orders(ALL), 20)),
    "one market's": lambda history: list(
        islice(history.orders(ListOrders(ACCOUNTS[:1], INSTRUMENTS[:1])), 20)
    ),
    "how many": lambda history: history.count(ALL),
    "fills": lambda history: list(islice(history.fills(ALL_FILLS), 20)),
    "an order's fills": lambda history: list(
        islice(history.fills(ListFills(ACCOUNTS, OrderId(5))), 20)
    ),
    "a name's fills": lambda history: list(
        islice(history.fills(ListFills(ACCOUNTS, None, "one")), 20)
    ),
    "one order": lambda history: history.order(OrderId(50)),
}


def test_a_page_costs_as_much_after_a_long_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page of each question takes as many steps beside 600 times as many records."""
    monkeypatch.setattr(history_module, "BATCH", 256)
    steps = []
    for entries in (200, 40_000):
        (tmp_path / str(entries)).mkdir()
        with closing(Archive(tmp_path / str(entries))) as opened:
            fill_with(opened, entries)
            assert opened._table is not None
            counted = Counted(opened._table)
            of_each = []
            for ask in QUESTIONS.values():
                counted.steps = 0
                ask(opened)
                of_each.append(counted.steps)
            steps.append(of_each)
    for name, short, long in zip(QUESTIONS, *steps, strict=True):
        assert long <= 1.2 * short + 40, f"{name}: {long} steps, and {short} of a short one"


@pytest.mark.parametrize("seed", range(8))
def test_a_power_cut_leaves_what_was_synced(tmp_path: Path, seed: int) -> None:
    """Of what the log got since any part may be gone; a replay brings it back, once."""
    chance, live, after = random.Random(seed), tmp_path / "live", tmp_path / "after"
    live.mkdir()
    archive = Archive(live)
    entries = fill_with(archive, 60, seed)
    log = live / f"{FILE_NAME}-wal"
    synced_bytes = log.stat().st_size
    for seq in range(61, 120):
        entries.append(ended(seq, chance))
        told(archive, entries[-1])
    assert archive.wait(0)
    assert log.stat().st_size > synced_bytes
    shutil.copytree(live, after)
    archive.close()
    for path in after.glob("*-shm"):
        path.unlink()
    data = (after / log.name).read_bytes()
    end = chance.randrange(synced_bytes, len(data))
    (after / log.name).write_bytes(data[:end] + bytes(chance.choice((0, 4096))))

    steady = Recent()
    for entry in entries:
        steady.add(*entry)
    with closing(Archive(after)) as again:
        assert again.seq >= 60
        for entry in entries:
            told(again, entry)
        assert answers(steady, [ALL, ALL_FILLS]) == answers(again, [ALL, ALL_FILLS])


class Refusing:
    """A disk that refuses to write while it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.refuses, write = True, Table.write

        def refuse(table: Table, *args: object, **more: object) -> None:
            if self.refuses:
                raise sqlite3.OperationalError("disk I/O error")
            write(table, *args, **more)  # type: ignore[arg-type]

        patch.setattr(Table, "write", refuse)


def test_a_disk_that_refuses_loses_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is not written is found in memory, is told of once, and is written later."""
    monkeypatch.setattr("countermand.engine.history_writer.RETRY_S", 0.01)
    disk, steady = Refusing(monkeypatch), Recent()
    chance = random.Random(3)
    for seq in range(1, 60):
        entry = ended(seq, chance)
        told(archive, entry)
        steady.add(*entry)
    archive.sync(60)
    assert not archive.wait()
    assert not archive.wait()
    assert 0 == archive.seq
    assert answers(steady, [ALL, ALL_FILLS]) == answers(archive, [ALL, ALL_FILLS])
    disk.refuses = False
    while not archive.wait():
        pass
    assert 60 == archive.seq
    assert answers(steady, [ALL, ALL_FILLS]) == answers(archive, [ALL, ALL_FILLS])
    said = [record.message for record in caplog.records]
    assert [
        "the history is not written: it is kept in memory and tried again",
        "the history is written again",
    ] == said


def test_a_write_that_failed_after_all_was_written_is_not_done_twice(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a commit that fails was made, only the file can tell."""
    monkeypatch.setattr("countermand.engine.history_writer.RETRY_S", 0.01)
    write, failures = Table.write, [3]

    def fail_late(table: Table, *args: object, **more: object) -> None:
        write(table, *args, **more)  # type: ignore[arg-type]
        if failures[0]:
            failures[0] -= 1
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(Table, "write", fail_late)
    steady, chance = Recent(), random.Random(4)
    for seq in range(1, 40):
        entry = ended(seq, chance)
        told(archive, entry)
        steady.add(*entry)
    archive.sync(40)
    while not archive.wait():
        pass
    assert answers(steady, [ALL, ALL_FILLS]) == answers(archive, [ALL, ALL_FILLS])


def test_a_disk_that_refuses_to_the_end_keeps_nothing_from_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written is not there afterwards, and how far it goes says so."""
    archive = Archive(tmp_path)
    fill_with(archive, 20)
    Refusing(monkeypatch)
    told(archive, ended(21, random.Random(1)))
    archive.close()
    monkeypatch.undo()
    with closing(Archive(tmp_path)) as again:
        assert 20 == again.seq


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"no database" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: _do(path, "PRAGMA user_version = 99"),
        lambda path: _do(path, "PRAGMA application_id = 99"),
        lambda path: _do(path, "UPDATE groups SET side = 99"),
        lambda path: _do(path, "DROP TABLE groups"),
    ],
)
def test_what_cannot_be_trusted_is_set_aside(
    tmp_path: Path, spoil: object, caplog: pytest.LogCaptureFixture
) -> None:
    """It is kept under another name, a new one begins, and the log says so."""
    with closing(Archive(tmp_path)) as archive:
        fill_with(archive, 20)
    spoil(tmp_path / FILE_NAME)  # type: ignore[operator]
    spoiled = (tmp_path / FILE_NAME).read_bytes()
    with closing(open_archive(tmp_path)) as archive:
        assert (0, 0) == (archive.seq, archive.count(ALL))
    assert spoiled == (tmp_path / ASIDE).read_bytes()
    assert ["the history is set aside and made anew"] == [r.message for r in caplog.records]


def _do(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE orders SET record = x'c1'", "DROP TABLE orders"])
def test_what_is_found_damaged_is_made_anew_by_the_next_start(
    tmp_path: Path, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A question that meets damage is refused, not answered as if nothing were there."""
    with closing(Archive(tmp_path)) as archive:
        entries = fill_with(archive, 20)
        _do(tmp_path / FILE_NAME, statement)
        known = next(entry.orders[0] for entry in entries if entry.orders)
        for ask in (lambda: list(archive.orders(ALL)), lambda: archive.order(known.order_id)):
            with pytest.raises(HistoryUnreadable):
                ask()
    if "UPDATE" in statement:
        told = ["the history is damaged: the next start makes it anew"]
        assert told == [record.message for record in caplog.records]
    with closing(open_archive(tmp_path)) as archive:
        assert 0 == archive.count(ALL)


def test_one_in_memory_has_no_table_before_it_needs_one() -> None:
    """A test's exchange is over before."""
    archive = Archive()
    archive.add(1, [an_order(order_id, 1, random.Random(1)) for order_id in range(8)], [])
    assert archive._table is None
    archive.close()


def test_many_records_in_memory_are_written_in_parts() -> None:
    """Each part is small, and meanwhile all are told."""
    archive, chance = Archive(), random.Random(1)
    orders = [an_order(order_id, 1, chance) for order_id in range(1, 31)]
    archive.add(1, orders, [])

    left = []
    while archive.catch_up():
        assert 30 == archive.count(ALL) == len([*archive.orders(ALL)])
        left.append(len(archive._pending[-1]))

    assert [22, 18, 14, 10, 6] == left
    assert 30 == archive.count(ALL) == len([*archive.orders(ALL)])


def test_page_far_down_reads_no_record_before_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither of one statement's groups, nor of so many that they take several."""
    fill_with(archive, 60)
    assert archive.wait()
    whole = list(archive.orders(ALL))
    read: list[int] = []
    decoded = history_module.decode_order

    def counted(record: bytes) -> OrderReport:
        read.append(1)
        return decoded(record)

    monkeypatch.setattr(history_module, "decode_order", counted)
    for merged_max in (500, 3):
        monkeypatch.setattr(history_places, "MERGED_MAX", merged_max)
        read.clear()
        assert whole[50:55] == list(islice(archive.orders(ALL, 50), 5))
        assert 5 == len(read)
