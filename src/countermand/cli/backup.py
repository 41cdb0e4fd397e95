"""
`countermand backup`: a data directory in one file, copied at one moment while its server goes on.

Exit codes: 0 done, 1 it failed, 2 asked wrongly.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from countermand.cli import printed, progress
from countermand.cli.failing import fail
from countermand.cli.operating import TlsCa, TokenFile, operator
from countermand.control import archive
from countermand.control.client import Control
from countermand.control.row import ControlError
from countermand.engine import layout
from countermand.engine.copying import copy_directory
from countermand.engine.errors import Absent, JournalError
from countermand.engine.verify import verify


def backup(
    source: Annotated[
        str, typer.Argument(help="Data directory, or URL of a control port.", metavar="DIR|URL")
    ],
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet.")],
    token_file: TokenFile = None,
    tls_ca: TlsCa = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """
    Copy a data directory into a file, while its server goes on, and prove the copy.

    It holds the exchange as it is served, with its world and keys: keep it as safe as the
    directory itself. States that were saved by name, former generations and the control port's
    token are not in it.

    For example: countermand backup countermand-data monday.tar
    """
    if file.exists():
        fail(f"{file} is there already, and is not overwritten", 2)
    try:
        with _beside(file) as folder:
            part, copy = folder / "backup.tar", folder / "copy"
            if "://" in source:
                _download(operator(source, token_file, tls_ca), part, copy)
            else:
                _copy(Path(source), part, copy)
            head = _proven(copy)
            size = part.stat().st_size
            part.rename(file)
    except ControlError as error:
        fail(error.text, 1)
    except (Absent, ValueError) as error:
        fail(str(error), 2)
    except (JournalError, archive.NotAnArchive, OSError) as error:
        fail(str(error), 1)
    if json:
        told = {"file": str(file), "bytes": size, "head": head}
        printed.document(told)
    else:
        typer.echo(f"{file}: {size:,} bytes, up to record {head}, all of it proven")


def _download(client: Control, part: Path, copy: Path) -> None:
    with _created(part) as to:
        client.download("journal", to)
        _sync(to)
    copy.mkdir(mode=0o700)
    archive.unpack(part, copy)


def _copy(directory: Path, part: Path, copy: Path) -> None:
    if not (served := layout.current(directory)).is_dir():
        raise Absent(f"{directory} is no data directory")
    copy.mkdir(mode=0o700)
    copy_directory(served, copy)
    with _created(part) as to:
        for piece in archive.packed(copy)[1]:
            to.write(piece)
        _sync(to)


def _proven(copy: Path) -> int:
    """Return the last record of a copy. Raises: JournalError where something is wrong with it."""
    with progress.shown() as bars:
        result = verify(copy, bars.tell)
    for failure in result.failures:
        raise JournalError(f"the copy is not sound: {failure.name}: {failure.detail}")
    return result.head


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    # On the same disk, so that the file comes into its place in one step.
    folder = Path(tempfile.mkdtemp(prefix=f".{file.name}-", dir=file.absolute().parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(to: BinaryIO) -> None:
    to.flush()
    os.fsync(to.fileno())
