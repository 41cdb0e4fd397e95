"""
Delivery: requests of httpx brought to a site in this process, and its answers back.

What a connection would end in, its exceptions here are those that httpx has over a socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

import httpx

from countermand.server.ports import Cut, Ending, Way
from countermand.server.site import Site
from countermand.testing.home import Home
from countermand.wire.http import Request, Response

_CLOSED = "Server disconnected without sending a response."
_RESET = "Connection reset by peer"
_CUT_SHORT = "peer closed connection without sending complete message body"


class InProcess(httpx.AsyncBaseTransport):
    """
    A transport to one venue's site, on the loop that the exchange runs on.

    Raises: what httpx does where a connection is cut, and ReadTimeout when no answer comes in the
            client's time; the request goes on all the same.
    """

    def __init__(self, site: Site) -> None:
        self._site = site

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the venue's answer."""
        body = await request.aread()
        answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def answer(response: Response) -> None:
            if not answered.done():
                answered.set_result(response)

        self._site.begin(taken(request, body), answer)
        return delivered(await _within(answered, request), request)


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """
    A transport to one venue's site, from any thread and any loop, for clients that wait and for
    those that do not.

    Raises: as `InProcess`.
    """

    def __init__(self, home: Home, site: Site) -> None:
        self._home, self._site = home, site

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the venue's answer."""
        answered = self._begin(taken(request, request.read()))
        timeout: dict[str, Any] = request.extensions.get("timeout", {})
        try:
            return delivered(answered.result(timeout.get("read")), request)
        except FutureTimeoutError:
            raise httpx.ReadTimeout("timed out", request=request) from None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the venue's answer."""
        answered = self._begin(taken(request, await request.aread()))
        return delivered(await _within(asyncio.wrap_future(answered), request), request)

    def _begin(self, request: Request) -> Future[Response]:
        answered: Future[Response] = Future()

        def answer(response: Response) -> None:
            # A call that was given up is not answered, and one answer is enough.
            if not answered.done() and answered.set_running_or_notify_cancel():
                answered.set_result(response)

        # Looked up when it is called: what stands in front of a venue changes.
        self._home.soon(lambda: self._site.begin(request, answer))
        return answered


def taken(request: httpx.Request, body: bytes) -> Request:
    """Return a request of httpx as it would come over a socket."""
    path, _, query = request.url.raw_path.partition(b"?")
    headers = tuple((name.lower(), value) for name, value in request.headers.raw)
    return Request(request.method, path, query, headers, body)


def delivered(response: Response, request: httpx.Request) -> httpx.Response:
    """Return an answer as httpx has it. Raises: as `InProcess`."""
    if isinstance(response, Cut):
        return _cut(response, request)
    if isinstance(response, Ending):
        raise httpx.UnsupportedProtocol("no streams in process", request=request)
    return httpx.Response(response.status, headers=_headers(response), content=response.body)


def _cut(cut: Cut, request: httpx.Request) -> httpx.Response:
    if cut.way is Way.RESET:
        raise httpx.ReadError(_RESET, request=request)
    if cut.way is Way.CLOSED or not cut.half.body:
        raise httpx.RemoteProtocolError(_CLOSED, request=request)
    return httpx.Response(
        cut.half.status, headers=_headers(cut.half), stream=_HalfStream(cut.half.body)
    )


def _headers(response: Response) -> list[tuple[bytes, bytes]]:
    told = [(b"content-length", b"%d" % len(response.body)), *response.headers]
    return [*told, (b"content-type", response.content_type)] if response.content_type else told


async def _within(answered: asyncio.Future[Response], request: httpx.Request) -> Response:
    timeout: dict[str, Any] = request.extensions.get("timeout", {})
    try:
        return await asyncio.wait_for(answered, timeout.get("read"))
    except TimeoutError:
        raise httpx.ReadTimeout("timed out", request=request) from None


class _HalfStream(httpx.AsyncByteStream, httpx.SyncByteStream):
    # Half of a body, and then the end of the connection.

    def __init__(self, body: bytes) -> None:
        self._half, self._length = body[: len(body) // 2], len(body)

    def __iter__(self) -> Iterator[bytes]:
        yield self._half
        told = f"(received {len(self._half)} bytes, expected {self._length})"
        raise httpx.RemoteProtocolError(f"{_CUT_SHORT} {told}")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part
