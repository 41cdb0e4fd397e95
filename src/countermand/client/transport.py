"""Transports: how a signed request gets to a venue and its response back."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from countermand.wire.http import Request, Response

Handle = Callable[[Request], Awaitable[Response]]


class Transport(Protocol):
    """Carries one request and brings its response; what is lost on the way raises."""

    async def send(self, request: Request) -> Response:
        """Return the response to a request, sent once and never again."""


class InProcessTransport:
    """A venue in the same process: the server's `handle`, given as a callable."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    async def send(self, request: Request) -> Response:
        """Return the answer of the handler."""
        return await self._handle(request)
