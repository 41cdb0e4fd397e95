"""
Files: where earlier versions kept a world and its keys, and how they come into the journal, once.

`world.json` held every venue's part, `keys-VENUE.json` what had become of its keys. Neither had a
checksum, which is why they moved.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from countermand.world.keep import Record, changed
from countermand.world.spec import World, WorldError

WORLD_FILE = "world.json"


def from_files(data: Path) -> list[Record]:
    """Return the records that the files of a data directory amount to. Raises: WorldError."""
    path = data / WORLD_FILE
    try:
        if not path.exists():
            return []
        world = msgspec.json.decode(path.read_bytes(), type=World)
        keys = [(f"keys/{_venue_of(path)}", path.read_bytes()) for path in _key_files(data)]
    except OSError as error:
        raise WorldError(f"{path}: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorldError(f"{path}: {error}") from None
    return [*changed({}, world), *keys]


def remove_files(data: Path) -> list[str]:
    """Remove the files and return their names: secrets do not lie about twice. Raises: OSError."""
    paths = [path for path in (data / WORLD_FILE, *_key_files(data)) if path.exists()]
    for path in paths:
        path.unlink()
    return [path.name for path in paths]


def _key_files(data: Path) -> list[Path]:
    return sorted(data.glob("keys-*.json"))


def _venue_of(path: Path) -> str:
    return path.stem.removeprefix("keys-")
