"""Story: a journal's entries and what came of each, in people's words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from countermand.cli import telling
from countermand.cli.people import Names
from countermand.core.exchange import Exchange
from countermand.engine.memory import MemoryJournal
from countermand.engine.outcomes import Outcome, Outcomes
from countermand.engine.peek import peek
from countermand.engine.ports import Writer
from countermand.vocabulary.queries import GetReferenceData


def told_of(journal: MemoryJournal, last: int) -> list[str]:
    """Return the lines of the last entries since the founding; all are applied again."""
    exchange = Exchange()
    names = Names(exchange.query(GetReferenceData()))

    def outcomes() -> Iterator[Outcome]:
        for entry in journal.read(1):
            yield Outcome(entry, exchange.advance(entry).events)

    return _lines(outcomes(), names, _begun_at(journal.writers()), last)


def told_in(directory: Path, last: int) -> list[str]:
    """
    Return the lines of the last entries of a data directory that its last writer wrote.

    Raises: JournalError.
    """
    with peek(directory) as seen:
        begun_at = _begun_at(seen.writers())
        outcomes = Outcomes(seen, directory, max(begun_at, seen.head + 1 - last))
        return _lines(outcomes, Names(outcomes.names), begun_at, last)


def _begun_at(writers: tuple[Writer, ...]) -> int:
    return writers[-1].first_seq


def _lines(outcomes: Iterable[Outcome], names: Names, begun_at: int, last: int) -> list[str]:
    chosen: deque[list[str]] = deque(maxlen=last)
    for outcome in outcomes:
        names.learn(outcome.events or ())
        if outcome.entry.seq >= begun_at:
            chosen.append(list(telling.lines(outcome, names)))
    return [line for lines in chosen for line in lines]
