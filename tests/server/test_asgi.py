"""ASGI, both ways round: a handler mounted in an application, and an application on a port."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from countermand.server.asgi import AppHandler, HandlerApp
from countermand.server.limits import Limits
from countermand.server.ports import Answer
from countermand.wire.errors import TooLarge, WireError
from countermand.wire.http import Request, Response


class Echo:
    """A handler that says what it was asked, a turn of the loop later."""

    def begin(self, request: Request, answer: Answer) -> None:
        """Answer the method, path, query and body."""
        said = b" ".join((request.method.encode(), request.path, request.query, request.body))
        asyncio.get_running_loop().call_soon(answer, Response(200, said, b"text/plain"))

    def refuse(self, error: WireError) -> Response:
        """Name the refusal."""
        return Response(413 if isinstance(error, TooLarge) else 400, error.text.encode())


async def echo(request: StarletteRequest) -> JSONResponse:
    """Say what was asked."""
    body = (await request.body()).decode()
    return JSONResponse([request.method, request.path_params["name"], request.url.query, body])


async def fail(request: StarletteRequest) -> PlainTextResponse:
    """Meet a bug."""
    raise RuntimeError(request.url.path)


APP = Starlette(routes=[Route("/echo/{name}", echo, methods=["GET", "POST"]), Route("/fail", fail)])


def through(app: HandlerApp, *args: Any, **more: Any) -> httpx.Response:
    """Send one request to a mounted handler."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.request(*args, **more)

    return asyncio.run(send())


def asked(request: Request) -> Response:
    """Ask the application on a port of its own."""

    async def ask() -> Response:
        answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        AppHandler(APP).begin(request, answered.set_result)
        return await answered

    return asyncio.run(ask())


def test_a_handler_can_be_mounted() -> None:
    """Method, raw path, query and body reach it; its answer comes back."""
    answer = through(HandlerApp(Echo()), "POST", "/a%2Fb?c=d", content=b"body")

    assert (200, "POST /a%2Fb c=d body") == (answer.status_code, answer.text)
    assert "text/plain" == answer.headers["content-type"]


def test_a_mounted_handler_refuses_large_bodies() -> None:
    """The handler's own refusal is sent."""
    answer = through(HandlerApp(Echo()), "POST", "/", content=b" " * (Limits().body_bytes_max + 1))

    assert 413 == answer.status_code


def test_a_mounted_handler_takes_no_websocket() -> None:
    """A WebSocket is closed, as ASGI has it."""
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    asyncio.run(HandlerApp(Echo())({"type": "websocket"}, receive, send))

    assert ["websocket.close"] == [message["type"] for message in sent]


def test_an_application_answers_a_port() -> None:
    """Path, query and body reach it, and its headers come back once."""
    answer = asked(Request("POST", b"/echo/a%20b", b"c=d", ((b"host", b"x"),), b"body"))

    assert (200, b'["POST","a b","c=d","body"]') == (answer.status, answer.body)
    assert [(b"content-type", b"application/json")] == list(answer.headers)


def test_a_bug_in_an_application_is_a_500() -> None:
    """The exception is logged, and the connection goes on."""
    assert 500 == asked(Request("GET", b"/fail", b"", ((b"host", b"x"),))).status
