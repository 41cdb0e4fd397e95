"""
Listener: one bound socket, the connections it accepts, and one look at all of their deadlines.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from email.utils import formatdate
from ssl import SSLContext

from countermand.server.answers import encode_answer
from countermand.server.connection import Connection
from countermand.server.limits import Room
from countermand.server.site import Site
from countermand.wire.errors import Overloaded

log = logging.getLogger(__name__)

# Open requests get this long to be answered once a stop was asked for.
STOP_TIMEOUT_S = 10

# Bytes sent before a stop lie in the kernel's buffers: they are accepted and read first.
STOP_PAUSE_S = 0.05

BACKLOG = 2048

# The number of connections that are accepted before other work has a turn.
ACCEPTS_A_TURN = 64

# How often deadlines are looked at, and the date of the answers is set.
SWEEP_S = 0.5

HANDSHAKE_S = 10


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address. Raises OSError when that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


class Listener:
    """A site on a bound socket. Beyond the site's limit and the room connections are refused."""

    def __init__(
        self, site: Site, bound: socket.socket, room: Room, tls: SSLContext | None = None
    ) -> None:
        self._site, self._socket, self._room, self._tls = site, bound, room, tls
        site.on_lost = self._lost
        self._open = 0
        self._is_accepting = True
        self._greetings: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._emptied = asyncio.Event()

    async def start(self) -> None:
        """Return once connections are accepted."""
        self._loop = asyncio.get_running_loop()
        self._socket.setblocking(False)
        self._socket.listen(BACKLOG)
        self._sweep()

    async def stop(self) -> None:
        """Accept nothing more, answer what is open, and return when that is done. Idempotent."""
        if not self._is_accepting:
            return
        self._accept()
        self._is_accepting = False
        self._loop.remove_reader(self._socket)
        self._socket.close()
        await asyncio.sleep(STOP_PAUSE_S)
        for greeting in self._greetings:
            greeting.cancel()
        self._site.is_stopping = True
        for connection in list(self._site.connections):
            connection.stop()
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self._until_empty()
        except TimeoutError:
            for connection in list(self._site.connections):
                connection.abort()
            await self._until_empty()
        if self._sweeper is not None:
            self._sweeper.cancel()

    def cut(self) -> None:
        """Accept nothing more and close everything at once, unanswered."""
        self._is_accepting, self._site.is_stopping = False, True
        self._loop.remove_reader(self._socket)
        self._socket.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for greeting in self._greetings:
            greeting.cancel()
        for connection in list(self._site.connections):
            connection.abort()

    async def _until_empty(self) -> None:
        while self._open:
            self._emptied.clear()
            await self._emptied.wait()

    def _accept(self) -> None:
        for _ in range(ACCEPTS_A_TURN):
            try:
                opened, _ = self._socket.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                # Out of descriptors or memory. The next sweep looks again.
                log.warning("no connection is accepted for now", extra={"reason": str(error)})
                self._loop.remove_reader(self._socket)
                return
            if self._open >= self._site.limits.connections_max or not self._room.take():
                self._turn_away(opened)
                continue
            self._open += 1
            greeting = self._loop.create_task(self._greet(opened))
            self._greetings.add(greeting)
            greeting.add_done_callback(self._greetings.discard)

    def _turn_away(self, opened: socket.socket) -> None:
        log.warning("connections are refused: there are too many")
        with opened:
            if self._tls is None:
                refusal = self._site.refuse(Overloaded("too many connections"))
                opened.setblocking(False)
                opened.send(encode_answer(refusal, self._site.date, b"connection: close\r\n"))

    async def _greet(self, opened: socket.socket) -> None:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        timeout_s = None if self._tls is None else HANDSHAKE_S
        try:
            await self._loop.connect_accepted_socket(
                lambda: Connection(self._site, self._loop), opened,
                ssl=self._tls, ssl_handshake_timeout=timeout_s,
            )  # fmt: skip
        except (OSError, asyncio.CancelledError):
            opened.close()
            self._lost()

    def _lost(self) -> None:
        self._open -= 1
        self._room.give_back()
        self._emptied.set()

    def _sweep(self) -> None:
        now_s = self._loop.time()
        site = self._site
        site.date = f"date: {formatdate(usegmt=True)}\r\n".encode()
        for connection in [c for c in site.connections if c.deadline_s <= now_s]:
            connection.expire()
        if self._is_accepting:
            self._loop.add_reader(self._socket, self._accept)
        self._sweeper = self._loop.call_later(SWEEP_S, self._sweep)
