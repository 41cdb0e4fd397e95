"""
Verify: everything a journal can be checked for, without changing a byte and without its lock.

More than a start does: the whole chain, and a replay from the first record, compared with every
mark and every snapshot.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.core.history import Dropped
from countermand.engine import high_water
from countermand.engine.beginning import Recovery
from countermand.engine.chain import GENESIS
from countermand.engine.errors import Damaged, JournalError, OtherFormat
from countermand.engine.high_water import Level
from countermand.engine.history import FILE_NAME as HISTORY
from countermand.engine.history_check import Compared, Differs, compared
from countermand.engine.peek import Peek, peek
from countermand.engine.precheck import refuse_lost_end
from countermand.engine.progress import Progress, check_chain, no_progress
from countermand.engine.records import FORMAT_OF_FILES
from countermand.engine.refusing import (
    refuse_lost_base,
    refuse_lost_records,
    refuse_other_rules,
    spans,
)
from countermand.engine.replay import replay
from countermand.engine.snapshot import Header, Snapshot, SnapshotDamaged, SnapshotDirectory


class Check(Struct, frozen=True):
    """One thing that was looked at, and what was seen."""

    name: str
    ok: bool
    detail: str


class Verification(Struct):
    """
    All that was looked at, until something was wrong. `seq` names the first bad record, or is 0.
    """

    head: int = 0
    checks: list[Check] = []
    seq: int = 0

    @property
    def failures(self) -> list[Check]:
        """What was wrong; damage to a snapshot or the history keeps nothing from starting."""
        return [check for check in self.checks if not check.ok]


def verify(directory: Path, progress: Progress = no_progress) -> Verification:
    """
    Return what every check says; nothing is looked at after the first that fails for the journal.

    Raises: Absent, Unreadable.
    """
    result = Verification()
    snapshots = SnapshotDirectory(directory)
    # Listed before the journal is read, so that a running server cannot get ahead of what we saw.
    taken, level = snapshots.seqs(), _level(directory)
    try:
        # Opened before the journal, which a history is never ahead of.
        with compared(directory) as history, peek(directory) as seen:
            result.head = seen.head
            _run(result, "log", lambda: _log(seen))
            _run(result, "pages", lambda: _pages(seen, progress))
            _run(result, "chain", lambda: _chain(seen, max(taken, default=0), progress))
            _run(result, "kept", lambda: f"{len(seen.kept())} worlds and key changes, none changed")
            if not seen.records.is_archive:
                _run(result, "high water", lambda: _high_water(level, seen))
            sound = _sound(result, seen, snapshots, taken)
            if seen.first > 1:
                _run(result, "base", lambda: _base(seen, snapshots, sound))
                if not sound:
                    return result
            told = history if isinstance(history, Compared) else None
            _run(result, "replay", lambda: _replay(seen, snapshots, sound, progress, told))
            if not seen.records.is_archive:
                result.checks.append(_history(history))
    except (Damaged, OtherFormat) as error:
        result.seq = getattr(error, "seq", 0)
        result.checks.append(Check("journal", ok=False, detail=str(error)))
    except _Failed:
        pass
    return result


class _Failed(Exception):
    """A check failed that those after it stand on; it is in the result already."""


def _run(result: Verification, name: str, look: Callable[[], str]) -> None:
    try:
        result.checks.append(Check(name, ok=True, detail=look()))
    except JournalError as error:
        result.checks.append(Check(name, ok=False, detail=str(error)))
        result.seq = getattr(error, "seq", 0)
        raise _Failed from error


def _log(seen: Peek) -> str:
    log = seen.log
    if log.damage:
        raise Damaged(seen.head + 1, log.damage)
    if not log.torn_bytes:
        return f"{log.commits} commits, no torn tail"
    return (
        f"{log.commits} commits, then a torn tail of {log.torn_bytes} bytes in {log.torn_frames} "
        f"frames after record {seen.head}: being written now, or cut at the next start"
    )


def _pages(seen: Peek, progress: Progress) -> str:
    progress("reading pages", 0, 0)
    seen.records.check_pages()
    return "the file's own structure is sound"


def _chain(seen: Peek, snapshot_seq: int, progress: Progress) -> str:
    refuse_lost_records(seen, snapshot_seq)
    check_chain(seen, seen.first, seen.head, progress)
    count = f"{seen.head + 1 - seen.first} records, none missing, none changed"
    return count if seen.first == 1 else f"{count}; those before {seen.first} were dropped"


def _level(directory: Path) -> Level | JournalError:
    try:
        return high_water.read(directory)
    except JournalError as error:
        return error


def _high_water(level: Level | JournalError, seen: Peek) -> str:
    if seen.format == FORMAT_OF_FILES:
        return "journals of this format have none; the next start makes it"
    if isinstance(level, JournalError):
        raise level
    refuse_lost_end(level, seen)
    how = "a clean stop" if level.is_clean else "now, or an unclean stop"
    return f"the journal reached {level.head}, and it is there; numbers to {level.reserved}; {how}"


def _sound(
    result: Verification, seen: Peek, snapshots: SnapshotDirectory, taken: tuple[int, ...]
) -> dict[int, Header]:
    sound = {}
    for seq in reversed(taken):
        try:
            found = snapshots.load(seq)
            snapshot = found.as_today()
            snapshot.proven()
            # A state refers to itself: what has been proven is not needed any more.
            gc.collect()
            _compare(seen, snapshot)
        except SnapshotDamaged as error:
            detail = f"snapshot {seq} would be passed over: {error}"
            result.checks.append(Check("snapshot", ok=False, detail=detail))
            continue
        rules = found.header.rules_version
        migrates = f"; of rules {rules}: a start migrates it" if found.is_former else ""
        detail = f"{seq}: {len(found.dump)} bytes, sealed, of this journal{migrates}"
        result.checks.append(Check("snapshot", ok=True, detail=detail))
        sound[seq] = snapshot.header
    return sound


def _compare(seen: Peek, snapshot: Snapshot) -> None:
    if seen.checksum_at(snapshot.header.seq) != snapshot.header.checksum:
        raise SnapshotDamaged("it was not taken of this journal")


def _base(seen: Peek, snapshots: SnapshotDirectory, sound: dict[int, Header]) -> str:
    if not seen.records.is_archive:
        refuse_lost_base(seen, max(sound, default=0), ())
    base = seen.records.bases()[-1]
    if seen.checksum_at(base.seq) != base.checksum:
        raise Damaged(base.seq, "it is not the one that those before it were dropped for")
    if base.seq not in sound:
        return f"records before {base.seq} were dropped, and its snapshot is not here"
    header = snapshots.header(base.seq)
    # One that was migrated since has another digest.
    is_as_left = header.rules_version == _rules_at(seen, base.seq)
    if header.outcome != base.outcome or (is_as_left and header.digest != base.digest):
        raise Damaged(base.seq, "its snapshot is not the one that those before it were dropped for")
    return f"records before {base.seq} were dropped for its snapshot, and it is that one"


def _rules_at(seen: Peek, seq: int) -> int:
    return next((w.rules_version for w, last in spans(seen) if w.first_seq <= seq <= last), 0)


def _replay(
    seen: Peek,
    snapshots: SnapshotDirectory,
    sound: dict[int, Header],
    progress: Progress,
    history: Compared | None,
) -> str:
    found = _earliest(seen, snapshots, sound, history)

    def watch(exchange: Exchange) -> None:
        if history is not None and exchange.seq == history.seq:
            exchange.settle()
        header = sound.get(exchange.seq)
        if header is not None and header.digest != exchange.digest():
            raise Damaged(exchange.seq, "replay came to another state than the snapshot taken here")

    replay(seen, found, watch, progress)
    try:
        found.exchange.check_invariants()
    except AssertionError as error:
        raise Damaged(seen.head, f"the state breaks its own rules: {error}") from error
    marks = len([mark for mark in seen.marks(found.snapshot_seq + 1) if mark.seq <= seen.head])
    return (
        f"{found.replayed} records from {found.snapshot_seq + 1} on, {marks} marks met, "
        f"digest {found.exchange.digest().hex()[:16]}"
    )


def _history(history: Compared | str | None) -> Check:
    if history is None:
        return Check("history", ok=True, detail="there is none: the next start makes it")
    if isinstance(history, str):
        why = f"the next start sets it aside and makes it anew: {history}"
        return Check("history", ok=False, detail=why)
    try:
        return Check("history", ok=True, detail=history.outcome())
    except Differs as error:
        why = f"{error}; move {HISTORY} away, and the next start makes it anew"
        return Check("history", ok=False, detail=why)


def _earliest(
    seen: Peek,
    snapshots: SnapshotDirectory,
    sound: dict[int, Header],
    history: Compared | None,
) -> Recovery:
    """Return where these rules can replay from: the start, or the first snapshot after others."""
    over: Compared | Dropped = history or Dropped()
    foreign = [
        last_seq
        for writer, last_seq in spans(seen)
        if writer.rules_version != RULES_VERSION and last_seq >= writer.first_seq
    ]
    for seq in sorted(sound):
        if (foreign and seq >= max(foreign)) or (seen.first > 1 and not foreign):
            snapshot = snapshots.load(seq).as_today()
            # One of former rules brings along the records of all that ended before it.
            if history is not None:
                history.begin(0 if snapshot.records else snapshot.header.ts_ns)
            return Recovery(snapshot.exchange(over), snapshot.header.outcome, seq)
    refuse_other_rules(seen, 1, RULES_VERSION)
    if history is not None:
        history.begin(0)
    return Recovery(Exchange(history=over), GENESIS)
