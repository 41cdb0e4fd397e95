"""Pipeline: what a conversation may ask, and how it may answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from msgspec import Struct, json
from tests.core.build import ALICE, SPOT, new_order
from tests.server.test_watch import FedWorld

from countermand.engine.sequencer import IntakeStopped, QueueFull, Undecided
from countermand.server.credentials import KeyRing
from countermand.server.pipeline import Pipeline
from countermand.vocabulary.commands import CancelOrder, NewOrder, SetTradingState
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetDepth, GetOrder
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import AccountReport, OrderReport
from countermand.wire.context import Settings
from countermand.wire.conversation import (
    AnyContext,
    IssueKey,
    Op,
    RevokeKeys,
    Serve,
    Serving,
    WaitForClose,
)
from countermand.wire.credential import Credential, Keys, Principal
from countermand.wire.errors import (
    IntakeClosed,
    OrderRefused,
    Overloaded,
    Unauthorized,
    Unavailable,
    WireError,
)
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access, Operation
from countermand.wire.refusals import Refusals, Row, Said
from countermand.wire.route import Route, Routes
from countermand.wire.venue import Habits, Venue

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

    def verify(
        self, request: Request, keys: Keys[Credential], settings: Settings, now_ns: int
    ) -> Principal:
        """Know the word."""
        held = keys.find((request.header(KEY) or b"").decode())
        if held is None:
            raise Unauthorized("who are you")
        return Principal(held.owner, held.key, held.access)


class Kinds:
    """An envelope that names the kind of error and nothing else."""

    def write(self, said: Said, error: WireError) -> Response:
        """Name the kind."""
        return Response(said.status, type(error).__name__.encode(), b"text/plain")

    def read(self, response: Response) -> Said:
        """Read nothing of it."""
        return Said(response.status)


class Clock:
    """A clock that stands at one instant."""

    def now_ns(self) -> int:
        """Return now."""
        return 1


def always(value: Any) -> Any:
    """A function of anything that gives this."""
    return lambda *_: value


def bid(price: int) -> NewOrder:
    """An order of alice's that rests."""
    return new_order(ALICE, Side.BUY, 5, price)


def pipeline(
    engine: FedWorld,
    serve: Serve,
    access: Access = Access.PUBLIC,
    settings: Settings | None = None,
    **more: Any,
) -> Pipeline:
    """A venue of one row."""
    op = Op(Nothing, Nothing, serve)
    row = Route(Operation.PLACE_ORDER, "GET", "/do", access, op, "here", **more)
    auth = WordAuth()
    venue = Venue(
        "acme", "acme", Routes([row]), auth,
        Refusals(Kinds(), [Row(WireError, 400)]),
        Settings,
        habits=Habits(auth_first=(b"/",), echoes=(b"x-trace",)),
    )  # fmt: skip
    keys = KeyRing(auth, [auth.credential("alice", {"key": "sesame"})])
    return Pipeline(venue, engine, keys, Clock(), settings or Settings())


def asking(*asks: Any, reply: Callable[..., Any] = lambda *_: None) -> Serve:
    """Return a conversation that asks and replies with `reply` of the answers."""

    def serve(message: Nothing, ctx: AnyContext) -> Serving[Any]:
        answers = []
        for one in asks:
            answer = yield one
            answers.append(answer)
        return reply(*answers)

    return serve


def ask(served: Pipeline, path: bytes = b"/do", *headers: tuple[bytes, bytes]) -> Response:
    """Return the answer to a request."""
    return asyncio.run(served.handle(Request("GET", path, b"", headers)))


def test_several_commands_are_one_request() -> None:
    """The commands are entered in order, and the conversation is sent all receipts."""

    def prices(receipts: tuple[Receipt, ...]) -> Any:
        return [receipt.orders[0].terms.price_ticks for receipt in receipts]

    response = ask(pipeline(FedWorld(), asking((bid(7), bid(9), bid(8)), reply=prices)))

    assert [7, 9, 8] == json.decode(response.body)


def test_no_command_at_all_is_no_entry() -> None:
    """An empty batch is answered at once, and nothing is written down for it."""
    engine = FedWorld()
    before = engine.seq

    response = ask(pipeline(engine, asking((), reply=list)))

    assert (b"[]", before) == (response.body, engine.seq)


def test_reply_may_be_no_body() -> None:
    """The status alone is the answer."""
    response = ask(pipeline(FedWorld(), asking(bid(7)), status=204))

    assert Response(204, b"", b"") == response


def test_reply_may_be_a_response() -> None:
    """The response is sent as it is, and the row's status does not count."""
    own = Response(302, b"elsewhere", b"text/plain")

    assert own == ask(pipeline(FedWorld(), asking(bid(7), reply=always(own))))


def test_queries_see_the_exchange_before_and_after_a_command() -> None:
    """Each is answered with what is true when it is asked."""
    seen: list[Any] = []
    serve = asking(GetDepth(SPOT), bid(7), GetDepth(SPOT), reply=lambda *views: seen.extend(views))

    ask(pipeline(FedWorld(), serve))

    before, _, after = seen
    assert ((), ((7, 5),)) == (before.bids, after.bids)


def test_answer_waits_for_the_order_to_close() -> None:
    """The answer shows the closed order."""
    engine = FedWorld()

    def serve(message: Nothing, ctx: AnyContext) -> Serving[Any]:
        receipt: Receipt = yield bid(7)
        order_id = receipt.orders[0].order_id
        yield WaitForClose(ALICE, order_id, 10**12)
        found: OrderReport = yield GetOrder(ALICE, order_id)
        return found.ord_status.name

    served = pipeline(engine, serve)

    async def story() -> Response:
        waiting = asyncio.create_task(served.handle(Request("GET", b"/do")))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not waiting.done()
        engine.tell(CancelOrder(ALICE, OrderId(engine.seq)))
        return await waiting

    assert "CANCELED" == json.decode(asyncio.run(story()).body)


def test_wait_of_no_time_is_no_wait() -> None:
    """The answer comes at once."""
    served = pipeline(FedWorld(), asking(bid(7), WaitForClose(ALICE, OrderId(1), 0)))

    assert 200 == ask(served).status


def test_market_halted_elsewhere_is_halted_here() -> None:
    """The directory follows every event, also those of other pipelines and operators."""
    engine = FedWorld()
    served = pipeline(engine, asking())
    engine.tell(SetTradingState(SPOT, TradingState.HALTED))

    assert TradingState.HALTED is served.directory.instruments[SPOT].trading_state


def test_closing_releases_threads_and_feed() -> None:
    """The pipeline's threads end, and it leaves the feed."""
    engine, before = FedWorld(), set(threading.enumerate())
    served = pipeline(engine, asking(), Access.VIEW, Settings(verify_threads=2))
    assert 200 == ask(served, b"/do", (KEY, b"sesame")).status
    own = set(threading.enumerate()) - before
    assert own

    served.close()
    engine.tell(SetTradingState(SPOT, TradingState.HALTED))
    assert TradingState.TRADING is served.directory.instruments[SPOT].trading_state
    for thread in own:
        thread.join(10)
    assert not [thread for thread in own if thread.is_alive()]


def test_client_that_goes_away_does_not_take_its_command_back() -> None:
    """The command is carried out."""
    engine = FedWorld()
    done: list[Any] = []
    served = pipeline(engine, asking(bid(7), bid(8), reply=lambda *told: done.extend(told)))

    async def story() -> None:
        waiting = asyncio.create_task(served.handle(Request("GET", b"/do")))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)

    engine.answers_later = True
    asyncio.run(story())
    assert 2 == len(done)


def test_bug_in_a_conversation_harms_one_request(caplog: pytest.LogCaptureFixture) -> None:
    """The bug is logged and answered; the next request is served."""
    served = pipeline(FedWorld(), asking(bid(7), reply=lambda _: 1 // 0))

    assert b"Internal" == ask(served).body
    assert "request failed" in caplog.text


def test_stranger_is_told_of_no_path() -> None:
    """Where a signature is checked first, an unknown path is refused like a known one."""
    served = pipeline(FedWorld(), asking(bid(7)))

    assert b"Unauthorized" == ask(served, b"/nowhere").body
    assert b"NotFound" == ask(served, b"/nowhere", (KEY, b"sesame")).body


def test_echoed_headers_come_back_with_every_answer() -> None:
    """The venue's echoed headers come with refusals too; other headers do not."""
    served, trace = pipeline(FedWorld(), asking(bid(7))), (b"x-trace", b"42")

    for path in (b"/do", b"/nowhere"):
        assert (trace,) == ask(served, path, trace, (b"x-other", b"1")).headers


def test_change_of_keys_is_true_from_the_answer_on() -> None:
    """The new key opens and the old one does not."""
    issue = IssueKey("alice", always({"key": "open"}), ("sesame",))
    served = pipeline(FedWorld(), asking(issue, reply=lambda made: made.key), Access.VIEW)

    assert b'"open"' == ask(served, b"/do", (KEY, b"sesame")).body
    assert b"Unauthorized" == ask(served, b"/do", (KEY, b"sesame")).body
    assert b'"open"' == ask(served, b"/do", (KEY, b"open")).body


def test_revoked_key_opens_nothing() -> None:
    """The key ends with the answer to its revocation."""
    served = pipeline(FedWorld(), asking(RevokeKeys(("sesame",))), access=Access.VIEW)

    assert 200 == ask(served, b"/do", (KEY, b"sesame")).status
    assert b"Unauthorized" == ask(served, b"/do", (KEY, b"sesame")).body


def test_refused_key_change_is_thrown_in() -> None:
    """A conversation may answer it in its own way."""

    def serve(message: Nothing, ctx: AnyContext) -> Serving[Any]:
        try:
            yield IssueKey("alice", always({"key": "open"}), replaces="ended", ended="over")
        except Unauthorized as error:
            return error.text

    assert b'"over"' == ask(pipeline(FedWorld(), serve)).body


@pytest.mark.parametrize(
    ("stopped", "kind"),
    [
        (QueueFull("full"), Overloaded),
        (IntakeStopped("stopped"), IntakeClosed),
        (Undecided("failed"), Unavailable),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_engine_that_cannot_is_thrown_in(
    stopped: Exception, kind: type[WireError], *, later: bool
) -> None:
    """The refusal is raised at the yield, when it is known at once and when later."""
    engine = FedWorld()
    engine.failure, engine.answers_later = stopped, later
    caught: list[WireError] = []

    def serve(message: Nothing, ctx: AnyContext) -> Serving[Any]:
        try:
            yield bid(7)
        except WireError as error:
            caught.append(error)
            raise

    assert kind.__name__.encode() == ask(pipeline(engine, serve)).body
    assert kind is type(caught[0])


def test_stranger_does_nothing() -> None:
    """A request without a proven key enters no command."""
    engine = FedWorld()
    before = engine.seq
    served = pipeline(engine, asking(bid(7)), access=Access.TRADE)

    assert b"Unauthorized" == ask(served).body
    assert before == engine.seq
    assert not engine.exchange.query(GetDepth(SPOT)).bids


def test_a_refusal_that_the_clock_may_have_caused_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """
    While the clock is behind the journal: a key that is not proven, or an order that has expired.
    """
    world = FedWorld()
    expired = RejectReason.INVALID_EXPIRE_TIME
    for behind_ns, error, count in [
        (0, Unauthorized("stale stamp"), 0),
        (3_000_000_000, Unauthorized("stale stamp"), 1),
        (3_000_000_000, OrderRefused(expired), 2),
        (3_000_000_000, OrderRefused(RejectReason.UNKNOWN_INSTRUMENT), 2),
        (3_000_000_000, Overloaded("busy"), 2),
    ]:
        world.clock_behind_ns = behind_ns

        def serve(message: Nothing, ctx: AnyContext, error: WireError = error) -> Serving[Any]:
            yield ()
            raise error

        ask(pipeline(world, serve))
        told = [r for r in caplog.records if "clock is behind" in r.message]
        assert count == len(told), error
    assert 3.0 == told[-1].behind_s  # type: ignore[attr-defined]
