"""
Founding: from what a journal holds, and a world, to an exchange that has every venue's accounts.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from countermand import world as worlds
from countermand.core.exchange import Exchange
from countermand.engine.ports import Journal, Kept
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


class Plan(Struct, frozen=True):
    """
    A start's plan for a journal: the world to serve, the world that was `kept`, all `records`,
    and those of them that are `moved` in from files of an earlier version.
    """

    world: World
    kept: World
    records: list[worlds.Record]
    moved: list[worlds.Record]
    file: Path | None


def plan(journal: Journal, data: Path | None, venues: list[Venue], file: Path | None) -> Plan:
    """
    Return what a start will do, having looked at everything and changed nothing.

    `data` is where the journal lies, None when it is in memory; `file` is the world that was asked
    for, if one was.
    Raises: WorldError, JournalError.
    """
    found, moved = _records(journal, data)
    kept = worlds.kept_in(found)
    # Records without a world are what a repair leaves where all worlds were lost.
    if not kept and file is None and (found or _is_founded(journal)):
        raise WorldError(WORLD_IS_MISSING)
    world = worlds.choose(kept, file, venues)
    for name, part in world.items():
        _rehearse(name, part)
    return Plan(world, kept, found, moved, file)


async def carry_out(asked: Plan, engine: Engine, data: Path | None) -> None:
    """Keep and found what is missing. Raises: WorldError, JournalError."""
    if asked.file is None:
        _refuse_unkept(engine, asked.world, asked.kept)
    if new := asked.moved + worlds.changed(asked.kept, asked.world):
        await engine.keep([Kept(*record) for record in new])
    if asked.moved and data is not None:
        names = worlds.remove_files(data)
        log.info("moved world and keys into the journal", extra={"files": names})
    await _found(engine, asked.world)


def _records(
    journal: Journal, data: Path | None
) -> tuple[list[worlds.Record], list[worlds.Record]]:
    # All records that are kept, and those of them that are still in files of an earlier version.
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


def _is_founded(journal: Journal) -> bool:
    # A start that was killed before it founded anything leaves numbers that were passed over.
    entries = journal.read(journal.first)
    return journal.first > 1 or any(type(each.command) is not AdvanceTime for each in entries)


def key_ring(
    venue: Venue,
    part: VenueWorld,
    changes: Iterable[bytes] = (),
    keep: Keep | None = None,
    draw: Callable[[int], bytes] = secrets.token_bytes,
) -> KeyRing:
    """Return a venue's keys: the world's, and what became of them. Raises: WorldError."""
    try:
        return KeyRing(venue.auth, worlds.credentials(venue, part), changes, keep, draw)
    except ValueError as error:
        raise WorldError(f"{venue.name}: keys: {error}") from None


def is_published(name: str, keys: KeyRing) -> bool:
    """Return whether any of the demo's keys, which everyone can read, opens the venue."""
    return any(keys.find(key) for key in _published(name))


@cache
def _published(name: str) -> frozenset[str]:
    venue = VENUES[name]
    [part] = worlds.demo([venue]).values()
    return frozenset(demo.key for demo in worlds.credentials(venue, part))


def _rehearse(name: str, part: VenueWorld) -> None:
    # Found the venue on an exchange that is thrown away.
    exchange = Exchange()
    for seq, (command, place) in enumerate(worlds.founding(name, part, 1), 1):
        event = exchange.apply(Entry(seq, seq, command)).events[0]
        if isinstance(event, InstructionRejected | OrderRejected):
            raise place.refuse(event.reason.sentence)


def _refuse_unkept(engine: Engine, world: World, kept: World) -> None:
    # The demo's keys are published, so they are no keys of a world that was founded with others.
    for name in world:
        if name not in kept and Directory(name, engine.view(GetReferenceData(name))).instruments:
            raise WorldError(f"{name}: {WORLD_IS_MISSING}")


async def _found(engine: Engine, world: World) -> None:
    # The venues the exchange does not know yet, each as one group of entries.
    for name, part in world.items():
        names = Directory(name, engine.view(GetReferenceData(name)))
        if not names.instruments:
            receipts = await engine.submit_all(partial(worlds.found, name, part))
            log.info("founded", extra={"venue": name, "entries": len(receipts)})
