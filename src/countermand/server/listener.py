"""Listeners: one bound socket each, served by uvicorn until told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

# Open requests get this long to be answered once a stop was asked for.
STOP_TIMEOUT_S = 10
BACKLOG = 2048


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
                http="httptools",
                ws="none",
                lifespan="off",
                interface="asgi3",
                access_log=False,
                log_config=None,
                server_header=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=STOP_TIMEOUT_S,
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
