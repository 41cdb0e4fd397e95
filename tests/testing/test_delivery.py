"""In process as over a socket: each fault is the same exception of httpx, or the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from tests.venues.desk import Desk

from countermand.faults.fault import Fault
from countermand.faults.kinds import Kind
from countermand.server.faults import Faults
from countermand.server.limits import Limits, Room
from countermand.server.listener import Listener, bind
from countermand.server.ports import Answer
from countermand.server.site import Site
from countermand.server.strikes import LAYERS
from countermand.testing.delivery import InProcess
from countermand.venues import VENUES
from countermand.wire.http import Request, Response

VENUE = VENUES["coinbase-intx"]
PATH = "/api/v1/instruments/ETH-PERP/quote"
TIMEOUT_S = 0.2

# What httpx raises; the others are answered.
RAISED = {
    Kind.LOST_BEFORE: httpx.RemoteProtocolError,
    Kind.LOST_AFTER: httpx.RemoteProtocolError,
    Kind.RESET_BEFORE: httpx.ReadError,
    Kind.RESET_AFTER: httpx.ReadError,
    Kind.TRUNCATED: httpx.RemoteProtocolError,
    Kind.DELAYED_BEFORE: httpx.ReadTimeout,
    Kind.DELAYED_AFTER: httpx.ReadTimeout,
}


class Served:
    """A desk's venue on a socket and in process, with faults before both."""

    def __init__(
        self, socket: httpx.AsyncClient, direct: httpx.AsyncClient, faults: Faults
    ) -> None:
        self.socket, self.direct, self.faults = socket, direct, faults


@asynccontextmanager
async def served() -> AsyncIterator[Served]:
    """Serve it."""
    desk, faults = Desk(VENUE, quoted=True), Faults()
    site = Site(desk.pipeline.begin, desk.pipeline.refuse, Limits())
    faults.serve(site, desk.pipeline)
    bound = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    listener = Listener(site, bound, Room(100))
    await listener.start()
    try:
        async with (
            httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S) as socket,
            httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, transport=InProcess(site)) as direct,
        ):
            yield Served(socket, direct, faults)
    finally:
        await listener.stop()


async def told(client: httpx.AsyncClient) -> Any:
    """Return a client's view of an answer: the error's type, or status, headers and body."""
    try:
        answer = await client.get(PATH)
    except httpx.TransportError as error:
        return type(error)
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, headers, answer.content


@pytest.mark.parametrize("kind", LAYERS)
def test_each_fault_is_told_alike(kind: Kind) -> None:
    """The socket first, then in process; the next request is answered on both."""

    async def test() -> None:
        async with served() as here:
            late = {"delay_ms": 2000 * TIMEOUT_S} if kind.startswith("delayed") else {}
            here.faults.add(Fault(kind=kind, count=2, **late))
            over_socket, in_process = await told(here.socket), await told(here.direct)

            assert over_socket == in_process
            assert RAISED.get(kind) == (in_process if isinstance(in_process, type) else None)
            plain = [await told(client) for client in (here.socket, here.direct)]
            assert plain[0] == plain[1]
            assert 200 == plain[0][0]

    asyncio.run(test())


def test_requests_arrive_whole() -> None:
    """Method, path, query, headers and body, as a socket would bring them."""
    seen: list[Request] = []

    def begin(request: Request, answer: Answer) -> None:
        seen.append(request)
        answer(Response(204, b"", b""))

    async def test() -> int:
        site = Site(begin, lambda _: Response(400), Limits())
        async with httpx.AsyncClient(transport=InProcess(site), base_url="http://x") as client:
            answer = await client.post(
                "/a%2Fb", params={"q": "1 2"}, content=b"body", headers={"X-K": "V"}
            )
        return answer.status_code

    assert 204 == asyncio.run(test())
    [request] = seen
    assert ("POST", b"/a%2Fb", b"q=1+2", b"body") == (
        request.method, request.path, request.query, request.body,
    )  # fmt: skip
    assert (b"V", b"x") == (request.header(b"x-k"), request.header(b"host"))
