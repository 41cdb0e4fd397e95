"""
Outflow: an answer that is sent piece by piece, as fast as its client reads; then the connection
ends.
"""

from __future__ import annotations

import asyncio
from math import inf

from countermand.server.site import Site, peer_of, reset

# The size of the pieces that go to the transport.
PIECE_BYTES = 64 * 1024


class Outflow(asyncio.Protocol):
    """
    The protocol of a socket whose last answer is under way; its head has been sent.

    Units: `deadline_s` on the loop's clock, when `expire` is due, as for any connection.
    """

    kind, in_flight = "http", 1

    def __init__(
        self, site: Site, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport
    ) -> None:
        self._site, self._loop, self._transport = site, loop, transport
        self._room = asyncio.Event()
        self._is_lost = False
        self.deadline_s = inf

    def take_over(self, *, is_full: bool) -> None:
        """Take the transport over; what its client still sends is not looked at."""
        self._transport.set_protocol(self)
        self._site.connections.add(self)
        if is_full:
            self.pause_writing()
        else:
            self._room.set()

    @property
    def peer(self) -> str:
        """The client's address and port."""
        return peer_of(self._transport)

    async def write(self, data: bytes) -> None:
        """Send a piece once there is room. Raises: ConnectionResetError when the client is gone."""
        for at in range(0, len(data), PIECE_BYTES):
            await self._room.wait()
            if self._is_lost:
                raise ConnectionResetError("the client is gone")
            self._transport.write(data[at : at + PIECE_BYTES])

    def end(self) -> None:
        """Close, since the answer is whole."""
        self._transport.close()

    # What the transport calls.

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._room.clear()
        self.deadline_s = self._loop.time() + self._site.limits.unread_s

    def resume_writing(self) -> None:
        """Go on."""
        self._room.set()
        self.deadline_s = inf

    def eof_received(self) -> bool:
        """Go on: a client that asks for nothing more still reads."""
        return self._transport.get_extra_info("ssl_object") is None

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._is_lost = True
        self._room.set()
        self._site.connections.discard(self)
        self._site.on_lost()

    # What the listener calls.

    def expire(self) -> None:
        """Cut off a client that does not read."""
        self.abort()

    def stop(self) -> None:
        """Let the answer become whole, if it does in time."""

    def abort(self) -> None:
        """Close at once, by a reset: what is there is not the whole answer."""
        reset(self._transport)
