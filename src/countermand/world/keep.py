"""
Keep: which world a data directory was founded with, so that a later start finds its keys again.

A world is kept as records of a name and a value, one for each venue; the last one of a name holds.
Where they are kept, and how they are sealed, is the journal's affair.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from countermand.wire.venue import Venue
from countermand.world.place import WorldError
from countermand.world.spec import VenueWorld, World, demo, read

# A name, and the JSON of its value.
Record = tuple[str, bytes]

_PREFIX = "world/"


def choose(kept: World, file: Path | None, venues: Iterable[Venue]) -> World:
    """
    Return the world to serve: the given file's, else the one kept, else the demo.

    What was kept for a venue still holds: a file may change its settings and keys, not what was
    founded. Raises: WorldError when it tries to, or names a venue that is not served.
    """
    served = {venue.name: venue for venue in venues}
    if file is None:
        world = demo(venue for name, venue in served.items() if name not in kept) | kept
    else:
        world = read(file)
        if not world:
            raise WorldError(f"{file}: there is no venue in it")
    for name, part in world.items():
        if name in kept and part.founded() != kept[name].founded():
            raise WorldError(
                f"{name}: the data directory was founded with other assets, instruments, delays or "
                "accounts; start with a new --data, or with the world it was founded with"
            )
    if unknown := [name for name in world if name not in served and file is not None]:
        raise WorldError(f"{file}: venue {unknown[0]!r} is not served here")
    return {name: world[name] for name in served if name in world}


def kept_in(records: Iterable[Record]) -> World:
    """Return the world that records hold. Raises: WorldError for one that makes no sense."""
    try:
        return {
            name.removeprefix(_PREFIX): msgspec.json.decode(value, type=VenueWorld)
            for name, value in records
            if name.startswith(_PREFIX)
        }
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorldError(f"the world that was kept makes no sense: {error}") from None


def changed(kept: World, world: World) -> list[Record]:
    """
    Return the records that keep what of a world is not kept yet.

    They are written before the founding. After a crash in between the world is kept and founded at
    the next start; the other way round, its accounts would be served with the demo's keys.
    """
    return [
        (_PREFIX + name, msgspec.json.encode(part))
        for name, part in world.items()
        if kept.get(name) != part
    ]
