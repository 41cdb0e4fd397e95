"""
Keep: which world a data directory was founded with, so that a later start finds its keys again.

The world lies beside the journal in `world.json`, readable by its owner only, because keys are in
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from countermand import durable
from countermand.wire.venue import Venue
from countermand.world.spec import World, WorldError, demo, read

FILE_NAME = "world.json"


def choose(data: Path | None, file: Path | None, venues: Iterable[Venue]) -> World:
    """
    Return the world to serve: the given file's, else the one kept, else the demo.

    What was kept for a venue still holds: a file may change its settings and keys, not what was
    founded. Raises: WorldError when it tries to, or names a venue that is not served.
    """
    served = {venue.name: venue for venue in venues}
    kept = _kept(data)
    if file is None:
        world = demo(venue for name, venue in served.items() if name not in kept) | kept
    else:
        world = read(file)
        if not world:
            raise WorldError(f"{file}: there is no venue in it")
    for name, part in world.items():
        if name in kept and part.founded() != kept[name].founded():
            raise WorldError(
                f"{name}: {data} was founded with other assets, instruments or accounts; "
                "start with a new --data, or with the world it was founded with"
            )
    if unknown := [name for name in world if name not in served and file is not None]:
        raise WorldError(f"{file}: venue {unknown[0]!r} is not served here")
    return {name: world[name] for name in served if name in world}


def _kept(data: Path | None) -> World:
    if data is None or not (path := data / FILE_NAME).exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=World)
    except (OSError, msgspec.DecodeError) as error:
        raise WorldError(f"{path}: {error}") from None


def remember(data: Path, world: World) -> None:
    """
    Keep the world durably, together with what was kept of venues that are not in it.

    This comes before the founding: a kept world with nothing founded does no harm, but accounts
    founded with keys nobody kept would be served with the demo's.
    """
    whole = _kept(data) | world
    text = msgspec.json.format(msgspec.json.encode(whole))
    durable.replace_file(data / FILE_NAME, text, mode=0o600)
