"""
Durable: files and folders that a power cut leaves whole. Knows paths and bytes, nothing of ours.
"""

from __future__ import annotations

import os
from pathlib import Path


def replace_file(path: Path, data: bytes, mode: int = 0o666) -> None:
    """
    Put `data` where `path` is, so that after a crash either the old file is there or the new one.

    `mode` is that of a new file, less the process's mask. Raises: OSError.
    """
    beside = path.with_suffix(".tmp")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
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
