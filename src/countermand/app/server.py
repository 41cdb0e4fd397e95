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

from countermand.app.assembly import assembled
from countermand.app.config import (
    Config,
    ConfigError,
    Ready,
    hosts,
    is_loopback,
    tls_context,
)
from countermand.app.control import control_site
from countermand.app.founding import is_published
from countermand.app.generation import Generation
from countermand.app.host import Host
from countermand.app.sockets import CONTROL, bind_all, url
from countermand.app.token import read_token, token_file
from countermand.server.limits import CONTROL_CONNECTIONS_MAX, Room, venues_room
from countermand.server.listener import Listener
from countermand.server.site import Site
from countermand.world import WorldError, located

log = logging.getLogger(__name__)


class App:
    """A server that can be started once and stopped once."""

    def __init__(self, config: Config, on_fatal: Callable[[], None]) -> None:
        self._config, self._on_fatal = config, on_fatal
        self._listeners: list[Listener] = []
        self._host: Host | None = None

    @property
    def generation(self) -> int:
        """Which generation is served, 0 when none is."""
        return self._host.number if self._host is not None else 0

    async def start(self) -> Ready:
        """
        Return once everything is served.

        Raises: ConfigError, WorldError, JournalError; nothing stays open then.
        """
        try:
            self._host = host = assembled(self._config, self._on_fatal)
            return await self._start(host)
        except BaseException as error:
            await self.stop()
            if isinstance(error, WorldError):
                raise located(error, self._config.world) from None
            raise

    async def _start(self, host: Host) -> Ready:
        config = self._config
        _refuse_exposed_demo(config, host.generation)
        tls_context(config)
        sockets = bind_all(config, host.generation.world)
        try:
            await host.begin()
            return await self._serve(host, sockets)
        except BaseException:
            for bound in sockets.values():
                bound.close()
            raise

    async def stop(self) -> None:
        """Answer what is open, then flush and close. Safe to call at any time."""
        listeners, self._listeners = self._listeners, []
        host, self._host = self._host, None
        if host is not None:
            host.generation.stop_waiting()
        ends = [listener.stop() for listener in listeners]
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if failure is not None:
                log.error("a listener failed", extra={"reason": repr(failure)})
        if host is not None:
            await host.end()
            if listeners:
                log.info("stopped", extra={"seq": host.seq})

    async def _serve(self, host: Host, sockets: dict[str, socket.socket]) -> Ready:
        scheme = "https" if self._config.tls else "http"
        urls = {name: url(scheme, bound) for name, bound in sockets.items()}
        base_urls = {name: where for name, where in urls.items() if name != CONTROL}
        host.base_urls.update(base_urls)
        path = token_file(self._config)
        token = None if path is None else read_token(path)
        host.sites[CONTROL] = control_site(host, hosts(self._config), token)
        await self._listen(host.sites[CONTROL], sockets[CONTROL])
        room = venues_room(self._config.connections_max)
        for name in base_urls:
            await self._listen(host.site(name), sockets[name], room)
        venues = {name: host.generation.introduce(name, urls[name]) for name in base_urls}
        log.info("ready", extra={"control": urls[CONTROL], "venues": base_urls, "seq": host.seq})
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
