"""
Announce: how a user's programs find that user's running servers on this machine.

A server leaves one file in a directory that its user alone can read, and keeps it locked while it
runs. The kernel lets go of the lock however the process ends, so a file without a lock is stale.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Announcement(Struct, frozen=True):
    """
    A running server, as it was when it was ready.

    `venues` has by name what the ready line has: `base_url`, `accounts` (by user, what that venue's
    own SDK needs) and `markets`.

    Units: `started_ns` since the Unix epoch; `control` and the base URLs end in no slash.
    """

    pid: int
    started_ns: int
    control: str
    venues: dict[str, dict[str, Any]]

    @property
    def port(self) -> int:
        """The control port."""
        return urlsplit(self.control).port or 0


def directory() -> Path:
    """
    Return where this user's servers announce themselves.

    It lies in the user's run-time directory, or, without one, in the one for temporary files.
    """
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    # After `su` the variable may still be another user's.
    if own and Path(own).is_absolute() and _is_ours(Path(own)):
        return Path(own, "countermand")
    return Path(tempfile.gettempdir(), f"countermand-{os.geteuid()}")


@contextmanager
def announced(announcement: Announcement) -> Iterator[Path]:
    """
    Announce a server while the context lasts; yield the file.

    Raises: OSError, also for a directory that others can write or read.
    """
    folder = directory()
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _is_ours(folder) or folder.lstat().st_mode & _OTHERS:
        raise PermissionError(f"{folder} is not a directory of this user alone")
    path = folder / f"{announcement.pid}-{announcement.port}.json"
    beside = path.with_suffix(".new")
    file = os.open(
        beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        # Locked before it has its name: a file with a name and without a lock is stale.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with open(file, "wb", closefd=False) as opened:
            opened.write(msgspec.json.encode(announcement))
        beside.replace(path)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(file)


def running() -> list[Announcement]:
    """Return this user's running servers, the newest first; files of ended ones are removed."""
    folder = directory()
    if not folder.is_dir() or not _is_ours(folder):
        return []
    found = [one for path in folder.glob("*.json") if (one := _read(path)) is not None]
    return sorted(found, key=lambda one: one.started_ns, reverse=True)


def find(port: int | None = None) -> Announcement | None:
    """Return the newest running server, or the one whose control port it is; None without one."""
    return next((one for one in running() if port in (None, one.port)), None)


def _read(path: Path) -> Announcement | None:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(file, "rb") as opened:
        if os.fstat(file).st_uid != os.geteuid():
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _decode(opened.read())
        # Only a file that has this very name: another server may have the number by now.
        with suppress(OSError):
            if path.lstat().st_ino == os.fstat(file).st_ino:
                path.unlink()
        return None


def _decode(data: bytes) -> Announcement | None:
    try:
        return msgspec.json.decode(data, type=Announcement)
    except msgspec.DecodeError:
        # A server of a later version may say other things.
        return None


def _is_ours(path: Path) -> bool:
    try:
        seen = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.geteuid()
