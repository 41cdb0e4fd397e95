"""
History start: whether a history is the journal's, and where a start begins so that it has all.

The journal is the truth. A history that is missing, damaged, of another journal or ahead of this
one is made anew of it; a start begins no later than the history goes.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from countermand.core.exchange import RULES_VERSION
from countermand.engine.errors import Hole, Unreadable
from countermand.engine.history import FILE_NAME, Archive
from countermand.engine.history_table import NotTrusted
from countermand.engine.ports import Readable
from countermand.engine.snapshot import SnapshotDamaged, SnapshotDirectory

log = logging.getLogger(__name__)

ASIDE = "history-aside.sqlite"

# What SQLite keeps beside its file.
SUFFIXES = ("", "-wal", "-shm")

# What is noted of the journal: when it was begun, and the chain's link at a record.
JOURNAL, PROOF_SEQ, PROOF = "journal", "proof_seq", "proof"


def archive_of(directory: Path, journal: Readable) -> Archive:
    """Open the history of a directory's journal, or a new one in its place. Raises: Unreadable."""
    archive = open_archive(directory)
    if why := _why_not(archive, journal):
        archive.close()
        set_aside(directory, why)
        archive = open_archive(directory)
    archive.note(identity(journal))
    return archive


def open_archive(directory: Path) -> Archive:
    """
    Open the history of a directory; one that cannot be trusted is set aside for a new one.

    Raises: Unreadable.
    """
    try:
        return Archive(directory)
    except (NotTrusted, sqlite3.DatabaseError) as error:
        set_aside(directory, str(error))
    try:
        return Archive(directory)
    except (NotTrusted, sqlite3.Error) as error:
        raise Unreadable(f"{directory / FILE_NAME} cannot be made: {error}") from None


def set_aside(directory: Path, reason: str) -> None:
    """Rename a history that is of no use, over the one that was set aside before."""
    log.warning("the history is set aside and made anew", extra={"reason": reason})
    for suffix in SUFFIXES:
        (directory / f"{ASIDE}{suffix}").unlink(missing_ok=True)
    for suffix in SUFFIXES:
        path = directory / f"{FILE_NAME}{suffix}"
        if path.exists():
            path.rename(directory / f"{ASIDE}{suffix}")


def _why_not(archive: Archive, journal: Readable) -> str:
    # Why a history is not this journal's, or nothing.
    seq = archive.seq
    if seq > journal.head:
        return f"it goes to record {seq}, and the journal ends at {journal.head}"
    begun, proof_seq = archive.meta(JOURNAL), archive.meta(PROOF_SEQ)
    is_other = begun is not None and {JOURNAL: begun} != identity(journal)
    if isinstance(proof_seq, int) and proof_seq >= journal.first:
        is_other |= archive.meta(PROOF) != _checksum_at(journal, proof_seq)
    return "it is of another journal" if is_other else ""


def _checksum_at(journal: Readable, seq: int) -> bytes:
    with suppress(Hole):
        return journal.checksum_at(seq)
    return b""


def identity(journal: Readable) -> dict[str, int | bytes]:
    """Return what tells a journal from others: when it was begun, once it is."""
    first = next(iter(journal.writers()), None)
    return {JOURNAL: first.opened_ns} if first else {}


def proof(seq: int, checksum: bytes) -> dict[str, int | bytes]:
    """Return what proves later that a history is of the journal with that link at a record."""
    return {PROOF_SEQ: seq, PROOF: checksum}


def places(
    taken: Sequence[int],
    seq: int,
    *,
    is_former: Callable[[int], bool],
    can_begin_anew: bool,
) -> tuple[int, ...]:
    """
    Return the snapshots that a start may begin with, the best one first.

    `taken` are those there are, newest first, and `seq` is how far the history goes. A snapshot of
    former rules brings its records along. Others that are ahead of the history come last, and only
    where it cannot be made of the journal; the oldest of them loses least.
    """
    fitting = tuple(at for at in taken if at <= seq or is_former(at))
    ahead = tuple(at for at in reversed(taken) if at not in fitting)
    return fitting if can_begin_anew else fitting + ahead


def former_in(snapshots: SnapshotDirectory) -> Callable[[int], bool]:
    """Return a function that tells whether other rules than today's left a snapshot."""

    def is_former(seq: int) -> bool:
        with suppress(SnapshotDamaged):
            return snapshots.header(seq).rules_version != RULES_VERSION
        return False

    return is_former


def go_on_without(archive: Archive, seq: int) -> None:
    """Have the history go on at a snapshot, without the records of what ended before."""
    log.warning(
        "what ended before is lost to the history: the records it was made of were dropped",
        extra={"from": archive.seq + 1, "to": seq},
    )
    archive.sync(seq)
