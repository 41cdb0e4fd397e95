"""
WebSockets over real sockets, with the `websockets` client: proven before they are taken, whole
messages both ways, bounds, and a quiet end.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest
import trustme
import uvloop
from msgspec import json
from tests.server.streams import KB, Streams, offer
from tests.venues.toy import VENUE as TOY
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from countermand.server.front import front
from countermand.server.limits import Limits, Room
from countermand.server.listener import Listener, bind
from countermand.server.site import Site
from countermand.wire.http import Request, Response
from countermand.wire.operation import Capability
from countermand.wire.stream import Message

MB = 1024 * KB
LIMITS = Limits()
MORE = Frame(Opcode.BINARY, bytes(50 * KB)).serialize(mask=True) * 2


class Port:
    """The toy on a real socket."""

    def __init__(self, limits: Limits, tls: ssl.SSLContext | None) -> None:
        self.toy = toy = Streams()
        bound = bind("127.0.0.1", 0)
        self.address = bound.getsockname()
        begin = front(toy.pipeline.begin, toy.venue, toy.settings)
        self.site = Site(begin, toy.pipeline.refuse, limits)
        self.listener = Listener(self.site, bound, Room(10), tls)

    def open(
        self, path: str = "/v1/echo", key: int | None = 0, tls: ssl.SSLContext | None = None
    ) -> connect:
        """Open a stream, signed with a key of alice's."""
        scheme = "ws" if tls is None else "wss"
        url = f"{scheme}://localhost:{self.address[1]}{path}"
        headers = {} if key is None else self.toy.signed(path, key)
        return connect(url, additional_headers=headers, ssl=tls, proxy=None)

    async def bare(self, path: str = "/v1/echo", *, buffer: int = 0) -> socket.socket:
        """Open a stream on a bare socket, and read the answer's head and the first message."""
        opened = socket.socket()
        if buffer:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        opened.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(opened, self.address)
        await loop.sock_sendall(opened, offer(self.toy.signed(path), path))
        await received(opened, b"hello alice")
        return opened


async def received(opened: socket.socket, until: bytes) -> bytes:
    """Return what a bare socket receives up to its end, or until something is there."""
    data, loop = b"", asyncio.get_running_loop()
    with suppress(ConnectionResetError):
        while not until or until not in data[-64 * KB :]:
            if not (more := await loop.sock_recv(opened, 64 * KB)):
                break
            data += more
    return data


@asynccontextmanager
async def port(limits: Limits = LIMITS, tls: ssl.SSLContext | None = None) -> AsyncIterator[Port]:
    """The toy's listener, running."""
    opened = Port(limits, tls)
    await opened.listener.start()
    try:
        yield opened
    finally:
        await opened.listener.stop()


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def loops(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    """Each of the loops that a server may run on."""
    with asyncio.Runner(loop_factory=request.param) as runner:
        yield runner


async def ended(client: ClientConnection) -> tuple[int | None, str | None]:
    """Return the close code and the reason of a stream, when it has ended."""
    with suppress(ConnectionClosed):
        while True:
            await client.recv()
    return client.close_code, client.close_reason


def test_a_stream_is_proven_before_it_is_taken(loops: asyncio.Runner) -> None:
    """No key is a 401 and a key without the right a 403, both in the venue's words."""

    async def refused(served: Port, path: str, key: int | None) -> tuple[int, str]:
        with pytest.raises(InvalidStatus) as caught:
            await served.open(path, key)
        response = caught.value.response
        return response.status_code, json.decode(response.body)["code"]

    async def main() -> None:
        async with port() as served:
            unproven = await refused(served, "/v1/echo", None)
            viewer = await refused(served, "/v1/trade", 1)
            async with served.open("/v1/echo", 1) as client:
                hello = await client.recv()

        assert [(401, "UNAUTHORIZED"), (403, "FORBIDDEN")] == [unproven, viewer]
        assert "hello alice" == hello

    loops.run(main())


def test_a_stream_may_be_proven_by_messages(loops: asyncio.Runner) -> None:
    """Some venues take a key in a message: the session checks it, and closes with its own code."""

    async def main() -> None:
        async with port() as served:
            async with served.open("/v1/asked", None) as client:
                await client.send("sesame")
                await client.send("hello")
                assert "hello" == await client.recv()
            async with served.open("/v1/asked", None) as client:
                await client.send("hello")
                assert (1008, "who are you") == await ended(client)

    loops.run(main())


def test_messages_go_both_ways(loops: asyncio.Runner) -> None:
    """Text is text and bytes are bytes, empty or large, in one frame or many; a ping has a pong."""
    text, data = "ü" * 20_000, bytes(LIMITS.message_bytes_max)

    async def main() -> list[Message]:
        async with port() as served, served.open() as client:
            heard = [await client.recv()]
            for message in (text, data, "", b""):
                await client.send(message)
                heard.append(await client.recv())
            await client.send(["one", "", " two", " three"])
            heard.append(await client.recv())
            await (await client.ping())
            return heard

    assert ["hello alice", text, data, "", b"", "one two three"] == loops.run(main())


def test_a_stream_under_tls(loops: asyncio.Runner) -> None:
    """The same, and it ends as quietly."""
    authority, server, client = (
        trustme.CA(),
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(),
    )
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)

    async def main() -> None:
        async with port(tls=server) as served:
            async with served.open(tls=client) as opened:
                await opened.send("leave")
                assert (4001, "as asked") == await ended(opened)
            async with served.open(tls=client) as opened:
                assert "hello alice" == await opened.recv()
        assert [1, 1] == [session.ends for session in served.toy.sessions]

    loops.run(main())


def test_each_end_may_close(loops: asyncio.Runner) -> None:
    """The session with its code; the client with a code that comes back; then nothing is said."""

    async def main() -> None:
        async with port() as served:
            async with served.open() as client:
                await client.send("leave")
                assert (4001, "as asked") == await ended(client)
            async with served.open() as client:
                await client.close(4000, "enough")
                assert (4000, "enough") == (client.close_code, client.close_reason)
        assert [1, 1] == [session.ends for session in served.toy.sessions]

    loops.run(main())


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (Frame(Opcode.TEXT, b"x" * (LIMITS.message_bytes_max + 1)).serialize(mask=True), 1009),
        (Frame(Opcode.TEXT, b"\xff").serialize(mask=True), 1007),
        (Frame(Opcode.TEXT, b"unmasked").serialize(mask=False), 1002),
        (Frame(Opcode.CONT, b"of nothing").serialize(mask=True), 1002),
        (Frame(Opcode.TEXT, b"break").serialize(mask=True), 1011),
    ],
    ids=["too large", "not UTF-8", "unmasked", "out of place", "a bug"],
)
def test_the_reasons_that_end_a_stream(
    frame: bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The client reads why, though it has sent more; a bug, and nothing else, is in the log."""

    async def main() -> bytes:
        async with port() as served:
            opened = await served.bare()
            with opened:
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(opened, frame + MORE)
                data = await received(opened, code.to_bytes(2))
            assert 1 == served.toy.sessions[0].ends
            return data

    with caplog.at_level(logging.DEBUG):
        data = asyncio.run(main())

    assert (b"\x88", code.to_bytes(2)) == (data[:1], data[2:4])
    told = [r.message for r in caplog.records if r.levelno > logging.DEBUG]
    assert (["stream failed"] if code == 1011 else []) == told
    assert not [r for r in caplog.records if r.name.startswith("websockets.server")]


def test_a_slow_reader_is_cut(loops: asyncio.Runner) -> None:
    """A client that reads on finds the reason; other streams go on, and little is held for it."""

    async def main() -> None:
        limits = Limits(queued_bytes_max=256 * KB)
        async with port(limits) as served:
            slow = await served.bare(buffer=8 * KB)
            async with served.open() as other:
                loop = asyncio.get_running_loop()
                await loop.sock_sendall(slow, Frame(Opcode.TEXT, b"flood").serialize(mask=True))
                while not served.toy.sessions[0].ends:
                    await other.send("hello")
                    await other.recv()
            told = await received(slow, b"too much is unread")
            slow.close()

        # What the kernel takes is its own; of 64 MB nearly all was never queued.
        assert len(told) < 32 * MB
        assert told.endswith(b"\x88\x14\x03\xf0too much is unread")

    loops.run(main())


def test_a_stop_closes_streams(loops: asyncio.Runner) -> None:
    """Streams close with 1001; a silent client delays the stop no longer than a close may take."""

    async def main() -> None:
        async with port(Limits(close_s=0.2)) as served:
            deaf = await served.bare()
            async with served.open() as client:
                stopping = asyncio.create_task(served.listener.stop())
                end = await ended(client)
                await stopping
            deaf.close()

        assert (1001, "the server stops") == end
        assert [1, 1] == [session.ends for session in served.toy.sessions]
        assert not served.site.connections

    loops.run(main())


def test_a_client_that_has_gone_is_noticed(loops: asyncio.Runner) -> None:
    """Half-closed at once; half-open when it does not answer pings, and one that does stays."""

    async def main() -> None:
        async with port(Limits(ping_s=0.1, silent_s=1)) as served:
            half_closed, silent = await served.bare(), await served.bare()
            async with served.open() as client:
                half_closed.shutdown(socket.SHUT_WR)
                await received(half_closed, b"")
                pings = await received(silent, b"")
                await client.send("still here")
                assert ["hello alice", "still here"] == [await client.recv() for _ in range(2)]
            half_closed.close()
            silent.close()

        assert pings.startswith(b"\x89\x00")
        assert [1, 1, 1] == [session.ends for session in served.toy.sessions]

    loops.run(main())


def test_streams_are_connections_of_their_listener() -> None:
    """Streams are counted, and give their place back."""

    async def main() -> None:
        async with port(Limits(connections_max=1)) as served:
            async with served.open() as client:
                with pytest.raises(InvalidStatus, match="HTTP 503"):
                    await served.open()
                assert "hello alice" == await client.recv()
            async with served.open() as client:
                assert "hello alice" == await client.recv()

    asyncio.run(main())


def test_an_upgrade_is_no_page() -> None:
    """Asked without an offer, its path is one that the venue does not have."""
    toy = Streams()

    assert (404, "NOT_FOUND") == refusal(toy.answer(Request("GET", b"/v1/echo")))
    assert (404, "NOT_FOUND") == refusal(toy.answer(Request("POST", b"/v1/echo")))


def test_rows_of_streams_are_a_capability() -> None:
    """A venue says so by having them."""
    assert Capability.STREAMS in Streams().venue.capabilities
    assert Capability.STREAMS not in TOY.capabilities


def refusal(response: Response) -> tuple[int, str]:
    """Return the status and the code of a refusal."""
    return response.status, json.decode(response.body)["code"]
