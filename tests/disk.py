"""A small disk of its own: full when a test says so, and with room again."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_MS_RDONLY, _MS_REMOUNT = 1, 32


class Disk:
    """A mounted file system in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, *, leave_bytes: int = 0) -> None:
        """Leave only so much room."""
        left = os.statvfs(self.path)
        size = left.f_bavail * left.f_frsize - leave_bytes
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def make_room(self) -> None:
        """Take back what filled it."""
        self._ballast.unlink()

    def make_read_only(self) -> None:
        """Let nothing more be written."""
        _mount(self.path, _MS_RDONLY | _MS_REMOUNT, b"")


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[Disk]:
    """Mount a disk; skip the test where that is not allowed, unless `SMALL_DISK` is "required"."""
    path.mkdir()
    try:
        _mount(path, 0, b"size=%dm" % megabytes)
    except OSError as error:
        if os.environ.get("SMALL_DISK") == "required":
            raise
        pytest.skip(f"no file system can be mounted here: {error.strerror}")
    try:
        yield Disk(path)
    finally:
        # Lazily: a server that was killed may still let go of its files.
        ctypes.CDLL(None).umount2(str(path).encode(), 2)


def _mount(path: Path, flags: int, options: bytes) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", str(path).encode(), b"tmpfs", flags, options):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
