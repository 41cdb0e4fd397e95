"""
Sockets: the WebSocket that a watch hears, in both shells. Framing and pings are the library's.

It is offered once: what is refused or lost is told to the core, which decides whether to try again.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack
from typing import Any

import websockets.asyncio.client as asynchronous
import websockets.sync.client as synchronous
from websockets.exceptions import InvalidStatus, WebSocketException

from countermand.client import http
from countermand.client.acts import Cut, NotOpened, Opened, OpenStream
from countermand.wire.stream import Message

OPEN_TIMEOUT_S = 10.0

# A message of a venue's has at most so many bytes.
MESSAGE_BYTES_MAX = 16 * 1024 * 1024

_FAILED = (OSError, TimeoutError, WebSocketException)
_TEXT_MAX = 300


class AsyncSocket:
    """One WebSocket at a time, on an event loop."""

    def __init__(self, base: http.Base) -> None:
        self._base = base
        self._socket: asynchronous.ClientConnection | None = None
        self._closing = AsyncExitStack()

    async def open(self, offer: OpenStream) -> Opened | NotOpened:
        """Offer a WebSocket."""
        try:
            offered = asynchronous.connect(**_offered(self._base, offer))
            self._socket = await self._closing.enter_async_context(offered)
        except _FAILED as error:
            return _not_opened(error)
        return Opened()

    async def hear(self) -> Message | Cut:
        """Return the next message, once there is one."""
        if self._socket is None:
            return Cut("the stream is not open")
        try:
            return await self._socket.recv()
        except _FAILED as error:
            return Cut(_text(error))

    async def say(self, message: Message) -> None:
        """Send a message; a stream that has ended says so when it is heard."""
        if self._socket is not None:
            try:
                await self._socket.send(message)
            except _FAILED:
                return

    async def close(self) -> None:
        """Close it, open or not; a close that is canceled waits for no answer."""
        socket, self._socket = self._socket, None
        try:
            await self._closing.aclose()
        except asyncio.CancelledError:
            if socket is not None:
                socket.transport.abort()
            raise


class Socket:
    """One WebSocket at a time, in whose thread everything waits."""

    def __init__(self, base: http.Base) -> None:
        self._base = base
        self._socket: synchronous.ClientConnection | None = None
        self._closing = ExitStack()

    def open(self, offer: OpenStream) -> Opened | NotOpened:
        """Offer a WebSocket."""
        try:
            offered = synchronous.connect(**_offered(self._base, offer))
            self._socket = self._closing.enter_context(offered)
        except _FAILED as error:
            return _not_opened(error)
        return Opened()

    def hear(self) -> Message | Cut:
        """Return the next message, once there is one."""
        if self._socket is None:
            return Cut("the stream is not open")
        try:
            return self._socket.recv()
        except _FAILED as error:
            return Cut(_text(error))

    def say(self, message: Message) -> None:
        """Send a message; a stream that has ended says so when it is heard."""
        if self._socket is not None:
            try:
                self._socket.send(message)
            except _FAILED:
                return

    def close(self) -> None:
        """Close it, whether it is open or not."""
        self._socket = None
        self._closing.close()


def _offered(base: http.Base, offer: OpenStream) -> dict[str, Any]:
    headers = [(name.decode(), value.decode("latin-1")) for name, value in offer.request.headers]
    return {
        "uri": base.stream_url(offer.request, offer.base_url),
        "additional_headers": headers,
        "open_timeout": OPEN_TIMEOUT_S,
        "max_size": MESSAGE_BYTES_MAX,
        "proxy": None,
    }


def _not_opened(error: Exception) -> NotOpened:
    if isinstance(error, InvalidStatus):
        body = (error.response.body or b"").decode("utf-8", "replace")[:_TEXT_MAX]
        status = error.response.status_code
        return NotOpened(f"{status}: {body}".rstrip(": "), status)
    return NotOpened(_text(error))


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_TEXT_MAX]
