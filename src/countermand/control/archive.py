"""
Archive: a data directory in a tar file, and back. What comes out is plain files below one folder.

Python's own unpacking follows what a file says of links, owners and paths; here only the names and
bytes of plain files are taken.
"""

from __future__ import annotations

import os
import tarfile
from collections.abc import Generator, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from countermand import durable

# The directory that the copy is, once it is unpacked.
NAME = "countermand-journal"

_PIECE_BYTES = 64 * 1024

# Two empty blocks end a tar file.
_END = bytes(2 * tarfile.BLOCKSIZE)


class NotAnArchive(Exception):
    """The file is no whole tar of a data directory; one line says why."""


def packed(folder: Path) -> tuple[int, Generator[bytes, None, None]]:
    """Return the length of the tar file of a folder, in bytes, and its pieces."""
    paths = [(path, path.stat().st_size) for path in sorted(folder.rglob("*")) if path.is_file()]
    length = sum(_padded(size) + tarfile.BLOCKSIZE for _, size in paths) + len(_END)
    return length, _packed(folder, paths)


def unpack(file: Path, folder: Path) -> None:
    """
    Write what is in a tar file into a folder, which must be empty, readable by its owner alone.

    Raises: NotAnArchive; OSError.
    """
    try:
        with tarfile.open(file, "r:") as opened:
            for entry in opened:
                path, source = _place(entry, folder), opened.extractfile(entry)
                durable.make_directory(path.parent, parents=True, exist_ok=True)
                _write(path, source)
            count = len(opened.getmembers())
    except tarfile.TarError as error:
        raise NotAnArchive(f"{file} is no backup, or not a whole one: {error}") from None
    if not count:
        raise NotAnArchive(f"{file} is no backup: there is nothing in it")


def _place(entry: tarfile.TarInfo, folder: Path) -> Path:
    first, *names = PurePosixPath(entry.name).parts or ("",)
    if first != NAME or not names or ".." in names or not entry.isreg():
        raise NotAnArchive(f"{entry.name!r} in it is no file of a data directory")
    return folder.joinpath(*names)


def _write(path: Path, source: IO[bytes] | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(durable.open_file(path, flags), "wb") as to:
        while source is not None and (piece := source.read(_PIECE_BYTES)):
            to.write(piece)
        to.flush()
        os.fsync(to.fileno())


def _packed(folder: Path, paths: list[tuple[Path, int]]) -> Generator[bytes, None, None]:
    for path, size in paths:
        entry = tarfile.TarInfo(f"{NAME}/{path.relative_to(folder)}")
        entry.size, entry.mode, entry.mtime = size, 0o600, int(path.stat().st_mtime)
        yield entry.tobuf(tarfile.USTAR_FORMAT)
        yield from _pieces(path)
        yield bytes(_padded(size) - size)
    yield _END


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while piece := opened.read(_PIECE_BYTES):
            yield piece


def _padded(size: int) -> int:
    return -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
