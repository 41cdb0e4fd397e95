"""
Host: the exchange behind the listeners: its generation, its clocks, its sites and what goes wrong.

A generation ends and another one begins behind the same sites. Requests that come in between wait;
streams of the former generation are closed.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from countermand.app.doors import Door, door
from countermand.app.generation import Clocks, Generation, drawn_from
from countermand.app.lives import CLOCK, Lives, check_name, reading_in
from countermand.app.timekeeping import Timekeeper
from countermand.control.row import ControlError
from countermand.engine.clock import Reading
from countermand.engine.errors import JournalError
from countermand.engine.health import Health
from countermand.engine.ports import Kept
from countermand.engine.sequencer import IntakeStopped
from countermand.server.admission import Admission
from countermand.server.faults import Faults
from countermand.server.limits import Limits
from countermand.server.operated import Operated
from countermand.server.ports import Answer, Begin
from countermand.server.site import Site
from countermand.server.websocket import WebSocket
from countermand.vocabulary.commands import PassNumbers
from countermand.wire.http import Request
from countermand.world import WorldError

log = logging.getLogger(__name__)

_ENDS = "the exchange begins anew"

# The close code of a stream whose service begins anew (IANA's registry).
SERVICE_RESTART = 1012


class Host:
    """
    One exchange, as it is served; `hosts` are the names that requests to published keys are for.
    """

    def __init__(
        self, lives: Lives, clocks: Clocks, limits: Limits, hosts: frozenset[bytes] | None = None
    ) -> None:
        self._lives, self._clocks, self._limits, self._hosts = lives, clocks, limits, hosts
        self.generation = lives.first()
        self.number = 1
        self.admission = Admission(lambda: self.generation.engine.waiting)
        self.faults = Faults()
        self.clock = Timekeeper(clocks, lambda: self.generation)
        self.sites: dict[str, Site] = {}
        self.base_urls: dict[str, str] = {}
        self.operated = Operated(self.clock, self, self.faults, self.base_urls, self.sites)
        self._origin = clocks.exchange.reading
        # The highest number that any generation gave out.
        self._given = 0
        self._turning = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Recover the exchange, or found it. Raises: WorldError, JournalError."""
        if (reading := reading_in(self.generation.records)) != Reading():
            self._clocks.exchange.show(reading)
        await self._begin(self.generation)
        _operate(self.operated, self.generation)

    @property
    def seq(self) -> int:
        """The last applied entry."""
        return self.generation.engine.seq

    def health(self) -> Health:
        """Return how the engine is."""
        return self.generation.engine.health()

    def site(self, name: str) -> Site:
        """Return what the connections to a venue share, made when it is first asked for."""
        if name not in self.sites:
            way = self._door(name)
            hosts = self._hosts if way.is_published else None
            site = Site(way.begin, way.refuse, self._limits, hosts, self.admission)
            self.sites[name] = site
            self.faults.serve(site, self.generation.pipelines[name])
        return self.sites[name]

    async def reset(self, seed: int | None = None) -> None:
        """
        Begin anew with the founding and the clock as it was at the start.

        Numbers go on beyond those given out. With a `seed` they begin anew too, and what is drawn
        for keys is the same each time. Faults are forgotten. Raises: ControlError.
        """
        prepare = partial(self._lives.anew, drawn_from(seed))
        await _controlled(self._turn(prepare, self._origin, is_seeded=seed is not None))
        self.faults.clear()

    async def snapshot(self, name: str) -> None:
        """
        Save the exchange as it is now, in the place of what had the name. Raises: ControlError.
        """
        check_name(name)
        async with self._turning, self.clock.moving:
            await _controlled(self._lives.save(name, self.generation))

    async def restore(self, name: str) -> None:
        """
        Go on from a saved state, with the clock as it was moved then. Numbers go on beyond those
        given out. Raises: ControlError.
        """
        check_name(name)
        await _controlled(self._turn(partial(self._lives.again, name, secrets.token_bytes), None))

    def snapshots(self) -> tuple[str, ...]:
        """Return the names of the saved states."""
        return self._lives.saved()

    async def copy(self, to: Path) -> None:
        """
        Fill an empty directory with the exchange as it is now, as a data directory of its own.

        Raises: ControlError.
        """
        async with self._turning:
            await _controlled(self._lives.copy(self.generation, to))

    async def end(self) -> None:
        """End the generation, and those before it; one that is to follow is begun first."""
        async with self._turning:
            if self._retiring:
                await asyncio.gather(*self._retiring)
            await self.generation.end()

    async def _turn(
        self, prepare: Callable[[], Generation], reading: Reading | None, *, is_seeded: bool = False
    ) -> None:
        # Not while the clock is on its way: what is due then is the former generation's.
        async with self._turning, self.clock.moving:
            former, clock = self.generation, self._clocks.exchange
            shown = clock.reading
            held, following = self._hold(), None
            await former.engine.turn_away(_ENDS)
            try:
                if reading is not None:
                    clock.show(reading)
                following = prepare()
                if reading is None:
                    clock.show(reading_in(following.records))
                await self._begin(following)
                self._given = max(self._given, former.engine.number)
                if not is_seeded:
                    await self._pass_numbers(following)
                self._lives.adopt(following)
            except BaseException:
                if following is not None:
                    await following.end()
                clock.show(shown)
                former.engine.take_again(_ENDS)
                self._let_go(held, {})
                raise
            self._take_over(former, following, held)

    async def _begin(self, generation: Generation) -> None:
        await generation.begin()
        reading = self._clocks.exchange.reading
        if reading != reading_in(generation.records):
            # A saved state, and a later start, are to go on with it.
            await generation.engine.keep([Kept(CLOCK, msgspec.json.encode(reading))])

    async def _pass_numbers(self, following: Generation) -> None:
        count = self._given - following.engine.number
        if count > 0:
            await following.engine.submit(PassNumbers(count))

    def _take_over(
        self, former: Generation, following: Generation, held: list[tuple[str, Request, Answer]]
    ) -> None:
        self.generation, self.number = following, self.number + 1
        _operate(self.operated, following)
        self._let_go(held, {name: self._door(name) for name, _ in self._venue_sites()})
        log.info("a generation begins", extra={"generation": self.number, "seq": self.seq})
        retiring = asyncio.ensure_future(self._retire(former))
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)

    async def _retire(self, former: Generation) -> None:
        former.stop_waiting()
        try:
            await former.end()
        except Exception:
            log.exception("a generation did not end as it should")

    def _hold(self) -> list[tuple[str, Request, Answer]]:
        # From now on requests wait, in order.
        held: list[tuple[str, Request, Answer]] = []
        for name, site in self._venue_sites():
            site.begin = _holding(name, held)
        return held

    def _let_go(self, held: list[tuple[str, Request, Answer]], doors: dict[str, Door]) -> None:
        for name, site in self._venue_sites():
            if (way := doors.get(name)) is not None:
                site.refuse = way.refuse
                for connection in [c for c in site.connections if isinstance(c, WebSocket)]:
                    connection.close(SERVICE_RESTART, _ENDS)
            site.begin = (way or self._door(name)).begin
            self.faults.serve(site, self.generation.pipelines[name])
        for name, request, answer in held:
            self.sites[name].begin(request, answer)

    def _venue_sites(self) -> list[tuple[str, Site]]:
        # The sites of the venues that are served; the control port's has no generation.
        return [(name, site) for name, site in self.sites.items() if name in self.generation.world]

    def _door(self, name: str) -> Door:
        return door(self.generation.pipelines[name], self.admission)


def _operate(operated: Operated, generation: Generation) -> None:
    operated.serve(generation.engine, generation.pipelines, generation.founded)


def _holding(name: str, held: list[tuple[str, Request, Answer]]) -> Begin:
    return lambda request, answer: held.append((name, request, answer))


async def _controlled(turning: Coroutine[Any, Any, None]) -> None:
    try:
        await turning
    except (JournalError, WorldError, IntakeStopped) as error:
        raise ControlError(503, "stopped", str(error)) from error
