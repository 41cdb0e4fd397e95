"""
High water: how far the journal is known to have reached, in a small file outside its log.

A log that was removed, emptied or cut looks like a short one. This file shows the difference. It
lags: another thread writes it after the appends, so that no commit waits for a second sync. Numbers
that may have been given out since are covered by `reserved`.

    slot (512) | slot (512)      each: turn, level, BLAKE2b of both (16), zeros

Lengths are in bytes. The slots are written in turn, each in one disk sector and in its place, which
needs no room on a full disk. A slot that a power cut tears leaves the other.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from struct import Struct as Layout
from threading import Condition, Event, Lock, Thread

import msgspec
from msgspec import Struct

from countermand import durable
from countermand.engine.chain import GENESIS
from countermand.engine.errors import Lost, Unreadable, WriteFailed

FILE_NAME = "high-water"

SLOT_BYTES, SEAL_BYTES = 512, 16
_LAYOUT = Layout(">8s5Q?16s16s")
_MAGIC = b"CMHIGH1\n"

# Entries that may be appended beyond the mark. The next mark is written once half are used up: that
# is four full groups, each with a sync of its own, in the time of one sync.
RESERVE = 2048

# How long the mark may lag behind a head that does not move any more.
PAUSE_S = 0.1


class Level(Struct, frozen=True):
    """
    How far a journal has come: its last entry, its last writer, its last kept record.

    Numbers up to `reserved` may have been given out; with `is_clean` none after `head` was.
    """

    epoch: int = 0
    head: int = 0
    reserved: int = 0
    kept: int = 0
    is_clean: bool = True
    checksum: bytes = GENESIS
    kept_checksum: bytes = GENESIS


class HighWater:
    """The mark of one directory's journal. One thread appends and tells; another one writes."""

    def __init__(self, directory: Path) -> None:
        """
        Open the mark.

        Raises: Lost when it is missing or no slot of it can be trusted, Unreadable.
        """
        self._path = directory / FILE_NAME
        self._turn, self._level = _read(self._path)
        self._told = self._level
        self._wanted = 0
        self._failure: WriteFailed | None = None
        self._changed, self._hurry, self._written = Event(), Event(), Condition()
        self._writing, self._is_ending = Lock(), False
        self._thread: Thread | None = None
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        except OSError as error:
            raise WriteFailed(f"cannot open {self._path}: {error.strerror}") from None

    @property
    def level(self) -> Level:
        """What the file says."""
        return self._level

    def begin(self, level: Level) -> None:
        """Write where a new writer begins, then follow it from a thread. Raises: WriteFailed."""
        reserved = max(level.reserved, level.head + RESERVE)
        self._told = msgspec.structs.replace(level, reserved=reserved, is_clean=False)
        self._write(self._told)
        if self._thread is None:
            self._thread = Thread(target=self._follow, name="countermand-high-water", daemon=True)
            self._thread.start()

    def cover(self, seq: int) -> None:
        """
        Return once `seq` is covered, which it is already unless the disk falls far behind.

        Raises: WriteFailed.
        """
        if seq + RESERVE // 2 <= self._level.reserved or self._thread is None:
            return
        self._wanted = seq
        self._failure = None
        self._changed.set()
        self._hurry.set()
        with self._written:
            self._written.wait_for(lambda: self._level.reserved >= seq or self._failure is not None)
        if self._level.reserved < seq and self._failure is not None:
            raise self._failure.again()

    def reached(self, head: int, checksum: bytes) -> None:
        """Take note of a durable head; it will be in the file soon."""
        self._told = msgspec.structs.replace(self._told, head=head, checksum=checksum)
        if not self._changed.is_set():
            self._changed.set()

    def kept(self, kept: int, checksum: bytes) -> None:
        """Write that a record was kept, at once: such are rare. Raises: WriteFailed."""
        self._told = msgspec.structs.replace(self._told, kept=kept, kept_checksum=checksum)
        self._write(self._covering(self._told))

    def lower(self, head: int, checksum: bytes) -> None:
        """Write that the entries after `head` will be set aside. Raises: WriteFailed."""
        lowered = msgspec.structs.replace(self._told, head=head, checksum=checksum)
        self._told = msgspec.structs.replace(lowered, is_clean=False)
        self._write(self._told)

    def seal(self) -> None:
        """End the thread and write that nothing came after the head told last."""
        self._end()
        self._write(msgspec.structs.replace(self._told, reserved=self._told.head, is_clean=True))

    def close(self) -> None:
        """Let go of the file as it is. Idempotent."""
        self._end()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _end(self) -> None:
        if self._thread is not None:
            self._is_ending = True
            self._changed.set()
            self._hurry.set()
            self._thread.join()
            self._thread = None

    def _follow(self) -> None:
        while True:
            self._changed.wait()
            # Cleared before it is looked at, so that what is told from now on sets it again.
            self._changed.clear()
            if self._is_ending:
                return
            try:
                self._write(self._covering(self._told))
            except WriteFailed as failed:
                self._failure = failed
            with self._written:
                self._written.notify_all()
            self._hurry.wait(PAUSE_S)
            self._hurry.clear()

    def _covering(self, level: Level) -> Level:
        reserved = max(level.head, self._wanted) + RESERVE
        return msgspec.structs.replace(level, reserved=max(reserved, self._level.reserved))

    def _write(self, level: Level) -> None:
        with self._writing:
            turn = self._turn + 1
            try:
                os.pwrite(self._file, _encode(turn, level), turn % 2 * SLOT_BYTES)
                durable.sync_data(self._file)
            except OSError as error:
                raise WriteFailed(f"cannot write {self._path}: {error.strerror}") from None
            self._turn, self._level = turn, level


def make(directory: Path, level: Level) -> None:
    """Put a mark where there is none, or in place of one that is not to be trusted."""
    data = _encode(0, level) + _encode(1, level)
    try:
        durable.replace_file(directory / FILE_NAME, data)
    except OSError as error:
        path = directory / FILE_NAME
        raise WriteFailed(f"cannot write {path}: {error.strerror}") from None


def read(directory: Path) -> Level:
    """Return what a directory's mark says. Raises: Lost, Unreadable."""
    return _read(directory / FILE_NAME)[1]


def _read(path: Path) -> tuple[int, Level]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Lost(f"{path} is missing") from None
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror}") from None
    if len(data) != 2 * SLOT_BYTES:
        raise Lost(f"{path} was cut: it has {len(data)} bytes, not {2 * SLOT_BYTES}")
    slots = [_decode(data[at : at + SLOT_BYTES]) for at in (0, SLOT_BYTES)]
    sound = [slot for slot in slots if slot is not None]
    if not sound:
        raise Lost(f"{path} is damaged: neither of its checksums fits")
    return max(sound, key=lambda slot: slot[0])


def _encode(turn: int, level: Level) -> bytes:
    epoch, head, reserved, kept, is_clean, *checksums = msgspec.structs.astuple(level)
    body = _LAYOUT.pack(_MAGIC, turn, epoch, head, reserved, kept, is_clean, *checksums)
    return (body + _seal(body)).ljust(SLOT_BYTES, b"\0")


def _decode(slot: bytes) -> tuple[int, Level] | None:
    body, seal = slot[: _LAYOUT.size], slot[_LAYOUT.size : _LAYOUT.size + SEAL_BYTES]
    if _seal(body) != seal:
        return None
    _, turn, epoch, head, reserved, kept, is_clean, *checksums = _LAYOUT.unpack(body)
    return turn, Level(epoch, head, reserved, kept, is_clean, *checksums)


def _seal(body: bytes) -> bytes:
    return blake2b(body, digest_size=SEAL_BYTES).digest()
