"""An answer in pieces: whole, in order, as fast as its client reads, and ended with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from countermand.server.asgi import AppHandler
from countermand.server.limits import Limits, Room
from countermand.server.listener import SWEEP_S, Listener, bind
from countermand.server.outflow import PIECE_BYTES
from countermand.server.site import Site

COUNT = 200
PIECE = bytes(range(256)) * (PIECE_BYTES // 256)
GET = b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n"


class Told:
    """How the answer ended, as its application saw it."""

    def __init__(self) -> None:
        self.sent, self.is_over = 0, False


def app_of(told: Told) -> Callable[..., Any]:
    """An application that answers "small" whole, "fail" with half and a bug, others in pieces."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"x/y")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/small":
            await send({"type": "http.response.body", "body": b"small"})
            return
        try:
            for _ in range(COUNT):
                await send({"type": "http.response.body", "body": PIECE, "more_body": True})
                told.sent += 1
                if scope["path"] == "/fail":
                    raise RuntimeError
            await send({"type": "http.response.body", "body": b"end"})
        finally:
            told.is_over = True

    return app


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def served(told: Told, limits: Limits) -> AsyncIterator[tuple[Site, Callable[[], Any]]]:
    """Serve the application; yield its site and what opens a connection to it."""
    bound = bind("127.0.0.1", 0)
    address = bound.getsockname()
    handler = AppHandler(app_of(told))
    site = Site(handler.begin, handler.refuse, limits)
    listener = Listener(site, bound, Room(10))
    await listener.start()
    try:
        yield site, lambda: asyncio.open_connection(*address)
    finally:
        await listener.stop()


def run(story: Callable[[Told, Site, Any], Any], limits: Limits | None = None) -> None:
    """Run a story against a server."""

    async def whole() -> None:
        told = Told()
        async with asyncio.timeout(60), served(told, limits or Limits()) as (site, connect):
            reader, writer = await connect()
            try:
                await story(told, site, (reader, writer))
            finally:
                writer.close()

    asyncio.run(whole())


async def until(is_so: Callable[[], bool]) -> None:
    """Wait."""
    while not is_so():  # noqa: ASYNC110 -- what is waited for says nothing when it happens
        await asyncio.sleep(0.01)


def test_it_comes_whole_behind_earlier_answers() -> None:
    """The answers to earlier requests come first, and later requests get none."""

    async def story(told: Told, site: Site, stream: Stream) -> None:
        reader, writer = stream
        writer.write(GET % b"small" + GET % b"large" + GET % b"small")
        await reader.readuntil(b"small")
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.read()

        assert b"connection: close" in head
        assert PIECE * COUNT + b"end" == body
        assert not site.connections

    run(story)


def test_it_waits_for_a_client_that_does_not_read() -> None:
    """No unsent piece is kept in memory; a client that goes away ends the answer."""

    async def story(told: Told, site: Site, stream: Stream) -> None:
        _, writer = stream
        writer.transport.pause_reading()
        writer.write(GET % b"large")
        await until(lambda: told.sent > 0)
        await asyncio.sleep(0.3)
        sent = told.sent
        assert sent < COUNT
        [opened] = site.connections
        assert ("http", 1) == (opened.kind, opened.in_flight)
        writer.transport.abort()
        await until(lambda: told.is_over)
        assert told.sent < COUNT
        await until(lambda: not site.connections)

    run(story)


def test_a_client_that_never_reads_is_cut_off() -> None:
    """The cut comes after the time that a client has to read."""

    async def story(told: Told, site: Site, stream: Stream) -> None:
        stream[1].transport.pause_reading()
        stream[1].write(GET % b"large")
        await until(lambda: told.is_over)

    run(story, replace(Limits(), unread_s=SWEEP_S))


@pytest.mark.parametrize("path", [b"fail", b"large"])
def test_a_half_answer_is_seen_as_one(path: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """The connection is reset, not closed, after a bug or by an operator."""

    async def story(told: Told, site: Site, stream: Stream) -> None:
        reader, writer = stream
        writer.write(GET % path)
        await reader.readuntil(b"\r\n\r\n")
        for opened in list(site.connections) if path == b"large" else ():
            opened.abort()
        with pytest.raises(ConnectionResetError):
            await reader.read()
        await until(lambda: told.is_over)

    run(story)


def test_an_application_learns_that_its_client_is_gone() -> None:
    """The application does not wait for ever."""

    async def story(told: Told, site: Site, stream: Stream) -> None:
        _, writer = stream
        writer.write(GET % b"large")
        await writer.drain()
        writer.transport.abort()
        await until(lambda: not site.connections)
        await asyncio.sleep(0.05)
        assert told.is_over or told.sent == 0

    run(story)
