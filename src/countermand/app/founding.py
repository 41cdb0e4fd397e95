"""
Founding: from what a journal holds, and a world, to an exchange that has every venue's accounts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from countermand import world as worlds
from countermand.core.exchange import Exchange
from countermand.engine.ports import Journal
from countermand.engine.sequencer import Engine
from countermand.server.credentials import Keep, KeyRing
from countermand.venues import VENUES
from countermand.vocabulary.commands import AdvanceTime, Entry
from countermand.vocabulary.events import InstructionRejected, OrderRejected
from countermand.vocabulary.queries import GetReferenceData
from countermand.wire.directory import Directory
from countermand.wire.venue import Venue
from countermand.world import VenueWorld, World, WorldError

log = logging.getLogger(__name__)

WORLD_IS_MISSING = "the data directory was founded and its world is missing: give it with --world"


def records(journal: Journal, data: Path | None) -> tuple[list[worlds.Record], list[worlds.Record]]:
    """
    Return what is kept, and those of it that are still in files of an earlier version.

    Raises: WorldError, JournalError.
    """
    kept = [(record.name, record.value) for record in journal.kept()]
    if data is None:
        return kept, []
    if kept:
        if stray := [path.name for path in worlds.files_of(data)]:
            event = "world and keys are in the journal: remove these files"
            log.warning(event, extra={"files": stray})
        return kept, []
    in_files = worlds.from_files(data)
    if in_files and not journal.epoch:
        # They were written when their journal had a writer.
        raise WorldError(f"{data} has a world and its journal.sqlite is gone: put it back")
    return in_files, in_files


def is_founded(journal: Journal) -> bool:
    """
    Return whether anything was founded: a start that was killed leaves numbers passed over.
    """
    return any(not isinstance(entry.command, AdvanceTime) for entry in journal.read(1))


def key_ring(
    venue: Venue, part: VenueWorld, changes: Iterable[bytes] = (), keep: Keep | None = None
) -> KeyRing:
    """Return a venue's keys: the world's, and what became of them. Raises: WorldError."""
    try:
        return KeyRing(venue.auth, worlds.credentials(venue, part), changes, keep)
    except ValueError as error:
        raise WorldError(f"{venue.name}: keys: {error}") from None


def is_published(name: str, keys: KeyRing) -> bool:
    """Return whether any of the demo's keys, which everyone can read, opens the venue."""
    venue = VENUES[name]
    [part] = worlds.demo([venue]).values()
    return any(keys.find(demo.key) for demo in key_ring(venue, part))


def rehearse(name: str, part: VenueWorld) -> None:
    """Found the venue on an exchange that is thrown away. Raises WorldError for what it refuses."""
    exchange = Exchange()
    for seq, (command, place) in enumerate(worlds.founding(name, part, 1), 1):
        event = exchange.apply(Entry(seq, seq, command)).events[0]
        if isinstance(event, InstructionRejected | OrderRejected):
            raise place.refuse(event.reason.sentence)


def refuse_unkept(engine: Engine, world: World, kept: World) -> None:
    """
    Raise WorldError where a venue was founded with a world that is not kept any more.

    The demo's keys are published: they are not for what was founded with others.
    """
    for name in world:
        if name not in kept and Directory(name, engine.view(GetReferenceData(name))).instruments:
            raise WorldError(f"{name}: {WORLD_IS_MISSING}")


async def found(engine: Engine, world: World) -> None:
    """Found the venues the exchange does not know yet, each as one group of entries."""
    for name, part in world.items():
        names = Directory(name, engine.view(GetReferenceData(name)))
        if not names.instruments:
            receipts = await engine.submit_all(partial(worlds.found, name, part))
            log.info("founded", extra={"venue": name, "entries": len(receipts)})
