"""
Server: the listeners, and the generation behind them.

Start: bind the ports, recover the exchange, found what is missing, serve. Stop: take no new
request, answer the open ones, flush the journal, leave a snapshot.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial

from countermand.app.config import (
    Config,
    ConfigError,
    Ready,
    hosts,
    is_loopback,
    tls_context,
    venues_of,
)
from countermand.app.doors import door
from countermand.app.founding import is_published
from countermand.app.generation import Generation
from countermand.app.sockets import CONTROL, bind_all, url
from countermand.app.token import read_token, token_file
from countermand.engine.clock import SystemClock
from countermand.engine.replay import open_journal
from countermand.engine.sequencer import Engine
from countermand.server.admission import Admission
from countermand.server.asgi import AppHandler
from countermand.server.control import control_app, refuse
from countermand.server.faults import Faults
from countermand.server.limits import CONTROL_CONNECTIONS_MAX, Limits, Room, venues_room
from countermand.server.listener import Listener
from countermand.server.metrics import Metrics
from countermand.server.operated import Operated
from countermand.server.site import Site
from countermand.world import WorldError, located

log = logging.getLogger(__name__)


class App:
    """A server that can be started once and stopped once."""

    def __init__(self, config: Config, on_fatal: Callable[[], None]) -> None:
        self._config, self._on_fatal = config, on_fatal
        self._clock = SystemClock()
        self._listeners: list[Listener] = []
        self._generation: Generation | None = None

    async def start(self) -> Ready:
        """
        Return once everything is served.

        Raises: ConfigError, WorldError, JournalError; nothing stays open then.
        """
        venues = venues_of(self._config)
        journal = open_journal(self._config.data)
        try:
            generation = Generation(journal, self._config.data, venues, self._config.world)
            return await self._start(generation)
        except BaseException as error:
            await self.stop()
            journal.close()
            if isinstance(error, WorldError):
                raise located(error, self._config.world) from None
            raise

    async def _start(self, generation: Generation) -> Ready:
        config = self._config
        _refuse_exposed_demo(config, generation)
        tls_context(config)
        sockets = bind_all(config, generation.world)
        try:
            self._generation = generation
            await generation.begin(self._clock, self._on_fatal, config.progress)
            return await self._serve(generation, sockets)
        except BaseException:
            for bound in sockets.values():
                bound.close()
            raise

    async def stop(self) -> None:
        """Answer what is open, then flush and close. Safe to call at any time."""
        listeners, self._listeners = self._listeners, []
        generation, self._generation = self._generation, None
        if generation is not None:
            generation.stop_waiting()
        ends = [listener.stop() for listener in listeners]
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if failure is not None:
                log.error("a listener failed", extra={"reason": repr(failure)})
        if generation is not None:
            await generation.end()
            if listeners:
                log.info("stopped", extra={"seq": generation.engine.seq})

    async def _serve(self, generation: Generation, sockets: dict[str, socket.socket]) -> Ready:
        scheme = "https" if self._config.tls else "http"
        urls = {name: url(scheme, bound) for name, bound in sockets.items()}
        base_urls = {name: where for name, where in urls.items() if name != CONTROL}
        engine, pipelines = generation.engine, generation.pipelines
        admission = Admission(lambda: engine.waiting)
        metrics = [pipeline.metrics for pipeline in pipelines.values()]
        figures = partial(_figures, engine, admission, metrics)
        faults = Faults()
        sites: dict[str, Site] = {}
        host = Operated(engine, self._clock, pipelines, faults, base_urls, sites)
        path = token_file(self._config)
        token = None if path is None else read_token(path)
        control = AppHandler(control_app(engine, base_urls, figures, host, token), refuse)
        named = hosts(self._config)
        sites[CONTROL] = Site(control.begin, control.refuse, Limits(), named)
        await self._listen(sites[CONTROL], sockets[CONTROL])
        room = venues_room(self._config.connections_max)
        # One venue's clients may not keep those of all others out.
        most = room.connections_max if len(pipelines) == 1 else room.connections_max // 2
        limits = Limits(connections_max=most)
        for name, pipeline in pipelines.items():
            way = door(pipeline, admission)
            known = named if way.is_published else None
            sites[name] = Site(way.begin, way.refuse, limits, known, admission)
            faults.serve(sites[name], pipeline)
            await self._listen(sites[name], sockets[name], room)
        venues = {name: generation.introduce(name, urls[name]) for name in pipelines}
        log.info("ready", extra={"control": urls[CONTROL], "venues": base_urls, "seq": engine.seq})
        return Ready(urls[CONTROL], venues, None if path is None else str(path))

    async def _listen(self, site: Site, bound: socket.socket, room: Room | None = None) -> None:
        places = room or Room(CONTROL_CONNECTIONS_MAX)
        listener = Listener(site, bound, places, tls_context(self._config))
        await listener.start()
        self._listeners.append(listener)


def _refuse_exposed_demo(config: Config, generation: Generation) -> None:
    # The demo's keys are published: any client that reaches the port could trade with them.
    if is_loopback(config.host):
        return
    for name, ring in generation.keys.items():
        if is_published(name, ring):
            raise ConfigError(
                f"{name} is served with the demo's published keys, so only loopback may be bound, "
                f"not {config.host}; give a --world with keys of your own"
            )


def _figures(engine: Engine, admission: Admission, metrics: list[Metrics]) -> tuple[bytes, str]:
    # Prometheus' library costs a tenth of what a start does, and not every server is asked.
    from countermand.server.exposition import Exposition  # noqa: PLC0415

    return Exposition(engine, admission, metrics).text()
