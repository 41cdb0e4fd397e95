"""
Generation: one life of the exchange, from its founding to its last answer: a journal, an engine,
keys and pipelines. A server has one at a time, behind the same listeners.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from countermand import world as worlds
from countermand.app import founding
from countermand.engine.ports import Clock, Journal, Kept
from countermand.engine.progress import Progress, no_progress
from countermand.engine.replay import open_engine
from countermand.engine.sequencer import Engine
from countermand.server.credentials import KeyRing
from countermand.server.pipeline import Pipeline
from countermand.venues import VENUES
from countermand.wire.venue import Venue
from countermand.world import World, WorldError

log = logging.getLogger(__name__)


class Generation:
    """
    A life of the exchange. Made, it has looked at everything and changed nothing; then `begin`.

    `data` is where its journal lies, None when it is in memory; `file` is the world that was asked
    for, if one was.
    Raises: WorldError, JournalError.
    """

    engine: Engine

    def __init__(
        self, journal: Journal, data: Path | None, venues: list[Venue], file: Path | None
    ) -> None:
        self.journal, self._data, self._file = journal, data, file
        records, self._moved = founding.records(journal, data)
        self._kept = worlds.kept_in(records)
        # Records without a world are what a repair leaves where all worlds were lost.
        if not self._kept and file is None and (records or founding.is_founded(journal)):
            raise WorldError(founding.WORLD_IS_MISSING)
        self.world: World = worlds.choose(self._kept, file, venues)
        self.keys = {name: self._key_ring(name, records) for name in self.world}
        self.settings = {
            name: worlds.settings(VENUES[name], part) for name, part in self.world.items()
        }
        for name, part in self.world.items():
            founding.rehearse(name, part)
        self.pipelines: dict[str, Pipeline] = {}

    async def begin(
        self, clock: Clock, on_fatal: Callable[[], None], progress: Progress = no_progress
    ) -> None:
        """
        Recover the exchange and found what is missing; `progress` is told how far that has come.

        Raises: WorldError, JournalError, and leaves the journal to its owner.
        """
        engine = await open_engine(
            self._data, clock, on_fatal, journal=self.journal, progress=progress
        )
        self.engine = engine
        if self._file is None:
            founding.refuse_unkept(engine, self.world, self._kept)
        if new := self._moved + worlds.changed(self._kept, self.world):
            await engine.keep([Kept(*record) for record in new])
        if self._moved and self._data is not None:
            names = worlds.remove_files(self._data)
            log.info("moved world and keys into the journal", extra={"files": names})
        await founding.found(engine, self.world)
        for name in self.world:
            if (prepare := VENUES[name].prepare) is not None:
                prepare()
            settings = self.settings[name]
            self.pipelines[name] = Pipeline(VENUES[name], engine, self.keys[name], clock, settings)

    def introduce(self, name: str, base_url: str) -> dict[str, Any]:
        """Return what a newcomer needs of a venue: where it is, who may come in, what trades."""
        directory, keys = self.pipelines[name].directory, self.keys[name]
        accounts: dict[str, Any] = {}
        # One key of each user is the one to begin with: the first that may do everything, if any
        # may.
        for credential in sorted(keys, key=lambda held: -len(held.access)):
            owned = list(directory.accounts_of(credential.owner))
            published = VENUES[name].auth.publish(credential, owned)
            accounts.setdefault(credential.owner, published)
        accounts = {owner: accounts[owner] for owner in dict.fromkeys(held.owner for held in keys)}
        markets = [instrument.symbol for instrument in directory.instruments.values()]
        return {"base_url": base_url, "accounts": accounts, "markets": markets}

    def stop_waiting(self) -> None:
        """Answer requests that wait for an order to close, now and from now on."""
        for pipeline in self.pipelines.values():
            pipeline.stop_waiting()

    async def end(self) -> None:
        """Answer what is queued, flush, leave a snapshot, close the journal. Idempotent."""
        for pipeline in self.pipelines.values():
            pipeline.close()
        if hasattr(self, "engine"):
            await self.engine.stop()
        self.journal.close()

    def _key_ring(self, name: str, records: list[worlds.Record]) -> KeyRing:
        record = f"keys/{name}"
        changes = [value for kept_name, value in records if kept_name == record]
        return founding.key_ring(
            VENUES[name], self.world[name], changes, partial(self._keep, record)
        )

    async def _keep(self, name: str, change: bytes) -> None:
        # There are requests, and so changes of keys, only while there is an engine.
        await self.engine.keep([Kept(name, change)])
