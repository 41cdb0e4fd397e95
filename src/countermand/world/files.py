"""
Files: where earlier versions kept a world and its keys, and how they come into the journal, once.

`world.json` held every venue's part, `keys-VENUE.json` what had become of its keys. Neither had a
checksum, which is why they moved.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from countermand.world.keep import Record, changed
from countermand.world.place import WorldError
from countermand.world.spec import World

WORLD_FILE = "world.json"


def files_of(data: Path) -> list[Path]:
    """Return those files of a data directory that there are."""
    return [
        path for path in (data / WORLD_FILE, *sorted(data.glob("keys-*.json"))) if path.exists()
    ]


def from_files(data: Path) -> list[Record]:
    """Return the records that the files of a data directory amount to. Raises: WorldError."""
    return [record for path in files_of(data) for record in _records_in(path)]


def remove_files(data: Path) -> list[str]:
    """Remove the files and return their names: secrets do not lie about twice. Raises: OSError."""
    paths = files_of(data)
    for path in paths:
        path.unlink()
    return [path.name for path in paths]


def _records_in(path: Path) -> list[Record]:
    try:
        value = path.read_bytes()
        if path.name == WORLD_FILE:
            return changed({}, msgspec.json.decode(value, type=World))
        # The key ring reads the change; here it need only be JSON.
        msgspec.json.decode(value)
    except OSError as error:
        raise WorldError(f"{path}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorldError(f"{path}: {error}") from None
    return [(f"keys/{path.stem.removeprefix('keys-')}", value)]
