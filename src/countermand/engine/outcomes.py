"""
Outcomes: what came of each entry of a journal. It keeps commands only, so they are applied again.

Nothing is held but the exchange as it was at the time. What cannot be applied here is told without
an outcome, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.core.history import Dropped
from countermand.engine.chain import Recorded
from countermand.engine.errors import JournalError
from countermand.engine.peek import Peek
from countermand.engine.progress import Progress, counted, no_progress
from countermand.engine.refusing import spans
from countermand.engine.snapshot import SnapshotDamaged, SnapshotDirectory
from countermand.vocabulary.commands import Entry
from countermand.vocabulary.events import Event
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reports import ReferenceData


class Outcome(Struct, frozen=True):
    """An entry and the events it brought about, or None and why they cannot be told."""

    entry: Entry | Recorded
    events: Sequence[Event] | None
    why: str = ""


class Outcomes:
    """
    The entries of a directory's journal from `from_seq` on, with what came of them.

    `names` are the assets, instruments and accounts there are where the telling begins; what the
    events name comes on top. Iterate once.
    Raises: Damaged at the first record that cannot be read.
    """

    def __init__(
        self, seen: Peek, directory: Path, from_seq: int = 1, progress: Progress = no_progress
    ) -> None:
        self._seen, self._progress = seen, progress
        self._from_seq = from_seq = max(from_seq, seen.first)
        self._exchange, self._why = Exchange(history=Dropped()), ""
        base_seq = _rules_end(seen)
        self._before = (
            "it was written under other rules than today's"
            if base_seq
            else "the records before it were dropped"
        )
        try:
            self._load(SnapshotDirectory(directory), base_seq)
            self._skip()
        except JournalError as error:
            self._why = str(error)
        self.names: ReferenceData = self._exchange.query(GetReferenceData())

    def __iter__(self) -> Iterator[Outcome]:
        seen, begins_after = self._seen, self._exchange.seq
        total = max(0, seen.head + 1 - self._from_seq)
        unread = seen.recorded(self._from_seq) if total else ()
        for entry in counted(unread, "replaying", total, self._progress):
            if entry.seq <= begins_after:
                yield Outcome(entry, None, self._before)
            elif self._why:
                yield Outcome(entry, None, self._why)
            else:
                yield self._applied(entry)

    def _applied(self, entry: Recorded) -> Outcome:
        known = Entry(entry.seq, entry.ts_ns, entry.command)  # type: ignore[arg-type]
        try:
            events = self._exchange.advance(known).events
            self._exchange.settle()
            return Outcome(known, events)
        except Exception as error:  # noqa: BLE001 -- a bug of the core is what is looked at here
            self._why = f"record {entry.seq} before it cannot be applied"
            return Outcome(entry, None, f"it cannot be applied: {error!r}")

    def _load(self, snapshots: SnapshotDirectory, rules_end: int) -> None:
        # The newest snapshot before what is asked for; after entries of other rules any one, for
        # only from there on is there a state that today's rules can go on from.
        seen = self._seen
        begin = max(rules_end, seen.first if seen.first > 1 else 0)
        taken = [seq for seq in snapshots.seqs() if begin <= seq <= seen.head]
        is_cut = rules_end or seen.first > 1
        useful = [seq for seq in taken if seq < self._from_seq] + (
            sorted(seq for seq in taken if seq >= self._from_seq) if is_cut else []
        )
        for seq in useful:
            with suppress(SnapshotDamaged):
                snapshot = snapshots.load(seq).as_today()
                if snapshot.header.checksum == seen.checksum_at(seq):
                    self._exchange = snapshot.exchange(Dropped())
                    return
        if rules_end:
            self._why = "it was written under other rules than today's"
        elif seen.first > 1:
            self._why = "the records before it were dropped, and there is no snapshot to begin with"

    def _skip(self) -> None:
        # Bring the exchange to where the telling begins.
        first = self._exchange.seq + 1
        total = self._from_seq - first
        if total <= 0 or self._why:
            return
        for entry in counted(self._seen.read(first), "replaying", total, self._progress):
            if entry.seq >= self._from_seq:
                return
            if self._applied(Recorded(entry.seq, entry.ts_ns, entry.command)).events is None:
                return


def _rules_end(seen: Peek) -> int:
    """Return the last entry of other rules than today's, 0 when there is none."""
    ends = [
        last_seq
        for writer, last_seq in spans(seen)
        if writer.rules_version != RULES_VERSION and last_seq >= writer.first_seq
    ]
    return max(ends, default=0)
