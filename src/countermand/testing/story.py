"""Story: a journal's entries and what came of each, in people's words."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from countermand.cli import telling
from countermand.cli.people import Names
from countermand.core.exchange import Exchange
from countermand.engine.outcomes import Outcome, Outcomes
from countermand.vocabulary.commands import Entry
from countermand.vocabulary.queries import GetReferenceData


def told(entries: Iterable[Entry], after_seq: int, last: int) -> list[str]:
    """Return the lines of the last entries, of those after one; all are applied again."""
    exchange = Exchange()
    names = Names(exchange.query(GetReferenceData()))
    chosen: deque[list[str]] = deque(maxlen=last)
    for entry in entries:
        events = exchange.advance(entry).events
        names.learn(events)
        if entry.seq > after_seq:
            chosen.append(list(telling.lines(Outcome(entry, events), names)))
    return [line for lines in chosen for line in lines]


def told_of(outcomes: Outcomes, last: int) -> list[str]:
    """Return the lines of the last entries of a journal that is read where it lies."""
    names = Names(outcomes.names)
    chosen: deque[list[str]] = deque(maxlen=last)
    for outcome in outcomes:
        names.learn(outcome.events or ())
        chosen.append(list(telling.lines(outcome, names)))
    return [line for lines in chosen for line in lines]
