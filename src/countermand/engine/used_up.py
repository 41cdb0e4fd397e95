"""
Used up: which entries of a journal only pass over numbers, after a stop that was not clean.

A start writes them before all else it writes, a nanosecond apart (`opening.py`).
"""

from __future__ import annotations

from contextlib import suppress

from countermand.engine.chain import Recorded
from countermand.engine.errors import Damaged
from countermand.engine.peek import Peek
from countermand.engine.refusing import spans
from countermand.vocabulary.commands import AdvanceTime, Entry


class UsedUp:
    """The entries of a journal that pass over numbers; to be asked in the journal's order."""

    def __init__(self, seen: Peek) -> None:
        """Read who wrote what. Raises: Damaged."""
        self._seen = seen
        self._spans = [(w.first_seq, last_seq) for w, last_seq in spans(seen)]
        self._from_ns: int | None = None
        self._known_to = 0

    def has(self, entry: Entry | Recorded) -> bool:
        """Whether an entry does nothing but pass over its number."""
        if not isinstance(entry.command, AdvanceTime):
            return False
        if entry.seq > self._known_to:
            self._look(entry.seq)
        return self._from_ns is not None and entry.ts_ns - entry.seq == self._from_ns

    def _look(self, seq: int) -> None:
        # Entries have rising times. One that is as many nanoseconds as numbers behind the first
        # that its writer wrote has only such entries between.
        first, self._known_to = next((s for s in self._spans if seq <= s[1]), (seq, seq))
        self._from_ns = None
        # Behind damage it cannot be known, and they are told one by one.
        with suppress(Damaged):
            begun = next(self._seen.recorded(max(first, self._seen.first)))
            if isinstance(begun.command, AdvanceTime):
                self._from_ns = begun.ts_ns - begun.seq
