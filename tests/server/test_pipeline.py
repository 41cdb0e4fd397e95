"""Pipeline: what a row may ask before, with and after its command, and how it may answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, json
from tests.core.build import ALICE, SPOT
from tests.server.test_watch import FedWorld

from countermand.server.credentials import KeyRing
from countermand.server.pipeline import Pipeline
from countermand.vocabulary.commands import CancelOrder, Command, Entry, NewOrder
from countermand.vocabulary.order import OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetDepth, GetOrder, GetQuote
from countermand.vocabulary.reports import AccountReport, OrderReport, Receipt
from countermand.wire.context import Context, Principal, Settings
from countermand.wire.errors import Unauthorized, WireError
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route, Routes, Square
from countermand.wire.venue import Credential, IssueKey, Keys, RevokeKeys, Venue

KEY = b"x-key"


class Nothing(Struct):
    """A request or a reply that says nothing."""


class WordAuth:
    """A venue where knowing a word is enough."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> Credential:
        """Make a credential of its word."""
        return Credential(owner, fields["key"], (Access.VIEW, Access.TRADE))

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Tell the word."""
        return {"key": credential.key}

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        """Say the word."""
        return request.with_headers((KEY, credential.key.encode()))

    def verify(self, request: Request, keys: Keys, settings: Settings, now_ns: int) -> Principal:
        """Know the word."""
        held = keys.find((request.header(KEY) or b"").decode())
        if held is None:
            raise Unauthorized("who are you")
        return Principal(held.owner, held.key, held.access)


class PlainErrors:
    """Every refusal is its kind, in words."""

    def render(self, error: WireError) -> Response:
        """Name the kind."""
        return Response(400, type(error).__name__.encode(), b"text/plain")

    def interpret(self, response: Response) -> WireError:
        """Know nothing of it."""
        return WireError("no")


class Engine(FedWorld):
    """An exchange with the engine's verbs."""

    async def submit(self, command: Command) -> Receipt:
        """As the engine's `submit`."""
        exchange = self.exchange
        receipt = exchange.apply(Entry(exchange.seq + 1, exchange.ts_ns + 1, command))
        self.feed.publish((receipt,))
        return receipt

    async def submit_all(self, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        """As the engine's `submit_all`."""
        return tuple([await self.submit(command) for command in commands])


class Clock:
    """It is always now."""

    def now_ns(self) -> int:
        """Return now."""
        return 1


def always(value: Any) -> Any:
    """A function of anything that gives this."""
    return lambda *_: value


def bid(price: int) -> NewOrder:
    """An order of alice's that rests."""
    return NewOrder(ALICE, SPOT, "", Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 5, price)


def pipeline(
    engine: Engine,
    asked: Any,
    reply: Any = None,
    access: Access = Access.PUBLIC,
    **more: Any,
) -> Pipeline:
    """A venue of one row: what it asks, and how it answers (as JSON of what came, by default)."""

    def told(result: Any, ctx: Context) -> Any:
        return reply(result, ctx) if reply else None

    square = Square(always(asked), told)
    row = Route(
        Operation.PLACE_ORDER, "GET", "/do", access, Nothing, Nothing, square, "here", **more
    )
    auth = WordAuth()
    venue = Venue(
        "acme", "acme", Routes([row]), auth, PlainErrors(), Settings, frozenset(),
        auth_first=True, echoes=(b"x-trace",),
    )  # fmt: skip
    keys = KeyRing(auth, [auth.credential("alice", {"key": "sesame"})])
    return Pipeline(venue, engine, keys, Clock(), Settings())  # type: ignore[arg-type]  # as it uses them


def ask(served: Pipeline, path: bytes = b"/do", *headers: tuple[bytes, bytes]) -> Response:
    """Return the answer to a request."""
    return asyncio.run(served.handle(Request("GET", path, b"", headers)))


def test_several_commands_are_one_request() -> None:
    """They are entered in order, and the reply is made of all their receipts."""
    engine = Engine()

    def prices(receipts: tuple[Receipt, ...], ctx: Context) -> Any:
        return [receipt.orders[0].price_ticks for receipt in receipts]

    response = ask(pipeline(engine, (bid(7), bid(9), bid(8)), prices))

    assert [7, 9, 8] == json.decode(response.body)


def test_no_command_at_all_is_no_entry() -> None:
    """An empty group is answered, and nothing is written down for it."""
    engine = Engine()
    before = engine.seq

    response = ask(pipeline(engine, (), lambda *reply: list(reply[0])))

    assert (b"[]", before) == (response.body, engine.seq)


def test_reply_may_be_no_body() -> None:
    """Then the status says it all."""
    response = ask(pipeline(Engine(), bid(7), status=204))

    assert Response(204, b"", b"") == response


def test_reply_may_be_a_response() -> None:
    """It is sent as it is, whatever the row's own status."""
    own = Response(302, b"elsewhere", b"text/plain")

    assert own == ask(pipeline(Engine(), bid(7), always(own)))


def test_what_is_found_comes_before_and_after() -> None:
    """`find` sees the exchange before the command and `then` after it; either may ask several."""
    seen: list[Any] = []
    engine = Engine()

    def watch(message: Any, ctx: Context) -> Any:
        return GetDepth(SPOT), GetQuote(SPOT)

    def note(receipt: Receipt, ctx: Context) -> Any:
        seen.append(ctx.found)
        return Nothing()

    ask(pipeline(engine, bid(7), note, find=watch))
    ask(pipeline(engine, bid(8), note, then=always(GetDepth(SPOT))))

    depth, quote = seen[0]
    assert ((), 0) == (depth.bids, quote.bid_px_ticks)
    assert ((8, 5), (7, 5)) == seen[1].bids


def test_answer_waits_for_the_order_to_close() -> None:
    """And tells it as it is by then."""
    engine = Engine()

    def then(receipt: Receipt, ctx: Context) -> Any:
        return GetOrder(ALICE, receipt.orders[0].order_id)

    def status(receipt: Receipt, ctx: Context) -> Any:
        found: OrderReport = ctx.found
        return found.ord_status.name

    served = pipeline(engine, bid(7), status, linger=always(10**12), then=then)

    async def story() -> Response:
        waiting = asyncio.create_task(served.handle(Request("GET", b"/do")))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not waiting.done()
        await engine.submit(CancelOrder(ALICE, engine.exchange.query(
            GetOrder(ALICE, engine.seq)  # type: ignore[arg-type]  # an order's id is its entry's
        ).order_id))  # fmt: skip
        return await waiting

    assert "CANCELED" == json.decode(asyncio.run(story()).body)


def test_row_that_does_not_wait_answers_at_once() -> None:
    """Waiting for no time is not waiting."""
    served = pipeline(Engine(), bid(7), linger=always(0))

    assert 200 == ask(served).status


def test_stranger_is_told_of_no_path() -> None:
    """Where a signature comes first, a path nobody knows is refused like any other."""
    served = pipeline(Engine(), bid(7))

    assert b"Unauthorized" == ask(served, b"/nowhere").body
    assert b"NotFound" == ask(served, b"/nowhere", (KEY, b"sesame")).body


def test_echoed_headers_come_back_with_every_answer() -> None:
    """With a refusal too; others do not."""
    served, trace = pipeline(Engine(), bid(7)), (b"x-trace", b"42")

    for path in (b"/do", b"/nowhere"):
        assert (trace,) == ask(served, path, trace, (b"x-other", b"1")).headers


def test_change_of_keys_is_true_from_the_answer_on() -> None:
    """The new key opens and the old one does not."""
    issue = IssueKey("alice", always({"key": "open"}), ("sesame",))
    served = pipeline(Engine(), issue, lambda *reply: reply[0].key, Access.VIEW)

    assert b'"open"' == ask(served, b"/do", (KEY, b"sesame")).body
    assert b"Unauthorized" == ask(served, b"/do", (KEY, b"sesame")).body
    assert b'"open"' == ask(served, b"/do", (KEY, b"open")).body


def test_revoked_key_opens_nothing() -> None:
    """It ends with the answer."""
    served = pipeline(Engine(), RevokeKeys(("sesame",)), access=Access.VIEW)

    assert 200 == ask(served, b"/do", (KEY, b"sesame")).status
    assert b"Unauthorized" == ask(served, b"/do", (KEY, b"sesame")).body


def test_stranger_does_nothing() -> None:
    """Nothing is entered for a request nobody vouches for."""
    engine = Engine()
    before = engine.seq
    served = pipeline(engine, bid(7), access=Access.TRADE)

    assert b"Unauthorized" == ask(served).body
    assert before == engine.seq
    assert not engine.exchange.query(GetDepth(SPOT)).bids
