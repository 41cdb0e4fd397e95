"""
WAL: SQLite's write-ahead log, read by ourselves before SQLite does.

SQLite takes the first frame whose checksum is wrong for the end of the log and drops all that
follows. That is right after a crash and wrong for a flipped bit, which would silently undo what was
answered. So we look at what follows a bad frame:

    torn tail   frames after the last commit: a transaction that was being written, never answered
    damage      a later transaction's commit follows the bad frame. With synchronous=FULL one is
                only begun once the one before it is on the disk, so the bad frame was good once.

What cannot be told apart: a flip inside the very last transaction looks like a torn tail.

Source: https://www.sqlite.org/fileformat2.html, section 4 "The Write-Ahead Log".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from struct import Struct as Layout

from msgspec import Struct

_HEADER = Layout(">8I")  # magic, version, page size, checkpoint, salt, salt, checksum, checksum
_FRAME = Layout(">6I")  # page, pages of the database at a commit, salt, salt, checksum, checksum
_MAGIC_LITTLE, _MAGIC_BIG = 0x377F0682, 0x377F0683
_U32 = 0xFFFF_FFFF


class WalScan(Struct, frozen=True):
    """
    What the log holds.

    Units: `end_bytes` is where the last commit ends; `torn_*` count what lies behind it.
    """

    commits: int = 0
    end_bytes: int = 0
    torn_frames: int = 0
    torn_bytes: int = 0
    damage: str = ""


class _Frame(Struct, frozen=True):
    index: int
    is_commit: bool
    is_current: bool
    is_good: bool


def scan(path: Path) -> WalScan:
    """
    Return what the log at `path` holds; nothing when there is none.

    It may be read while a server writes to it: a log that was begun anew meanwhile is read again,
    and damage counts only where what was read has not changed since.
    """
    while True:
        data = _read(path)
        found = _scan(data)
        stable_bytes = len(data) if found.damage else _HEADER.size
        if _read(path, stable_bytes) == data[:stable_bytes]:
            return found


def cut(path: Path, found: WalScan) -> None:
    """Remove the torn tail, so that no later commit can be taken for one that follows it."""
    with path.open("r+b") as file:
        file.truncate(found.end_bytes)
        os.fsync(file.fileno())


def _read(path: Path, count: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except FileNotFoundError:
        return b""


def _scan(data: bytes) -> WalScan:
    if len(data) < _HEADER.size:
        return WalScan(torn_bytes=len(data))
    magic, _, page_bytes, _, _, _, *seal = _HEADER.unpack_from(data)
    little = magic == _MAGIC_LITTLE
    if (not little and magic != _MAGIC_BIG) or _sum(data[:24], (0, 0), little=little) != tuple(
        seal
    ):
        # SQLite syncs the header before the first frame, so a bad one with frames was good once.
        bad = len(data) >= _HEADER.size + _FRAME.size
        return WalScan(torn_bytes=len(data), damage="the log's header is damaged" if bad else "")
    return _judge(list(_frames(data, page_bytes, little=little)), page_bytes, len(data))


def _frames(data: bytes, page_bytes: int, *, little: bool) -> Iterator[_Frame]:
    salts, running = _HEADER.unpack_from(data)[4:6], _HEADER.unpack_from(data)[6:8]
    is_good, size = True, _FRAME.size + page_bytes
    for index, at in enumerate(range(_HEADER.size, len(data) - size + 1, size)):
        _, pages, salt, pepper, *seal = _FRAME.unpack_from(data, at)
        if is_good:
            running = _sum(data[at : at + 8], running, little=little)
            running = _sum(data[at + _FRAME.size : at + size], running, little=little)
            is_good = (salt, pepper) == salts and running == tuple(seal)
        # A frame with one of the two salts is of this round; frames of earlier rounds have none.
        yield _Frame(index, pages > 0, salt == salts[0] or pepper == salts[1], is_good)


def _judge(frames: list[_Frame], page_bytes: int, size_bytes: int) -> WalScan:
    good_commits = [frame.index for frame in frames if frame.is_good and frame.is_commit]
    end = good_commits[-1] + 1 if good_commits else 0
    end_bytes = _HEADER.size + end * (_FRAME.size + page_bytes)
    current = [frame.index for frame in frames[end:] if frame.is_current]
    bad = next((frame for frame in frames[end:] if not frame.is_good), None)
    damage = ""
    if bad is not None:
        later = sum(f.is_commit and f.is_current for f in frames[bad.index + 1 :])
        # A bad frame that ends a transaction itself needs only one more commit behind it.
        if later + (bad.is_commit and bad.is_current) > 1:
            damage = f"frame {bad.index + 1} of the log is damaged and commits follow it"
    torn_frames = current[-1] + 1 - end if current else 0
    torn_bytes = torn_frames * (_FRAME.size + page_bytes)
    if len(frames) == end + torn_frames:
        # Nothing of an earlier round lies behind: a last frame written in part is of this one.
        torn_bytes = size_bytes - end_bytes
    return WalScan(len(good_commits), end_bytes, torn_frames, torn_bytes, damage)


def _sum(data: bytes, seed: tuple[int, ...], *, little: bool) -> tuple[int, int]:
    one, two = seed
    words = Layout(f"{'<' if little else '>'}{len(data) // 4}I").unpack(data)
    pairs = iter(words)
    for word, next_word in zip(pairs, pairs, strict=True):
        one = (one + word + two) & _U32
        two = (two + next_word + one) & _U32
    return one, two
