"""A record the core cannot apply: refused, named, and set aside only on request."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.engine.desk import START_NS, cancel, entries, fill, state_after, writer

from countermand.core.exchange import Exchange
from countermand.engine.errors import NotPoisoned, Poisoned
from countermand.engine.keeper import Keeper
from countermand.engine.ports import Mark
from countermand.engine.quarantine import quarantine
from countermand.engine.replay import recover
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import Entry

COUNT = 40
POISON = cancel(666)
WROTE = entries(COUNT)
POISONED = [Entry(e.seq, e.ts_ns, POISON if e.seq == 31 else e.command) for e in WROTE]


@pytest.fixture(autouse=True)
def bug(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The core trips over one command."""
    advance = Exchange.advance

    def trip(exchange: Exchange, entry: Entry) -> Any:
        assert entry.command != POISON, "cum + leaves is not its quantity"
        return advance(exchange, entry)

    monkeypatch.setattr(Exchange, "advance", trip)
    return


def poisoned(directory: Path) -> Path:
    """Return a directory whose record 31 cannot be applied, with records after it."""
    with closing(SqliteJournal(directory)) as journal:
        fill(journal, POISONED, 8)
    return directory


def test_a_start_is_refused_and_the_record_named(tmp_path: Path) -> None:
    """The refusal says what went wrong, and what to do."""
    with closing(SqliteJournal(poisoned(tmp_path))) as journal:
        for _ in range(2):
            with pytest.raises(Poisoned, match="is not its quantity") as refused:
                recover(journal)
            assert 31 == refused.value.seq
            assert "`countermand journal quarantine DIR 31`" in str(refused.value)
        assert COUNT == journal.head, "nothing is ever set aside by itself"


def test_it_can_be_set_aside_with_all_after_it(tmp_path: Path) -> None:
    """The exchange is where it was before, goes on from there, and nothing is thrown away."""
    assert 10 == quarantine(poisoned(tmp_path), 31, START_NS)
    with closing(SqliteJournal(tmp_path)) as journal:
        found = recover(journal)
        assert (30, state_after(WROTE[:30])) == (journal.head, found.exchange.digest())
        assert tuple(range(31, 41)) == journal._file.records.quarantined()
        fill(journal, WROTE[30:])
        assert state_after(WROTE) == recover(journal).exchange.digest()


@pytest.mark.parametrize(
    ("seq", "why"),
    [(0, "there is no record 0"), (41, "there is no record 41"), (30, "record is 31, not 30")],
)
def test_another_record_is_not_set_aside(tmp_path: Path, seq: int, why: str) -> None:
    """Only the one a start refuses."""
    with pytest.raises(NotPoisoned, match=why):
        quarantine(poisoned(tmp_path), seq, START_NS)
    with closing(SqliteJournal(tmp_path)) as journal:
        assert COUNT == journal.head


def test_a_sound_record_is_not_set_aside(tmp_path: Path) -> None:
    """Its answer was given."""
    with closing(SqliteJournal(tmp_path)) as journal:
        fill(journal, WROTE)
    with pytest.raises(NotPoisoned, match="can be applied"):
        quarantine(tmp_path, 31, START_NS)


def test_a_record_a_mark_lies_behind_was_answered(tmp_path: Path) -> None:
    """A version with the bug must not take it away; the one that wrote it can still start."""
    with closing(SqliteJournal(poisoned(tmp_path))) as journal:
        journal.append(COUNT, (), [Mark(35, b"x" * 16)])
    with pytest.raises(NotPoisoned, match="a mark at record 35 proves it"):
        quarantine(tmp_path, 31, START_NS)


def test_a_record_a_later_start_lies_behind_was_answered(tmp_path: Path) -> None:
    """A writer begins where its replay ended."""
    with closing(SqliteJournal(poisoned(tmp_path))) as journal:
        journal.fence(writer(2, COUNT + 1))
    with pytest.raises(NotPoisoned, match="a start at record 40 proves it"):
        quarantine(tmp_path, 31, START_NS)


def test_a_record_a_snapshot_lies_behind_was_answered(tmp_path: Path) -> None:
    """Whether the snapshot can still be read or not."""
    exchange = Exchange()
    for entry in WROTE:
        exchange.apply(entry)
    Keeper(exchange, SnapshotDirectory(poisoned(tmp_path)), 1).leave(b"", b"")
    with pytest.raises(NotPoisoned, match="a snapshot at record 40 proves it"):
        quarantine(tmp_path, 31, START_NS)
