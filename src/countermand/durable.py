"""
Durable: files and folders that a power cut leaves whole, and that only their owner can read. Knows
paths and bytes, nothing of ours.
"""

from __future__ import annotations

import os
from pathlib import Path

# Of what we make: its owner alone can read it, whatever the process's mask is.
FILE_MODE = 0o600
DIRECTORY_MODE = 0o700


def open_file(path: Path, flags: int) -> int:
    """
    Return the descriptor of a file, which is its owner's alone if it is made here. Raises: OSError.

    `flags` are those of `os.open`.
    """
    return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)


def make_directory(path: Path, *, parents: bool = False, exist_ok: bool = False) -> None:
    """
    Make a directory that is its owner's alone. Raises: OSError.

    `parents` and `exist_ok` are those of `Path.mkdir`; parents get the process's mask.
    """
    path.mkdir(DIRECTORY_MODE, parents=parents, exist_ok=exist_ok)


def replace_file(path: Path, data: bytes) -> None:
    """
    Put `data` where `path` is, so that after a crash either the old file is there or the new one.

    It is its owner's alone. Raises: OSError.
    """
    beside = path.with_suffix(".tmp")
    try:
        # One that a kill left may have another mode.
        beside.unlink(missing_ok=True)
        descriptor = open_file(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        # On a full disk the part that was written is room that is missing.
        beside.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_data(file: int) -> None:
    """Make what was written in place durable; the file's times need not be. Raises: OSError."""
    # macOS has only the one that takes the times along.
    getattr(os, "fdatasync", os.fsync)(file)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable. Raises: OSError."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
