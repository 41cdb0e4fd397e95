"""Journal: a copy of everything the exchange keeps, to look into or to go on from."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow, Download

# The directory that the copy is, once it is unpacked.
NAME = "countermand-journal"

_PIECE_BYTES = 64 * 1024

# Two empty blocks end a tar file.
_END = bytes(2 * tarfile.BLOCKSIZE)


class Nothing(Asked, frozen=True):
    """Nothing more is asked."""


async def copy_journal(host: Host, asked: Nothing) -> Download:
    """
    Return a data directory as it is now, in a tar file, while the exchange goes on.

    Unpacked, `countermand journal verify` proves it and `countermand serve --data` goes on from it.
    It holds keys: keep it as safe as the directory itself.
    """
    folder = Path(tempfile.mkdtemp(prefix="countermand-copy-"))
    try:
        await host.generations.copy(folder)
        paths = _files(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    length = sum(_padded(size) + tarfile.BLOCKSIZE for _, size in paths) + len(_END)
    return Download(f"{NAME}.tar", "application/x-tar", length, _tar(folder, paths))


def _files(folder: Path) -> list[tuple[Path, int]]:
    return [(path, path.stat().st_size) for path in sorted(folder.rglob("*")) if path.is_file()]


def _tar(folder: Path, paths: list[tuple[Path, int]]) -> Generator[bytes, None, None]:
    try:
        for path, size in paths:
            entry = tarfile.TarInfo(f"{NAME}/{path.relative_to(folder)}")
            entry.size, entry.mode, entry.mtime = size, 0o600, int(path.stat().st_mtime)
            yield entry.tobuf(tarfile.USTAR_FORMAT)
            yield from _pieces(path)
            yield bytes(_padded(entry.size) - entry.size)
        yield _END
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while piece := opened.read(_PIECE_BYTES):
            yield piece


def _padded(size: int) -> int:
    return -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE


ROWS = (
    ControlRow(
        name="journal",
        method="GET",
        path=f"{PREFIX}/journal",
        message=Nothing,
        reply=Download,
        run=copy_journal,
        summary="Download a copy of the journal and what belongs to it",
    ),
)
