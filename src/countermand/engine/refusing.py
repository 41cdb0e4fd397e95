"""Refusing: what a journal lacks, or has of other rules, so that no start goes on with it."""

from __future__ import annotations

from collections.abc import Sequence

from countermand.engine.errors import Damaged, Hole, Lost, OtherRules
from countermand.engine.ports import Readable, Writer


def refuse_other_rules(journal: Readable, from_seq: int, rules: int) -> None:
    """Raise OtherRules when any entry from `from_seq` on was written under other rules."""
    for writer, last_seq in spans(journal):
        if writer.rules_version != rules and last_seq >= max(from_seq, writer.first_seq):
            wrote = f"version {writer.app_version} with rules {writer.rules_version}"
            left_at = _went_on_at(journal, last_seq, rules)
            raise OtherRules(max(from_seq, writer.first_seq), wrote, rules, left_at)


def _went_on_at(journal: Readable, after_seq: int, rules: int) -> int:
    # Writers of these rules can only have begun behind others at a snapshot of theirs.
    begun = [w.first_seq - 1 for w in journal.writers() if w.rules_version == rules]
    return min((seq for seq in begun if seq >= after_seq), default=0)


def spans(journal: Readable) -> list[tuple[Writer, int]]:
    """Return every writer with the last entry it wrote. Raises: Damaged."""
    writers = journal.writers()
    if journal.head and not writers:
        raise Damaged(1, "the table of writers is empty")
    ends = [writer.first_seq - 1 for writer in writers[1:]] + [journal.head]
    return list(zip(writers, ends, strict=False))


def refuse_lost_base(journal: Readable, snapshot_seq: int, why: Sequence[str]) -> None:
    """Raise Lost when entries were dropped and no snapshot stands for them."""
    first = journal.first
    if first > 1 and snapshot_seq < first:
        reasons = f" ({'; '.join(why)})" if why else ""
        raise Lost(
            f"the records before {first} were dropped, and no snapshot of record {first} or later "
            f"can be trusted{reasons}: put a copy of the directory's snapshots back"
        )


def refuse_lost_records(journal: Readable, snapshot_seq: int) -> None:
    """Raise Hole when a mark, a writer or a snapshot is of a record beyond the head."""
    reached = max(
        [mark.seq for mark in journal.marks(journal.head + 1)]
        + [writer.first_seq - 1 for writer in journal.writers()]
        + [snapshot_seq]
    )
    if reached > journal.head:
        raise Hole(journal.head + 1, f"the journal ends here, and once reached {reached}")
