"""
Disk: the lives of an exchange in a data directory. Each is a data directory of its own, and so is
each saved state: all of them can be verified, and none is ever changed by another one.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from functools import partial
from pathlib import Path

from countermand import durable
from countermand import world as worlds
from countermand.app import founding
from countermand.app.founding import Plan
from countermand.app.generation import Clocks, Draw, Generation
from countermand.app.lives import OnFatal, unknown_name
from countermand.engine import layout
from countermand.engine.copying import copy_directory
from countermand.engine.errors import WriteFailed
from countermand.engine.intake import Limits
from countermand.engine.opening import open_engine, open_journal
from countermand.engine.ports import Journal
from countermand.engine.progress import Progress, no_progress
from countermand.engine.sequencer import Engine
from countermand.wire.venue import Venue
from countermand.world import World


class DiskLives:
    """The lives of one exchange in a data directory. `world` is the one that was asked for."""

    def __init__(
        self,
        data: Path,
        venues: list[Venue],
        file: Path | None,
        clocks: Clocks,
        on_fatal: OnFatal,
        progress: Progress = no_progress,
        *,
        is_compacting: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self._data, self._venues, self._file = data, venues, file
        self._clocks, self._on_fatal, self._progress = clocks, on_fatal, progress
        self._is_compacting, self._limits = is_compacting, limits
        self._world: World = {}
        self._numbers: dict[int, int] = {}

    def first(self) -> Generation:
        """Return the life served last, or a first one. Raises: WorldError, JournalError."""
        directory = layout.current(self._data)
        journal = open_journal(directory)
        try:
            plan = founding.plan(journal, directory, self._venues, self._file)
            self._world = plan.world
            return self._of(plan, journal, directory, secrets.token_bytes)
        except BaseException:
            journal.close()
            raise

    def anew(self, draw: Draw) -> Generation:
        """Return a life that begins with the founding. Raises: JournalError."""
        number, directory = self._next()
        return self._planned(number, open_journal(directory), draw)

    def again(self, name: str, draw: Draw) -> Generation:
        """Return a life that goes on from a saved state. Raises: ControlError, JournalError."""
        if name not in self.saved():
            raise unknown_name(name, self.saved())
        number, directory = self._next()
        try:
            shutil.copytree(self._data / layout.SAVED / name, directory)
        except OSError as error:
            raise WriteFailed(f"cannot copy the snapshot to {directory}: {error}") from None
        return self._planned(number, open_journal(directory), draw)

    def adopt(self, generation: Generation) -> None:
        """Serve a life from now on, after a crash too. Raises: WriteFailed."""
        try:
            layout.point_at(self._data, self._numbers[id(generation)])
        except OSError as error:
            raise WriteFailed(f"cannot write in {self._data}: {error.strerror}") from None

    async def save(self, name: str, generation: Generation) -> None:
        """Save a life as it is now, in the place of what had the name. Raises: JournalError."""
        directory = layout.current(self._data)
        await _settle(generation)
        await asyncio.to_thread(_save, directory, self._data / layout.SAVED, name)

    async def copy(self, generation: Generation, to: Path) -> None:
        """Write a life as it is now into an empty directory. Raises: JournalError."""
        await _settle(generation)
        await asyncio.to_thread(copy_directory, layout.current(self._data), to)

    def saved(self) -> tuple[str, ...]:
        """Return the names of the saved states."""
        found = (self._data / layout.SAVED).glob("[!.]*")
        return tuple(sorted(path.name for path in found if path.is_dir()))

    def _next(self) -> tuple[int, Path]:
        number = layout.next_number(self._data)
        return number, layout.path_of(self._data, number)

    def _planned(self, number: int, journal: Journal, draw: Draw) -> Generation:
        try:
            records = [(kept.name, kept.value) for kept in journal.kept()]
            plan = Plan(self._world, worlds.kept_in(records), records, [], None)
            generation = self._of(plan, journal, layout.path_of(self._data, number), draw)
        except BaseException:
            journal.close()
            raise
        self._numbers = {id(generation): number}
        return generation

    def _of(self, plan: Plan, journal: Journal, directory: Path, draw: Draw) -> Generation:
        start = partial(self._start, plan, journal, directory)
        return Generation(plan.world, plan.records, self._clocks, start, draw, journal.close)

    async def _start(self, plan: Plan, journal: Journal, directory: Path) -> Engine:
        engine = await open_engine(
            directory,
            self._clocks.exchange,
            self._on_fatal,
            self._limits,
            journal=journal,
            progress=self._progress,
            is_compacting=self._is_compacting,
        )
        try:
            await founding.carry_out(plan, engine, directory)
        except BaseException:
            await engine.stop()
            raise
        return engine


async def _settle(generation: Generation) -> None:
    # What is copied of the history goes at least as far as the snapshots do.
    generation.engine.keeper.sync()
    await asyncio.to_thread(generation.engine.archive.wait)


def _save(source: Path, saved: Path, name: str) -> None:
    """
    Copy a data directory that is being served, as of its last commit, as one that was closed.

    Raises: JournalError.
    """
    beside, place = saved / f".{name}", saved / name
    try:
        shutil.rmtree(beside, ignore_errors=True)
        durable.make_directory(saved, exist_ok=True)
        durable.make_directory(beside)
        copy_directory(source, beside, is_clean=True)
        shutil.rmtree(place, ignore_errors=True)
        beside.rename(place)
        durable.sync_directory(saved)
    except OSError as error:
        raise WriteFailed(f"cannot save to {place}: {error}") from None
