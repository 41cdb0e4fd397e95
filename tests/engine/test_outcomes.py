"""Outcomes: what came of each entry, from wherever one begins, and why it cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tests.engine import former
from tests.engine.desk import cancel, entries, fill

from countermand.core.exchange import Exchange
from countermand.engine.errors import Damaged
from countermand.engine.keeper import Keeper
from countermand.engine.outcomes import Outcome, Outcomes
from countermand.engine.peek import peek
from countermand.engine.replay import recover
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import Entry

COUNT, TAKEN_AT = 50, 25
WROTE = entries(COUNT)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A journal with a snapshot in its middle."""
    with closing(SqliteJournal(tmp_path / "data")) as journal:
        fill(journal, WROTE[:TAKEN_AT])
        found = recover(journal)
        keeper = Keeper(found.exchange, SnapshotDirectory(tmp_path / "data"), 1)
        keeper.leave(journal.checksum, found.outcome)
        fill(journal, WROTE[TAKEN_AT:])
    return tmp_path / "data"


@contextmanager
def told(data: Path, from_seq: int = 1) -> Iterator[Outcomes]:
    """Look into a directory."""
    with peek(data) as seen:
        yield Outcomes(seen, data, from_seq)


def happened() -> list[Any]:
    """Return the receipts of an exchange for the entries it applies."""
    exchange = Exchange()
    return [list(exchange.advance(entry).events) for entry in WROTE]


@pytest.mark.parametrize("from_seq", [1, 2, TAKEN_AT, TAKEN_AT + 1, TAKEN_AT + 2, COUNT, COUNT + 1])
def test_it_is_what_the_exchange_said(data: Path, from_seq: int) -> None:
    """The outcomes from any entry on, with a snapshot on the way and without."""
    with told(data, from_seq) as outcomes:
        assert happened()[from_seq - 1 :] == [list(one.events or ()) for one in outcomes]
        assert (2 if from_seq > 2 else from_seq - 1) == len(outcomes.names.assets)


def test_a_damaged_snapshot_is_passed_over(data: Path) -> None:
    """The way is longer then."""
    [path] = data.glob("snapshots/*.snapshot")
    path.write_bytes(path.read_bytes()[:-1])
    with told(data, COUNT) as outcomes:
        assert happened()[-1:] == [list(one.events or ()) for one in outcomes]


def test_no_more_is_read_than_is_taken(data: Path) -> None:
    """A journal of any length is read in the same memory."""
    with closing(SqliteJournal(data)) as journal:
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 7")
    with told(data) as outcomes:
        reading = iter(outcomes)
        assert happened()[:6] == [list(one.events or ()) for one in islice(reading, 6)]
        with pytest.raises(Damaged, match="record 7"):
            next(reading)


def test_after_damage_entries_are_shown_without_outcome(data: Path) -> None:
    """A snapshot behind the damage makes later outcomes known again."""
    with closing(SqliteJournal(data)) as journal:
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq IN (7, 30)")
    with told(data, 9) as outcomes:
        first = next(iter(outcomes))
        assert (9, None, True) == (first.entry.seq, first.events, "record 7" in first.why)
    with told(data, 27) as outcomes:
        assert happened()[26] == list(next(iter(outcomes)).events or ())
    with told(data, 40) as outcomes:
        assert "record 30" in next(iter(outcomes)).why


def test_an_entry_that_cannot_be_applied_has_no_outcome(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later entries have no outcome either."""
    last_ns = WROTE[-1].ts_ns
    with closing(SqliteJournal(data)) as journal:
        fill(journal, [Entry(51, last_ns + 1, cancel(666)), Entry(52, last_ns + 2, cancel(1))])
    advance = Exchange.advance

    def trip(exchange: Exchange, entry: Entry) -> Any:
        assert entry.command != cancel(666), "a bug"
        return advance(exchange, entry)

    monkeypatch.setattr(Exchange, "advance", trip)
    with told(data, 50) as outcomes:
        before, poisoned, after = outcomes
    assert before.events
    assert (None, True) == (poisoned.events, poisoned.why.startswith("it cannot be applied: "))
    assert (None, "record 51 before it cannot be applied") == (after.events, after.why)
    with told(data, 52) as outcomes:
        assert ["record 51 before it cannot be applied"] == [one.why for one in outcomes]


@pytest.mark.parametrize("from_seq", [1, former.HEAD])
def test_entries_of_former_rules_have_names(tmp_path: Path, from_seq: int) -> None:
    """They have no outcomes, which only those rules could tell."""
    directory = former.stopped(tmp_path / "data")
    with told(directory, from_seq) as outcomes:
        shown = list(outcomes)
        assert outcomes.names.accounts
    assert former.HEAD + 1 - from_seq == len(shown)
    assert {"it was written under other rules than today's"} == {one.why for one in shown}


def test_after_a_kill_former_entries_are_shown_too(tmp_path: Path) -> None:
    """They can be read, though no start goes on from them."""
    with told(former.killed(tmp_path / "data")) as outcomes:
        shown: list[Outcome] = list(outcomes)
    assert former.HEAD == len(shown)
    assert all(one.events is None and one.why for one in shown)
