"""The listener on real sockets: strangers beside working clients, bounds, and a stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random

import pytest
import uvloop
from msgspec.structs import replace

from countermand.server.limits import Limits, Room
from countermand.server.listener import SWEEP_S, Listener, bind
from countermand.server.ports import Answer
from countermand.server.site import Site
from countermand.wire.errors import WireError
from countermand.wire.http import Request, Response

STRANGERS = 1000
LIMITS = Limits(head_s=1, body_s=1)
GET = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /%d HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


def _begin(request: Request, answer: Answer) -> None:
    # Every third answer comes later, as those of commands do.
    said = Response(200, request.path + request.body, b"")
    if request.path[-1] % 3:
        answer(said)
    else:
        asyncio.get_running_loop().call_soon(answer, said)


def _refuse(error: WireError) -> Response:
    return Response(400, error.text.encode(), b"text/plain")


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Port:
    """A listener under test, and clients of it."""

    def __init__(self, limits: Limits, room: Room) -> None:
        self._bound = bind("127.0.0.1", 0)
        self._address = self._bound.getsockname()
        self.site = Site(_begin, _refuse, limits)
        self.listener = Listener(self.site, self._bound, room)
        self._clients: list[asyncio.StreamWriter] = []

    async def connect(self) -> Stream:
        """Open a connection."""
        stream = await asyncio.open_connection(*self._address)
        self._clients.append(stream[1])
        return stream

    async def close(self) -> None:
        """Stop listening and close every client."""
        await self.listener.stop()
        for writer in self._clients:
            writer.close()
        ends = (writer.wait_closed() for writer in self._clients)
        await asyncio.gather(*ends, return_exceptions=True)


@asynccontextmanager
async def port(limits: Limits = LIMITS, room: int = 5000) -> AsyncIterator[Port]:
    """A listener that runs."""
    opened = Port(limits, Room(room))
    await opened.listener.start()
    try:
        yield opened
    finally:
        await opened.close()


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 -- what is waited for says nothing when it happens
        await asyncio.sleep(0.01)


async def ask(stream: Stream, data: bytes) -> bytes:
    """Send a request and return the body of its answer."""
    reader, writer = stream
    writer.write(data)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
    return await reader.readexactly(length)


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run a test on the loop that serves."""

    async def bounded() -> None:
        async with asyncio.timeout(30):
            await test()

    uvloop.run(bounded())


def test_half_sent_requests_end_and_bots_go_on() -> None:
    """A thousand halves of heads and bodies are refused in time, and working clients never are."""

    async def test() -> None:
        async with port() as opened:
            parts = (b"", b"GET / HT", GET[:-2] % 1, POST[:-1] % 1)
            strangers = [await opened.connect() for _ in range(STRANGERS)]
            for index, (_, writer) in enumerate(strangers):
                writer.write(parts[index % len(parts)])
            bots = [await opened.connect() for _ in range(10)]
            ends = asyncio.gather(*(reader.read() for reader, _ in strangers))
            served = 0
            while not ends.done():
                for bot in bots:
                    served += await ask(bot, POST % served) == b"/%dbody" % served
                await asyncio.sleep(0.01)

            refusals = [answer for answer in await ends if answer]
            assert STRANGERS * 3 // 4 == len(refusals)
            assert all(b"did not arrive in time" in answer for answer in refusals)
            assert served > 100

    run(test)


def test_connections_beyond_the_limit_are_told_so() -> None:
    """Those that are there go on, and there is a place again when one of them has gone."""

    async def test() -> None:
        async with port(replace(LIMITS, connections_max=3)) as opened:
            kept = [await opened.connect() for _ in range(3)]
            answers = [await ask(stream, GET % 1) for stream in kept]
            reader, _ = await opened.connect()
            refusal = await reader.read()
            kept[0][1].close()
            await kept[0][1].wait_closed()
            await _until(lambda: len(opened.site.connections) < 3)
            later = await ask(await opened.connect(), GET % 2)

            assert ([b"/1"] * 3, b"/2") == (answers, later)
            assert b"too many connections" in refusal
            assert b"/3" == await ask(kept[1], GET % 3)

    run(test)


def test_listeners_share_a_room() -> None:
    """Its last place is one listener's or the other's."""

    async def test() -> None:
        room = Room(1)
        ports = [Port(LIMITS, room), Port(LIMITS, room)]
        for opened in ports:
            await opened.listener.start()
        first = await ports[0].connect()
        taken = await ask(first, GET % 1)
        reader, _ = await ports[1].connect()
        refusal = await reader.read()
        first[1].close()
        await first[1].wait_closed()
        await _until(lambda: not ports[0].site.connections)
        given = await ask(await ports[1].connect(), GET % 1)
        for opened in ports:
            await opened.close()

        assert (b"/1", b"/1") == (taken, given)
        assert b"too many connections" in refusal

    run(test)


def test_interleaved_pieces_of_many_connections() -> None:
    """Requests cut anywhere and sent in turns over many connections are each answered."""
    chance = Random(13)

    async def test() -> None:
        async with port() as opened:
            streams, expected = [await opened.connect() for _ in range(30)], []
            pieces: list[tuple[asyncio.StreamWriter, bytes]] = []
            for _, writer in streams:
                numbers = chance.choices(range(1000), k=20)
                kinds = chance.choices((GET, POST), k=20)
                data = b"".join(kind % n for kind, n in zip(kinds, numbers, strict=True))
                cuts = sorted(chance.choices(range(len(data)), k=40))
                edges = zip([0, *cuts], [*cuts, len(data)], strict=True)
                pieces += [(writer, data[start:end]) for start, end in edges]
                expected.append(
                    [b"/%d" % n + kind[-4:].strip() for kind, n in zip(kinds, numbers, strict=True)]
                )
            order = sorted(range(len(pieces)), key=lambda at: at % 41 + chance.random())
            for at in order:
                writer, piece = pieces[at]
                writer.write(piece)
                if chance.random() < 0.2:
                    await asyncio.sleep(0)
            got = [[await ask(stream, b"") for _ in range(20)] for stream in streams]

            assert expected == got

    run(test)


@pytest.mark.parametrize("seed", range(4))
def test_noise_is_answered_or_closed(seed: int) -> None:
    """Valid requests with bytes changed at random: each connection is answered or closed."""
    chance = Random(seed)

    async def noise(opened: Port) -> bytes:
        reader, writer = await opened.connect()
        data = bytearray((POST % 3 + GET % 4) * 3)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        writer.write(bytes(data))
        writer.write_eof()
        return await reader.read()

    async def test() -> None:
        async with port() as opened:
            bot = await opened.connect()
            for _ in range(20):
                answers = await asyncio.gather(*(noise(opened) for _ in range(20)))

                assert all(answer.startswith((b"HTTP/1.1 ", b"")) for answer in answers)
                assert b"/7" == await ask(bot, GET % 7)

    run(test)


def test_a_stop_answers_and_closes() -> None:
    """Requests in flight are answered; idle connections close; new ones are not accepted."""

    async def test() -> None:
        opened = Port(LIMITS, Room(10))
        await opened.listener.start()
        idle, asking = await opened.connect(), await opened.connect()
        asking[1].write(GET % 3)
        await opened.listener.stop()

        assert b"" == await idle[0].read()
        assert b"/3" in await asking[0].read()
        with pytest.raises(OSError, match="onnect"):
            await opened.connect()
        await opened.close()

    run(test)


def test_the_date_is_current() -> None:
    """The Date header is set with every sweep, not with every answer."""

    async def test() -> None:
        async with port() as opened:
            before = opened.site.date
            await asyncio.sleep(1 + SWEEP_S)

            assert before.startswith(b"date: ")
            assert before != opened.site.date

    run(test)


def test_a_port_that_is_taken() -> None:
    """The start fails at once, and no socket stays open."""
    bound = bind("127.0.0.1", 0)
    bound.listen()
    with bound, pytest.raises(OSError, match="in use"):
        bind(*bound.getsockname())
    assert isinstance(bound, socket.socket)
