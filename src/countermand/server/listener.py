"""Listeners: one bound socket each, served by uvicorn until told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Open requests get this long to be answered once a stop was asked for.
STOP_TIMEOUT_S = 10
BACKLOG = 2048
# Well beyond what an application accepts, so that it is the one to refuse whatever is only large.
HEAD_BYTES_MAX = 256 * 1024
# A connection closed while a cancel is on its way leaves its sender not knowing, so bots that think
# for a minute keep theirs.
IDLE_TIMEOUT_S = 75


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


class _HeldTransport:
    """
    A transport that keeps what is written until told to flush.

    uvicorn writes the head and the body of an answer apart, and each write is a system call: as
    much as a tenth of what a cancel costs. A go-ahead (100) is passed on, for the client waits for
    it.
    """

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._held = b""

    def write(self, data: bytes) -> None:
        """Keep the data, or pass a go-ahead on."""
        if data.startswith(b"HTTP/1.1 100"):
            self._transport.write(data)
        else:
            self._held += data

    def flush(self) -> None:
        """Send what was kept, in one piece."""
        if self._held:
            self._transport.write(self._held)
            self._held = b""

    def close(self) -> None:
        """Send what was kept, then close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol, whose answers leave in one piece and whose heads have an end."""

    _is_in_head = True
    _head_bytes = 0

    def connection_made(self, transport: Any) -> None:
        """Put the holding transport in between."""
        # It answers to all that uvicorn asks of a transport, by passing on what it does not know.
        super().connection_made(_HeldTransport(transport))  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Close a connection that sends a head without end: it could take all memory."""
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Begin to count a request's head."""
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop counting: what follows is a body, which has a limit of its own."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Send the answer, now that it is whole."""
        # It is the holding one, put in place when the connection was made.
        self.transport.flush()  # type: ignore[attr-defined]
        super().on_response_complete()


class _Server(uvicorn.Server):
    """A server that leaves signals to the process it is one of several in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class Listener:
    """An application on a bound socket."""

    def __init__(
        self,
        app: Callable[..., Any],
        bound: socket.socket,
        tls: tuple[Path, Path] | None = None,
    ) -> None:
        self._socket = bound
        self._server = _Server(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=STOP_TIMEOUT_S,
                timeout_keep_alive=IDLE_TIMEOUT_S,
                ssl_certfile=tls[0] if tls else None,
                ssl_keyfile=tls[1] if tls else None,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return once connections are accepted. Raises whatever kept the server from starting."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
                raise RuntimeError("the web server ended before it had started")
            await asyncio.sleep(0.001)

    async def stop(self) -> None:
        """Accept nothing more, answer what is open, and return when that is done."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()
