"""Progress: long work says now and then how far it has come. Who shows it is not known here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from countermand.engine.ports import Readable

T = TypeVar("T")

# What is being done, how many records of it are done, and of how many; 0 where that is not known.
Progress = Callable[[str, int, int], None]

# Records between two reports.
EVERY = 4096

# Records whose chain is checked between two reports: it is the cheapest there is to do.
CHECKED_AT_ONCE = 65_536


def no_progress(what: str, done: int, total: int) -> None:
    """Show nothing. The default, and known by identity: then nothing is counted either."""


def counted(records: Iterable[T], what: str, total: int, progress: Progress) -> Iterable[T]:
    """Return the records, which are reported while they are taken."""
    return records if progress is no_progress else _counted(records, what, total, progress)


def _counted(records: Iterable[T], what: str, total: int, progress: Progress) -> Iterator[T]:
    for done, record in enumerate(records):
        if not done % EVERY:
            progress(what, done, total)
        yield record
    if total:
        progress(what, total, total)


def check_chain(journal: Readable, from_seq: int, to_seq: int, progress: Progress) -> None:
    """Check the chain between two entries, both included. Raises: Damaged, as `check` does."""
    total = max(0, to_seq + 1 - from_seq)
    for first in range(from_seq, to_seq + 1, CHECKED_AT_ONCE):
        progress("checking", first - from_seq, total)
        journal.check(first, min(first + CHECKED_AT_ONCE - 1, to_seq))
    if total:
        progress("checking", total, total)
