"""
Layout: where the generations of a data directory lie, and which one is served.

    DIR/                       the first generation
    DIR/generation             the number of the one that is served; without it, the first
    DIR/generations/000002/    a data directory of its own for each later one
    DIR/saved/NAME/            a copy of one as it was, likewise

A number is written before there is a second generation, so that one that is missing is not taken
for one that never was.
"""

from __future__ import annotations

from pathlib import Path

from countermand import durable
from countermand.engine.errors import Lost, Unreadable, WriteFailed

POINTER, GENERATIONS, SAVED = "generation", "generations", "saved"

FIRST = 1


def current(data: Path) -> Path:
    """Return the directory of the generation that is served. Raises: Lost, Unreadable."""
    return path_of(data, number(data))


def meant(directory: Path) -> Path:
    """
    Return the directory that a person means: of a data directory the generation that is served, and
    any other one by its path, the first by the path it would have as a later one.

    Raises: Lost, Unreadable.
    """
    if directory.is_file():
        # Entries that a journal has dropped, in an archive.
        return directory
    if directory.parent.name == GENERATIONS and directory.name == f"{FIRST:06d}":
        return directory.parent.parent
    return current(directory)


def number(data: Path) -> int:
    """Return which generation is served. Raises: Lost, Unreadable."""
    pointer = data / POINTER
    try:
        text = pointer.read_text(errors="replace").strip()
    except FileNotFoundError:
        if _numbers(data):
            there = f"there are {data / GENERATIONS}"
            told = "put it back: it holds the number of the one that is served"
            raise Lost(f"{pointer} is missing, and {there}; {told}") from None
        return FIRST
    except OSError as error:
        raise Unreadable(f"cannot read {pointer}: {error.strerror}") from None
    if not text.isascii() or not text.isdecimal() or not int(text):
        raise Lost(f"{pointer} is damaged: it holds no number")
    if not path_of(data, int(text)).is_dir():
        raise Lost(f"{path_of(data, int(text))} is missing, and {pointer} says it is served")
    return int(text)


def path_of(data: Path, number: int) -> Path:
    """Return where a generation lies."""
    return data if number == FIRST else data / GENERATIONS / f"{number:06d}"


def next_number(data: Path) -> int:
    """
    Return the number of a generation to come, and see to it that its directory will be known.

    Raises: Lost, Unreadable, WriteFailed.
    """
    served = number(data)
    try:
        if not (data / POINTER).exists():
            point_at(data, served)
        durable.make_directory(data / GENERATIONS, exist_ok=True)
        durable.sync_directory(data)
    except OSError as error:
        raise WriteFailed(f"cannot write in {data}: {error.strerror}") from None
    # A generation that was never served keeps its number: another one does not get it.
    return max([served, *_numbers(data)]) + 1


def point_at(data: Path, number: int) -> None:
    """Serve a generation from now on: all or nothing, also after a crash. Raises: OSError."""
    durable.replace_file(data / POINTER, b"%d\n" % number)


def _numbers(data: Path) -> list[int]:
    found = (data / GENERATIONS).glob("*")
    return [int(path.name) for path in found if path.name.isdecimal()]
