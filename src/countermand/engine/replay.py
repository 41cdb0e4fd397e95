"""
Replay: from a journal to an exchange that is where the journal says it is.

A start and a recovery are one path: load a snapshot that can be trusted, apply the entries after
it, and compare what comes out with the marks that were left when they were applied first.
"""

from __future__ import annotations

from collections.abc import Callable

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.core.history import History
from countermand.engine.beginning import Recovery, from_snapshot
from countermand.engine.chain import fold
from countermand.engine.errors import Damaged, Poisoned
from countermand.engine.history import BATCHES_AHEAD_MAX, Archive
from countermand.engine.ports import Journal, Readable
from countermand.engine.progress import Progress, check_chain, counted, no_progress
from countermand.engine.refusing import refuse_lost_base, refuse_lost_records, refuse_other_rules
from countermand.engine.snapshot import SnapshotDirectory

# Entries before the head whose chain every start checks, even where a snapshot makes them
# unnecessary.
CHECKED_MIN = 250_000

# Entries after which a replay hands over the records of what is over.
SETTLE_EVERY = 4096


def recover(
    journal: Journal,
    snapshots: SnapshotDirectory | None = None,
    rules: int = RULES_VERSION,
    progress: Progress = no_progress,
    history: History | None = None,
) -> Recovery:
    """
    Return the exchange the journal stands for, over a history that is brought to where it is.

    Raises: Damaged, OtherRules, Poisoned, each naming the first record concerned.
    """
    found = from_snapshot(journal, snapshots, history=history)
    refuse_lost_base(journal, found.snapshot_seq, found.passed_over)
    refuse_lost_records(journal, found.snapshot_seq)
    refuse_other_rules(journal, found.snapshot_seq + 1, rules)
    found.checked_from = max(journal.first, min(journal.head - CHECKED_MIN, found.snapshot_seq) + 1)
    check_chain(journal, found.checked_from, found.snapshot_seq, progress)
    replay(journal, found, progress=progress)
    if not found.snapshot_seq or found.migrated is not None:
        # A state out of a snapshot was held against its rules by the process that left it.
        check_state(found.exchange)
    return found


def replay(
    journal: Readable,
    found: Recovery,
    watch: Callable[[Exchange], None] | None = None,
    progress: Progress = no_progress,
) -> None:
    """
    Apply every entry after the exchange's, comparing with the marks; `watch` sees each state.

    Raises: Damaged, Poisoned.
    """
    exchange, outcome = found.exchange, found.outcome
    archive = exchange.history if isinstance(exchange.history, Archive) else None
    # From there on records are new, and none is handed over with one that is there already.
    known_seq = archive.seq if archive else 0
    marks = {mark.seq: mark.outcome for mark in journal.marks(exchange.seq + 1)}
    unread = journal.read(exchange.seq + 1)
    for entry in counted(unread, "replaying", journal.head - exchange.seq, progress):
        try:
            events = exchange.advance(entry).events
        except Exception as error:
            raise Poisoned(entry.seq, error) from error
        outcome = fold(outcome, events)
        if entry.seq in marks and marks[entry.seq] != outcome:
            raise Damaged(entry.seq, "replay came to another outcome than the one recorded here")
        if watch is not None:
            watch(exchange)
        if entry.seq == known_seq or entry.seq % SETTLE_EVERY == 0:
            exchange.settle()
            if archive is not None:
                archive.wait(BATCHES_AHEAD_MAX)
    exchange.settle()
    found.outcome = outcome


def check_state(exchange: Exchange) -> None:
    """Raise Damaged when the state breaks its own rules."""
    try:
        exchange.check_invariants()
    except AssertionError as error:
        raise Damaged(
            exchange.seq, f"the state it leads to breaks its own rules: {error}"
        ) from error
