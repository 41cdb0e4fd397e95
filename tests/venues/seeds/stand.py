"""A stand: a venue's demo world behind its front, a client of ours, and requests of any kind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from tests.venues.conformance.trader import Trader
from tests.venues.desk import Desk

from countermand.client.call import prepared
from countermand.server.front import front
from countermand.venues import VENUES
from countermand.vocabulary.commands import AdvanceTime, CancelOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Side
from countermand.wire.conversation import Step
from countermand.wire.http import Request, Response
from countermand.wire.operation import Operation
from countermand.world import spec


class Stand:
    """A venue with its demo world's settings, or changed ones, and its first user."""

    def __init__(self, name: str, owner: str = "alice", **settings: Any) -> None:
        venue = VENUES[name]
        given = spec.demo([venue])[name].settings | settings
        self.desk = Desk(venue, msgspec.convert(given, venue.settings))
        self._begin = front(self.desk.pipeline.begin, venue, self.desk.settings)
        self.owner = Trader(self.desk, owner)

    def rest(self, name: str = "one") -> Any:
        """Place an order that rests."""
        return self.owner.place(name, Side.BUY, 2000)

    def other(self, order: Any) -> Any:
        """Return an order there is none of."""
        return replace(order, order_id=OrderId(99_999), cl_ord_id="0x" + "0" * 63 + "7")

    def cancel(self, order: Any, *, by_name: bool = False) -> Request:
        """Return our client's request for a cancel, which is not signed yet."""
        owner, named = self.owner, self.owner.goes_by_names or by_name
        return self.client(
            CancelOrder(
                owner.account_id,
                OrderId(0) if named else order.order_id,
                order.cl_ord_id if named else "",
                None if named else order.instrument_id,
            )
        )

    def client(self, command: CancelOrder) -> Request:
        """Return our client's request for a command, which is not signed yet."""
        desk, operation = self.desk, Operation.CANCEL_ORDER
        op = desk.venue.routes.of(operation).op
        assert op.ask is not None
        context = desk.context(self.owner.owner)
        step = Step(operation, op.ask(command, context))
        return prepared(desk.venue, step, context, None)[1]

    def signed(self, request: Request, owner: str = "alice", key: int = 0) -> Request:
        """Return a request as its owner sends it."""
        credential, now_ns = self.desk.credential(owner, key), self.desk.clock.now_ns()
        return self.desk.venue.auth.sign(request, credential, now_ns)

    def answer(self, request: Request) -> Response:
        """Return the answer to what was sent."""

        async def sent() -> Response:
            reply: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
            self._begin(request, reply.set_result)
            return await reply

        return asyncio.run(sent())

    def told(self, request: Request, owner: str = "alice") -> Any:
        """Return the decoded answer to a request that succeeds."""
        response = self.answer(self.signed(request, owner))
        assert response.status < 300, response
        return msgspec.json.decode(response.body) if response.body else None

    def fail(self, failure: Exception) -> None:
        """Let every command from now on come to a failure of the engine."""

        def put(command: Any, reply: Any, **_: Any) -> None:
            raise failure

        self.desk.engine.put = put  # type: ignore[method-assign]

    def wait(self, seconds: int) -> None:
        """Let time pass, and what is due happen."""
        self.desk.clock.ns += seconds * 10**9
        self.desk.engine.enter(AdvanceTime())


def line(text: str, body: Any = None, headers: dict[str, str] | None = None) -> Request:
    """Return the request `METHOD target`, with a body in JSON."""
    method, target = text.split(" ", 1)
    path, _, query = target.partition("?")
    raw = b"" if body is None else msgspec.json.encode(body)
    pairs = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    return Request(method, path.encode(), query.encode(), tuple(pairs), raw)


class Asked(Struct, frozen=True):
    """
    A request at a stand, which is not signed yet, and who signs it: nobody where `key` is None.

    `is_whole` says that the answer is in the page's own shape, so that each of its fields is a row.
    """

    stand: Stand
    request: Request
    owner: str = "alice"
    key: int | None = 0
    is_whole: bool = True

    def signed(self, change: Callable[[Request], Request] | None = None) -> Request:
        """Return the request as it is sent, changed before it is signed."""
        request = self.request if change is None else change(self.request)
        return request if self.key is None else self.stand.signed(request, self.owner, self.key)

    def told(self) -> Response:
        """Return the answer."""
        return self.stand.answer(self.signed())


def without_header(request: Request, name: str) -> Request:
    """Return a request without a header."""
    kept = tuple(pair for pair in request.headers if pair[0] != name.lower().encode())
    return replace(request, headers=kept)


def without_parameter(request: Request, name: str) -> Request:
    """Return a request without a parameter of its query."""
    pairs = [
        pair for pair in request.query.split(b"&") if not pair.startswith(name.encode() + b"=")
    ]
    return replace(request, query=b"&".join(pairs))


def without_name(request: Request, name: str) -> Request:
    """Return a request without a name of its body."""
    values = msgspec.json.decode(request.body)
    values.pop(name)
    return replace(request, body=msgspec.json.encode(values))
