"""
Precheck: what is looked at before SQLite may touch a directory, which would tidy the evidence away.

The log's frames first, then the journal's end against the high-water mark. What is refused here is
left as it was, to the byte.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from countermand.engine import high_water, wal
from countermand.engine.chain import GENESIS
from countermand.engine.errors import Damaged, Hole, KeptDamaged, Lost, OtherFormat, Unreadable
from countermand.engine.high_water import HighWater, Level
from countermand.engine.peek import FILE_NAME, Peek, index_of, log_of, peek
from countermand.engine.records import FORMAT_OF_FILES
from countermand.engine.snapshot import SnapshotDirectory


def precheck(directory: Path) -> tuple[wal.WalScan, HighWater]:
    """
    Return what the log holds, and the mark; both are made when there is nothing yet.

    The directory's lock is the caller's.
    Raises: Lost, Damaged, KeptDamaged, OtherFormat, Unreadable, WriteFailed.
    """
    path, mark_path = directory / FILE_NAME, directory / high_water.FILE_NAME
    _refuse_unusable(path)
    found, is_empty = _scan(path)
    if is_empty:
        _begin(path, mark_path)
        return found, HighWater(directory)
    with peek(directory, is_ours=True) as seen:
        if seen.records.is_archive:
            raise OtherFormat(f"{path.name} is an archive of entries that a journal has dropped")
        if found.damage:
            raise Damaged(seen.head + 1, found.damage)
        if not seen.format:
            _begin(path, mark_path)
            return found, HighWater(directory)
        if seen.format == FORMAT_OF_FILES:
            # The first format has no mark, so the journal is taken to be complete. A mark beside it
            # was made by a start that was then refused, which may have copied the log.
            is_clean = not (found.end_bytes or mark_path.exists())
            high_water.make(directory, level_of(seen, is_clean=is_clean))
        mark = HighWater(directory)
        try:
            refuse_lost_end(mark.level, seen)
        except BaseException:
            mark.close()
            raise
    return found, mark


def level_of(seen: Peek, *, is_clean: bool) -> Level:
    """Return the mark of a journal that ends where it seems to."""
    chain = [checksum for _, checksum in seen.records.kept_chain()]
    return Level(
        epoch=seen.records.epoch(),
        head=seen.head,
        reserved=seen.head if is_clean else seen.head + high_water.RESERVE,
        kept=len(chain),
        is_clean=is_clean,
        checksum=seen.checksum_at(seen.head),
        kept_checksum=chain[-1] if chain else GENESIS,
    )


def refuse_lost_end(level: Level, seen: Peek) -> None:
    """
    Raise when the journal ends before its mark, or goes on where the mark cannot have been left.

    Raises: Hole, Lost, Damaged, KeptDamaged.
    """
    chain = [checksum for _, checksum in seen.records.kept_chain()]
    if seen.head < level.head:
        raise Hole(seen.head + 1, f"the journal ends here, and {_known(f'record {level.head}')}")
    if len(chain) < level.kept:
        what = f"worlds and keys end at number {len(chain)}, and {_known(f'number {level.kept}')}"
        raise Lost(f"the journal's {what}")
    # That no writer at all is known to a journal with records is for replay to say.
    if 0 < seen.records.epoch() < level.epoch:
        raise Lost(f"the journal's last writer is missing: {_known(f'writer {level.epoch}')}")
    if seen.head > level.reserved:
        seen.check(seen.first, seen.head)
        raise Lost(
            f"{high_water.FILE_NAME} is older than the journal: it covers records up to "
            f"{level.reserved}, and there are {seen.head}"
        )
    if seen.checksum_at(level.head) != level.checksum:
        seen.check(seen.first, level.head)
        raise Damaged(level.head, f"it is not the one {high_water.FILE_NAME} was written at")
    if level.kept and chain[level.kept - 1] != level.kept_checksum:
        raise KeptDamaged(level.kept, f"it is not the one {high_water.FILE_NAME} was written at")


def _known(reached: str) -> str:
    harm = f"{log_of(Path(FILE_NAME)).name} is missing or cut, or {FILE_NAME} is an older one"
    return f"{high_water.FILE_NAME} says it reached {reached}: {harm}"


def _refuse_unusable(path: Path) -> None:
    # SQLite does not say which of its files it may not write.
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Unreadable(f"cannot write in {path.parent}: {os.strerror(errno.EACCES)}")
    for file in (path, log_of(path), index_of(path)):
        try:
            os.close(os.open(file, os.O_RDWR | os.O_CLOEXEC))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Unreadable(f"cannot open {file}: {error.strerror}") from None


def _scan(path: Path) -> tuple[wal.WalScan, bool]:
    try:
        found = wal.scan(log_of(path))
        is_empty = not (path.exists() and path.stat().st_size)
    except OSError as error:
        raise Unreadable(f"cannot read {log_of(path)}: {error.strerror}") from None
    if is_empty and found != wal.WalScan():
        # SQLite would take it for a stranger's and remove it.
        raise Damaged(1, f"{path.name} is missing, its log is here")
    return found, is_empty


def _begin(path: Path, mark_path: Path) -> None:
    """Make the mark before the journal: without a journal it says that there never was one."""
    if SnapshotDirectory(path.parent).seqs():
        raise Lost(f"{path} is missing or empty, and there are snapshots of it")
    if not mark_path.exists():
        high_water.make(path.parent, Level())
    elif reached := high_water.read(path.parent).epoch:
        raise Lost(f"{path} is missing or empty, and {mark_path.name} knows its writer {reached}")
