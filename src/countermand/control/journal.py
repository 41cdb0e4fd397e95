"""Journal: a copy of everything the exchange keeps, to look into or to go on from."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from countermand.control import archive
from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow, Download


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
        length, pieces = archive.packed(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    kept = _kept_until_read(folder, pieces)
    return Download(f"{archive.NAME}.tar", "application/x-tar", length, kept)


def _kept_until_read(
    folder: Path, pieces: Generator[bytes, None, None]
) -> Generator[bytes, None, None]:
    try:
        yield from pieces
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
