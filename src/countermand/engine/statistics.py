"""Statistics: what a journal holds, counted. For people who want to know what was going on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from msgspec import Struct

from countermand.engine.peek import file_of, log_of, peek
from countermand.engine.ports import Writer
from countermand.engine.progress import Progress, counted, no_progress
from countermand.engine.refusing import spans
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.used_up import UsedUp

NS_PER_S = 1_000_000_000


class Span(Struct, frozen=True):
    """
    What one writer wrote.

    Units: `*_ns` since the Unix epoch, 0 when it wrote nothing; `per_s` entries a second between
    its first and last one, or in one second if that is longer, without the `used_up` ones that it
    began with: they pass over numbers after a stop that was not clean.
    """

    epoch: int
    app_version: str
    rules_version: int
    opened_ns: int
    first_seq: int
    count: int
    first_ns: int
    last_ns: int
    per_s: float
    used_up: int


class Statistics(Struct, frozen=True):
    """A journal in numbers. `busiest_*` is the second with the most entries, less the used up."""

    head: int
    journal_bytes: int
    log_bytes: int
    snapshots: dict[int, int]
    marks: int
    quarantined: int
    busiest_ns: int
    busiest_count: int
    commands: dict[str, int]
    writers: tuple[Span, ...]


def statistics(directory: Path, progress: Progress = no_progress) -> Statistics:
    """Return what is in a directory's journal. Raises: JournalError."""
    path = file_of(directory)
    log_path = log_of(path)
    with peek(directory) as seen:
        kinds: Counter[str] = Counter()
        seconds: Counter[int] = Counter()
        edges = {edge: 0 for writer, last in spans(seen) for edge in (writer.first_seq, last)}
        used_up, passed = UsedUp(seen), set[int]()
        for entry in counted(
            seen.recorded(seen.first), "reading", seen.head + 1 - seen.first, progress
        ):
            kinds[type(entry.command).__name__] += 1
            if used_up.has(entry):
                passed.add(entry.seq)
            else:
                seconds[entry.ts_ns // NS_PER_S] += 1
            if entry.seq in edges or entry.seq - 1 in passed:
                edges[entry.seq] = entry.ts_ns
        busiest_s, busiest_count = max(seconds.items(), key=lambda item: item[1], default=(0, 0))
        return Statistics(
            head=seen.head,
            journal_bytes=path.stat().st_size,
            log_bytes=log_path.stat().st_size if log_path.exists() else 0,
            snapshots=SnapshotDirectory(directory).sizes(),
            marks=len(seen.marks(1)),
            quarantined=len(seen.records.quarantined()),
            busiest_ns=busiest_s * NS_PER_S,
            busiest_count=busiest_count,
            commands=dict(kinds.most_common()),
            writers=tuple(_span(writer, last, edges, passed) for writer, last in spans(seen)),
        )


def _span(writer: Writer, last_seq: int, times: dict[int, int], passed: set[int]) -> Span:
    count = last_seq + 1 - writer.first_seq
    # The time of an entry that was dropped is not known any more.
    first_ns, last_ns = (times[writer.first_seq], times[last_seq]) if count else (0, 0)
    worked_from = next((s for s in range(writer.first_seq, last_seq + 1) if s not in passed), 0)
    # Entries of one moment, such as the founding's, have times a nanosecond apart.
    worked_ns = max(last_ns - times[worked_from], NS_PER_S) if worked_from else 0
    return Span(
        writer.epoch,
        writer.app_version,
        writer.rules_version,
        writer.opened_ns,
        writer.first_seq,
        count,
        first_ns,
        last_ns,
        round((last_seq - worked_from) * NS_PER_S / worked_ns, 1) if worked_ns else 0.0,
        len(passed.intersection(range(writer.first_seq, last_seq + 1))),
    )
