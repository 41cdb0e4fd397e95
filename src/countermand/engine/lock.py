"""Lock: one process serves a directory. The kernel lets go of it however the process ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from countermand.engine.errors import Locked, Unreadable, WriteFailed


class DirectoryLock:
    """
    An exclusive lock on DIR/lock, with the owner's process id in it for people to read.

    `flock` belongs to the open file, not to the process, so it also keeps a second engine out of
    the same process, and reading the file elsewhere does not let go of it.
    """

    def __init__(self, directory: Path) -> None:
        """
        Take the lock.

        Raises: Locked naming the process that has it, Unreadable, WriteFailed.
        """
        path = directory / "lock"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise Unreadable(f"cannot open {path}: {error.strerror}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.pread(self._file, 32, 0).decode(errors="replace").strip()
            os.close(self._file)
            raise Locked(directory, pid) from None
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            os.close(self._file)
            raise WriteFailed(f"cannot write {path}: {error.strerror}") from None

    def release(self) -> None:
        """Let go. Idempotent; the file stays, since removing it would let two owners in."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
