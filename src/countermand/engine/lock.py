"""Lock: one process serves a directory. The kernel lets go of it however the process ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from countermand import durable
from countermand.engine.errors import Locked, Unreadable, WriteFailed


class DirectoryLock:
    """
    An exclusive lock on a directory and on its file `lock`, which names the owner's process.

    The directory, because a file can be removed while it is locked; the file, because it is what
    earlier versions lock. `flock` belongs to the open file, not to the process, so it also keeps a
    second engine out of the same process, and reading the file elsewhere does not let go of it.
    """

    def __init__(self, directory: Path) -> None:
        """
        Take the lock.

        Raises: Locked naming the process that has it, Unreadable, WriteFailed.
        """
        self._files: list[int] = []
        path = directory / "lock"
        try:
            self._take(directory, os.O_RDONLY, path)
            file = self._take(path, os.O_RDWR | os.O_CREAT, path)
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            self.release()
            raise WriteFailed(f"cannot write {path}: {error.strerror}") from None
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let go. Idempotent; the file stays."""
        while self._files:
            os.close(self._files.pop())

    def _take(self, what: Path, flags: int, owned: Path) -> int:
        try:
            file = durable.open_file(what, flags)
        except OSError as error:
            raise Unreadable(f"cannot open {what}: {error.strerror}") from None
        self._files.append(file)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(owned.parent, _owner(owned)) from None
        except OSError as error:
            raise Unreadable(f"cannot lock {what}: {error.strerror}") from None
        return file


def _owner(path: Path) -> str:
    try:
        return path.read_text(errors="replace")[:32].strip()
    except OSError:
        return ""
