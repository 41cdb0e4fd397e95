"""
Streams: a thousand subscribers to one book while orders flow, with and without one that is slow.

The subscribers are bare sockets of this process: what they cost delays what is measured, so that
a frame counts as late by the time its neighbors took to be read. The server's processor time is
its own.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bench.figures import Figure
from bench.served import Server
from bench.sizes import Size
from countermand import connect
from countermand.client.watching import book
from countermand.wire.http import Request

PART = "streams"
VENUE, MARKET = "coinbase-intx", "ETH-PERP"
# So long after a change the next one comes.
PACE_S = 0.02
TOGETHER = 50
WAIT_S = 60.0
_UPGRADED = b"\r\n\r\n"
# The lengths that a frame's second byte has instead of its own (RFC 6455, 5.2).
_SHORT, _LONG = 126, 127


def measure(size: Size, against: Path | None = None) -> Iterable[Figure]:
    """Yield what a frame costs the server, how late it is, and what a subscriber weighs."""
    with Server((VENUE,), "--ephemeral") as server:
        yield from asyncio.run(_measured(server, size))


class Ear(asyncio.Protocol):
    """A subscriber that counts frames and keeps when the last of them came."""

    transport: asyncio.Transport

    def __init__(self, offer: bytes) -> None:
        self._offer, self._buffer, self._is_open = offer, b"", False
        self.heard, self.at_s = 0, list[float]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Offer the WebSocket, and subscribe with the same bytes."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._offer)

    def data_received(self, data: bytes) -> None:
        """Count what is whole."""
        self._buffer += data
        if not self._is_open:
            head, found, rest = self._buffer.partition(_UPGRADED)
            if not found:
                return
            assert b" 101 " in head, head
            self._buffer, self._is_open = rest, True
        for _ in self._frames():
            self.heard += 1
            self.at_s.append(time.perf_counter())

    def _frames(self) -> Iterator[None]:
        while len(self._buffer) > 1:
            short, begins = self._buffer[1] & 127, 2
            if short >= _SHORT:
                form, begins = ("!H", 4) if short < _LONG else ("!Q", 10)
                if len(self._buffer) < begins:
                    return
                (short,) = struct.unpack(form, self._buffer[2:begins])
            if len(self._buffer) < begins + short:
                return
            self._buffer = self._buffer[begins + short :]
            yield


async def _measured(server: Server, size: Size) -> list[Figure]:
    told = server.venue(VENUE)
    credentials, url = told["accounts"]["alice"], told["base_url"]
    async with connect(VENUE, url, credentials, keep_limits=False) as client:
        empty_bytes = server.resident_bytes
        ears = list[Ear]()
        while len(ears) < size.subscribers:
            # More at once than a server can begin in a moment are refused, as busy.
            ears.append(await _ear(client, url))
            if len(ears) % TOGETHER == 0:
                await _quiet(ears)
        await _quiet(ears)
        weight = (server.resident_bytes - empty_bytes) / len(ears)
        plain = await _run(client, server, ears, size.changes)
        ears[0].transport.pause_reading()
        beside = await _run(client, server, ears[1:], size.changes)
        for ear in ears:
            ear.transport.abort()
    return list(_figures(len(ears), weight, plain, beside))


class _Told(NamedTuple):
    # The server's processor time a frame, and how late each was after the answer to its change.
    frame_s: float
    late_s: list[float]


async def _run(client: Any, server: Server, ears: list[Ear], changes: int) -> _Told:
    for ear in ears:
        ear.heard, ear.at_s = 0, []
    began_s = server.processor_s
    answered_s = list[float]()
    top = (await client.book(MARKET)).bids[0][0]
    terms = MARKET, "buy", "0.01", top - 1
    for _ in range(changes // 2):
        placed = await client.place(*terms)
        answered_s.append(time.perf_counter())
        await asyncio.sleep(PACE_S)
        outcome = await client.cancel(placed.order_id)
        answered_s.append(time.perf_counter())
        assert outcome.name == "Canceled", outcome
        await asyncio.sleep(PACE_S)
    until_s = time.perf_counter() + WAIT_S
    while any(ear.heard < len(answered_s) for ear in ears):
        assert time.perf_counter() < until_s, f"{min(e.heard for e in ears)} of {len(answered_s)}"
        await asyncio.sleep(0.01)
    assert all(ear.heard == len(answered_s) for ear in ears), "a frame was told twice"
    frames = len(ears) * len(answered_s)
    late = [at_s - then for ear in ears for at_s, then in zip(ear.at_s, answered_s, strict=True)]
    return _Told((server.processor_s - began_s) / frames, late)


def _figures(count: int, weight: float, plain: _Told, beside: _Told) -> Iterator[Figure]:
    row = f"{count:,} subscribers"
    for name, (frame_s, late) in ((row, plain), (f"{row}, one slow", beside)):
        cuts = quantiles(late, n=100)
        yield Figure(PART, name, "frames of a core", 1 / frame_s, "/s")
        yield Figure(PART, name, "p50 after the answer, ms", 1e3 * cuts[49], "ms")
        yield Figure(PART, name, "p99 after the answer, ms", 1e3 * cuts[98], "ms")
    yield Figure(PART, row, "bytes of one", weight, "bytes")
    others = quantiles(beside.late_s, n=100)[98] / quantiles(plain.late_s, n=100)[98]
    yield Figure(PART, row, "p99 beside a slow one / without", others)


async def _ear(client: Any, url: str) -> Ear:
    # What our own client would open and say.
    at = urlsplit(url)
    talk = book(client.session, MARKET)
    act: Any = next(talk)
    while not hasattr(act, "request"):
        act = talk.send(time.time_ns())
    request: Request = act.request
    lines = [f"GET {request.path.decode()} HTTP/1.1", f"host: {at.hostname}:{at.port}"]
    lines += ["connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13"]
    lines += ["sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=="]
    offer = "\r\n".join(lines).encode() + _UPGRADED
    said = talk.send(None)
    talk.close()
    loop = asyncio.get_running_loop()
    made = await loop.create_connection(
        lambda: Ear(offer + _frame(said.message.encode())), at.hostname, at.port
    )
    return made[1]


def _frame(text: bytes) -> bytes:
    # A client's frames are masked; the mask of zeros leaves the text as it is.
    return b"\x81" + struct.pack("!BH", 128 | _SHORT, len(text)) + bytes(4) + text


async def _quiet(ears: list[Ear]) -> None:
    # Every subscription is confirmed and its first picture told once nothing comes any more.
    heard = -1
    while heard != (now := sum(ear.heard for ear in ears)) or not all(ear.heard for ear in ears):
        heard = now
        await asyncio.sleep(0.1)
