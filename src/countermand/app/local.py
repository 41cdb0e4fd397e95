"""
Local: an exchange in this process, whose ports are bound when they are first asked for.
"""

from __future__ import annotations

import socket

from countermand.app.assembly import assembled
from countermand.app.config import Config, hosts
from countermand.app.lives import OnFatal
from countermand.app.sockets import CONTROL, url
from countermand.engine.clock import Reading
from countermand.server.limits import CONTROL_CONNECTIONS_MAX, Room, venues_room
from countermand.server.listener import Listener, bind
from countermand.server.site import Site
from countermand.world import World

LOOPBACK = "127.0.0.1"


class Local:
    """
    An exchange on the loop that `begin` ran on. Raises: ConfigError, WorldError, JournalError.
    """

    def __init__(
        self,
        config: Config,
        on_fatal: OnFatal,
        world: World | None = None,
        reading: Reading | None = None,
    ) -> None:
        self._config = config
        self.host = assembled(config, on_fatal, world, reading)
        self._room = venues_room(config.connections_max)
        self._listeners: dict[str, Listener] = {}

    async def begin(self) -> None:
        """Recover the exchange, or found it."""
        await self.host.begin()

    async def url(self, name: str) -> str:
        """Return where a venue, or with an empty name the control port, is reached on loopback."""
        if name not in self._listeners:
            bound = bind(LOOPBACK, 0)
            try:
                await self._listen(name, bound)
            except BaseException:
                bound.close()
                raise
        return self.host.base_urls[name] if name else self._control_url

    async def end(self) -> None:
        """Cut connections, and end the exchange."""
        for listener in self._listeners.values():
            listener.cut()
        self.host.generation.stop_waiting()
        await self.host.end()

    async def _listen(self, name: str, bound: socket.socket) -> None:
        where = url("http", bound)
        if name == CONTROL:
            self._control_url = where
            # It takes a framework, which not every test needs.
            from countermand.app.control import control_site  # noqa: PLC0415  (loaded when it is needed)

            site = self.host.sites[CONTROL] = control_site(self.host, hosts(self._config))
            room = Room(CONTROL_CONNECTIONS_MAX)
        else:
            site, room = self.site(name), self._room
            self.host.base_urls[name] = where
        listener = self._listeners[name] = Listener(site, bound, room)
        await listener.start()

    def site(self, name: str) -> Site:
        """Return what requests to a venue are brought to. Raises: KeyError for one not served."""
        return self.host.site(name)
