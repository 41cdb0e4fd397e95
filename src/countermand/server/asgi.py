"""
ASGI, both ways round: a handler as an application, for tests and for mounting; and an application
as a handler, which is how Starlette serves the control port.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

from countermand.server.limits import Limits
from countermand.server.ports import Answer, Handler, Pieces, Refuse, Streamed
from countermand.wire.errors import TooLarge, WireError
from countermand.wire.http import Request, Response

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_LIMITS = Limits()


class ClientGoneError(Exception):
    """The client went away before its request was whole."""


class HandlerApp:
    """A handler as an ASGI application. Connections, and their limits, are the server's below."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request; anything but HTTP is closed."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
            return
        try:
            body = await _read_body(receive)
        except ClientGoneError:
            return
        except TooLarge as error:
            await _send(send, self._handler.refuse(error))
            return
        headers = tuple(scope["headers"])
        request = Request(scope["method"], scope["raw_path"], scope["query_string"], headers, body)
        answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._handler.begin(request, answered.set_result)
        await _send(send, await asyncio.shield(answered))


async def _read_body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        body += message.get("body", b"")
        if len(body) > _LIMITS.body_bytes_max:
            raise TooLarge(f"body exceeds {_LIMITS.body_bytes_max} bytes")
        more = message.get("more_body", False)
    return body


async def _send(send: Send, response: Response) -> None:
    headers = [(b"content-length", b"%d" % len(response.body)), *response.headers]
    if response.content_type:
        headers.append((b"content-type", response.content_type))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


class AppHandler:
    """
    An ASGI application as a handler: one task a request, for ports where that does not matter.
    """

    def __init__(self, app: App, refuse: Refuse | None = None) -> None:
        self._app, self._refuse = app, refuse
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, request: Request, answer: Answer) -> None:
        """Run the application."""
        task = asyncio.get_running_loop().create_task(self._run(request, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def refuse(self, error: WireError) -> Response:
        """Return the refusal as the application's port answers, by default in plain words."""
        if self._refuse is not None:
            return self._refuse(error)
        return Response(400, error.text.encode(), b"text/plain; charset=utf-8")

    async def _run(self, request: Request, answer: Answer) -> None:
        async def receive() -> Message:
            return {"type": "http.request", "body": request.body, "more_body": False}

        answering = _Answering(answer)
        try:
            await self._app(_scope(request), receive, answering.send)
        except ConnectionResetError:
            return
        except Exception:
            log.exception("request failed", extra={"path": request.path.decode("latin-1")})
            answering.abort()
        answering.finish()


class _Answering:
    """An application's answer: one response when it is whole, or pieces from the first on."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._started: Message = {"status": 500, "headers": []}
        self._parts: list[bytes] = []
        self._flow: Pieces | None = None

    async def send(self, message: Message) -> None:
        """Take a message. Raises: ConnectionResetError when the client is gone."""
        if message["type"] == "http.response.start":
            self._started.update(message)
        elif self._flow is None and not message.get("more_body"):
            self._parts.append(message.get("body", b""))
        else:
            self._flow = self._flow or await _begun(self._started, self._answer)
            await self._flow.write(message.get("body", b""))
            if not message.get("more_body"):
                self._flow.end()

    def abort(self) -> None:
        """Cut what is sent in pieces: it will not be whole."""
        if self._flow is not None:
            self._flow.abort()

    def finish(self) -> None:
        """Answer, unless that was begun in pieces."""
        if self._flow is None:
            # The connection says how long an answer is.
            headers = tuple(h for h in self._started["headers"] if h[0] != b"content-length")
            self._answer(Response(self._started["status"], b"".join(self._parts), b"", headers))


async def _begun(started: Message, answer: Answer) -> Pieces:
    # Where the pieces of an answer go, once all before it is answered.
    begun: asyncio.Future[Pieces | None] = asyncio.get_running_loop().create_future()
    headers = tuple(started["headers"])
    answer(Streamed(started["status"], b"", b"", headers, begin=begun.set_result))
    if (flow := await begun) is None:
        raise ConnectionResetError("the client is gone")
    return flow


def _scope(request: Request) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path.decode("latin-1")),
        "raw_path": request.path,
        "query_string": request.query,
        "root_path": "",
        "headers": list(request.headers),
        "client": None,
        "server": None,
    }
