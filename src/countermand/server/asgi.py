"""
ASGI: from a server's scope to a `Request` and back. The only file that knows the web server's
interface.

The venues are one plain application over their route tables: no framework stands between a request
and its pipeline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from countermand.server.pipeline import Pipeline
from countermand.wire.errors import Malformed, TooLarge
from countermand.wire.http import Request, Response

BODY_BYTES_MAX = 64 * 1024
# Who sends less than that in so long has gone, or holds up a stop.
BODY_TIMEOUT_S = 5
BODY_DIGITS_MAX = 9
HEADER_BYTES_MAX = 16 * 1024

# Answers an empty 200 and touches nothing: what the server costs by itself, and whether it is up.
PING_PATH = b"/_countermand/ping"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# An answer that has no body by definition must not say how long it is (RFC 9110, 8.6).
_NO_CONTENT = 204

_PONG = Response(200, b"", b"")


class ClientGoneError(Exception):
    """The client went away before its request was whole."""


class VenueApp:
    """The ASGI application of one venue."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; anything but HTTP is closed."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        path = scope["raw_path"]
        if path == PING_PATH:
            await _send(send, _PONG)
            return
        try:
            headers = tuple(scope["headers"])
            request = Request(
                scope["method"],
                path,
                scope["query_string"],
                headers,
                await _read_body(len(path) + len(scope["query_string"]), headers, receive),
            )
        except ClientGoneError:
            return
        except (TooLarge, Malformed) as error:
            # What is left of the body is not read, so the connection cannot carry another request.
            refused = self._pipeline.refuse(error)
            await _send(send, refused, (b"connection", b"close"))
            return
        await _send(send, await self._pipeline.handle(request))


async def _read_body(
    target_bytes: int, headers: tuple[tuple[bytes, bytes], ...], receive: Receive
) -> bytes:
    header_bytes = sum([len(name) + len(value) for name, value in headers])
    if target_bytes + header_bytes > HEADER_BYTES_MAX:
        raise TooLarge(f"request target and headers exceed {HEADER_BYTES_MAX} bytes")
    names = dict(headers)
    length = names.get(b"content-length", b"")
    if not length and b"transfer-encoding" not in names:
        return b""
    if length.isdigit() and (len(length) > BODY_DIGITS_MAX or int(length) > BODY_BYTES_MAX):
        raise TooLarge(f"body exceeds {BODY_BYTES_MAX} bytes")
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            return await _receive_body(receive)
    except TimeoutError:
        raise Malformed("body did not arrive in time") from None


async def _receive_body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            # Half a request is none: acting on it could be acting on something never asked.
            raise ClientGoneError
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise TooLarge(f"body exceeds {BODY_BYTES_MAX} bytes")
        more = message.get("more_body", False)
    return body


async def _send(send: Send, response: Response, *extra: tuple[bytes, bytes]) -> None:
    headers = [*response.headers, *extra]
    if response.status != _NO_CONTENT:
        headers.insert(0, (b"content-length", b"%d" % len(response.body)))
    if response.content_type:
        headers.append((b"content-type", response.content_type))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
