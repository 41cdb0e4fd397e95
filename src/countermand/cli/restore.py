"""
`countermand restore`: a data directory made of a backup, proven, and beyond what was given out.

Exit codes: 0 done, 1 it failed, 2 asked wrongly.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from countermand import durable
from countermand.app import pass_numbers
from countermand.cli import printed, progress
from countermand.cli.failing import fail
from countermand.control import archive
from countermand.engine import layout
from countermand.engine.copying import copy_directory
from countermand.engine.errors import JournalError, Unreadable
from countermand.engine.peek import FILE_NAME
from countermand.engine.verify import verify

# More than a practice exchange gives out in a day; ids of 32 bits have room for 200 such steps.
NUMBERS = 10_000_000

EXIT_BUG = 70

# Within the directory itself, which may be a volume that nothing can be moved over.
_PART, _LOST = "restoring", "restoring-lost"


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    directory: Annotated[
        Path, typer.Argument(help="Data directory to make; it must be empty.", metavar="DIR")
    ],
    numbers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many numbers may have been given out since the backup. Default: "
            f"{NUMBERS:,}, with --lost as many as there were.",
        ),
    ] = None,
    lost: Annotated[
        Path | None,
        typer.Option(help="The data directory that it stands in for, where that can be read."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """
    Make a data directory of a backup, to go on from it.

    Every record is checked and replayed first. The server went on after the backup and gave out
    numbers. They are passed over, so that no order id comes twice: those that the lost directory
    knows of, or so many.

    For example: countermand restore monday.tar again --lost countermand-data
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        fail(f"{directory} is not empty, and nothing is overwritten", 2)
    is_new = not directory.exists()
    part = directory / _PART
    try:
        durable.make_directory(directory, parents=True, exist_ok=True)
        durable.make_directory(part)
        known = 0 if lost is None else _last_number(lost, directory / _LOST)
        count = numbers or (NUMBERS if lost is None else 0)
        head, last = _restored(file, part, count=count, beyond=known)
        _move(part, directory)
    except (JournalError, archive.NotAnArchive, OSError) as error:
        shutil.rmtree(directory if is_new else part, ignore_errors=True)
        fail(str(error), 1)
    if json:
        told = {"directory": str(directory), "head": head, "numbers_from": last + 1}
        printed.document(told)
    else:
        typer.echo(
            f"{directory}: the exchange as of record {head} of {file}; numbers go on at "
            f"{last + 1:,}\nserve it: countermand serve --data {directory}"
        )


def _last_number(lost: Path, copy: Path) -> int:
    """Return the last number that a directory may have given out. Raises: JournalError."""
    durable.make_directory(copy)
    try:
        # It is looked at in a copy, and stays as it is.
        copy_directory(layout.current(lost), copy)
        with progress.shown() as bars:
            return asyncio.run(pass_numbers(copy, 0, _end, bars.tell))
    except JournalError as error:
        text = f"{lost} cannot be read: {error}; say instead with --numbers how many there may be"
        raise Unreadable(text) from None
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _end() -> None:
    os._exit(EXIT_BUG)


def _restored(file: Path, part: Path, *, count: int, beyond: int) -> tuple[int, int]:
    """Return the last record of the backup, and the last number that is passed over."""
    archive.unpack(file, part)
    with progress.shown() as bars:
        result = verify(part, bars.tell)
        for failure in result.failures:
            raise JournalError(f"{file} is not sound: {failure.name}: {failure.detail}")
        last = asyncio.run(pass_numbers(part, count, _end, bars.tell, beyond=beyond))
    return result.head, last


def _move(part: Path, directory: Path) -> None:
    # The journal comes last: without it nothing of the directory is served.
    for path in sorted(part.iterdir(), key=lambda path: path.name == FILE_NAME):
        path.rename(directory / path.name)
    part.rmdir()
    durable.sync_directory(directory)
    durable.sync_directory(directory.absolute().parent)
