"""Our client on this venue: two requests to place, and what it makes of what it is told."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.venues.conformance.terms import changed
from tests.venues.deltadefi.booth import ADA, Booth, limit

from countermand.client.call import call
from countermand.client.flow import run_sync
from countermand.client.transport import InProcessTransport
from countermand.venues.deltadefi import VENUE
from countermand.venues.deltadefi.cardano.transaction import TransactionRefused
from countermand.venues.deltadefi.errors import NothingToCancel, Refused
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import GetQuote
from countermand.vocabulary.reasons import RejectReason
from countermand.wire import codec
from countermand.wire.conversation import Step
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    IntakeClosed,
    Internal,
    Malformed,
    NotExpressible,
    NotFound,
    OrderRefused,
    RateLimited,
    Unavailable,
    WireError,
)
from countermand.wire.http import Request, Response
from countermand.wire.operation import Operation


class Tapped:
    """A transport that keeps what it carries, and may put another answer in a place."""

    def __init__(self, booth: Booth, **answers: bytes) -> None:
        self.booth, self.answers = booth, answers
        self.sent: list[Request] = []

    async def send(self, request: Request) -> Response:
        """Carry a request, or answer it."""
        self.sent.append(request)
        word = request.path.decode().rpartition("/")[2]
        if word in self.answers:
            return Response(200, self.answers[word])
        return await InProcessTransport(self.booth.desk.pipeline.handle).send(request)


def order(booth: Booth, **more: Any) -> NewOrder:
    """Return an order of alice's."""
    account_id = booth.desk.accounts()[0].account_id
    instrument = booth.instrument()
    plain = NewOrder(
        account_id,
        instrument.instrument_id,
        "",
        OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 10_000, 9300),
    )
    return changed(plain, **more)


def ask(booth: Booth, operation: Operation, asked: Any, **more: Any) -> Any:
    """Call the venue as alice."""
    given = {
        "context": booth.desk.context(),
        "credential": booth.desk.credential(),
        "transport": Tapped(booth),
    }
    return asyncio.run(call(VENUE, operation, asked, **(given | more)))


def test_placing_is_two_requests(booth: Booth) -> None:
    """The bytes are those of the Python SDK, except blanks."""
    tapped = Tapped(booth)
    placed = ask(
        booth,
        Operation.PLACE_ORDER,
        order(booth, exec_inst=int(ExecInst.POST_ONLY)),
        transport=tapped,
    )

    assert (OrdStatus.NEW, 10_000, 9300) == (
        placed.ord_status,
        placed.terms.order_qty_lots,
        placed.terms.price_ticks,
    )
    assert [b"/order/build", b"/order/submit"] == [request.path for request in tapped.sent]
    build, submit = (msgspec.json.decode(request.body) for request in tapped.sent)
    assert limit("buy", "100", "0.93", post_only=True) == build
    assert {"order_id", "signed_tx"} == submit.keys()


def test_market_order(booth: Booth) -> None:
    """Orders by quantity, and for an amount of quote."""
    booth.place(limit("sell", "300", "0.93"), "bob")
    market = order(booth, ord_type=OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, price_ticks=0)
    placed = ask(booth, Operation.PLACE_ORDER, market)
    assert (OrdStatus.FILLED, 10_000) == (placed.ord_status, placed.cum_qty_lots)

    for_cash = changed(market, order_qty_lots=0, cash=Cash(93_000_000))
    placed = ask(booth, Operation.PLACE_ORDER, for_cash)
    assert (93_000_000, 93_000_000) == (placed.terms.cash_minor, placed.cum_notional_minor)


def test_bound_of_a_market_order_is_read_back(booth: Booth) -> None:
    """The report keeps the order's slippage."""
    booth.place(limit("sell", "30", "0.93"), "bob")
    form = {"symbol": ADA, "side": "buy", "type": "market", "base_quantity": "100"}
    shown = booth.place(form | {"max_slippage_basis_point": 200})
    route = VENUE.routes.of(Operation.GET_ORDER)
    raw = codec.encode(shown)
    reply = codec.decode_reply(route, Response(200, raw))
    read = route.op.read(reply, None, booth.desk.context())  # type: ignore[misc]  # it is called

    assert "200 9486" == read.terms.text
    assert OrdStatus.PARTIALLY_FILLED is read.ord_status


@pytest.mark.parametrize(
    "change",
    [
        {"cl_ord_id": "mine"},
        {"secondary_cl_ord_id": "mine"},
        {"ord_type": OrdType.MARKET, "time_in_force": TimeInForce.IOC},
        {"time_in_force": TimeInForce.IOC},
        {"expire_ns": 2 * 10**18},
        {"stp": SelfTradePrevention.BOTH},
        {"exec_inst": int(ExecInst.REDUCE_ONLY)},
        {"ord_type": OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT},
        {"account_id": 999},
    ],
)
def test_order_that_cannot_be_expressed_is_not_sent(booth: Booth, change: dict[str, Any]) -> None:
    """Neither of the two requests is sent."""
    tapped = Tapped(booth)
    with pytest.raises(NotExpressible):
        ask(booth, Operation.PLACE_ORDER, order(booth, **change), transport=tapped)
    assert [] == tapped.sent


@pytest.mark.parametrize(
    "change",
    [
        {"passcode": "wrong"},
        {"passcode": None},
        {"encrypted_operation_key": None, "operation_key_hash": None},
    ],
)
def test_key_that_cannot_sign_sends_no_request(booth: Booth, change: dict[str, Any]) -> None:
    """The error comes before any request, and has no secret."""
    tapped = Tapped(booth)
    credential = replace(booth.desk.credential(), **change)
    with pytest.raises(NotExpressible) as caught:
        ask(booth, Operation.PLACE_ORDER, order(booth), credential=credential, transport=tapped)
    assert [] == tapped.sent
    assert "demo-passcode" not in str(caught.value)


def test_refused_build_is_not_submitted(booth: Booth) -> None:
    """The reason is the exchange's."""
    tapped = Tapped(booth)
    with pytest.raises(OrderRefused) as caught:
        ask(booth, Operation.PLACE_ORDER, order(booth, order_qty_lots=1), transport=tapped)
    assert RejectReason.QTY_BELOW_MIN is caught.value.reason
    assert 1 == len(tapped.sent)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b'{"order_id":"x","tx_hex":"84"}', OrderRefused),
        (b'{"order_id":"%s","tx_hex":"zz"}', TransactionRefused),
        (b'{"order_id":"%s","tx_hex":"84a0a0f5f6ff"}', TransactionRefused),
        (b'{"tx_hex":"84"}', Malformed),
        (b"[]", Malformed),
    ],
)
def test_build_that_cannot_be_signed(booth: Booth, answer: bytes, kind: type[WireError]) -> None:
    """The order is not submitted, so it was not placed."""
    order_id = booth.build(limit("buy", "100", "0.93"))["order_id"].encode()
    tapped = Tapped(booth, build=answer.replace(b"%s", order_id))
    with pytest.raises(kind):
        ask(booth, Operation.PLACE_ORDER, order(booth), transport=tapped)
    assert [b"/order/build"] == [request.path for request in tapped.sent]


@pytest.mark.parametrize(
    "change",
    [
        {"symbol": "ADAUSDX"},
        {"id": "7"},
        {"price": "x"},
        {"base_qty": "1e-9"},
    ],
)
def test_unreadable_order(booth: Booth, change: dict[str, str]) -> None:
    """After the submission an unreadable answer leaves open whether the order was placed."""
    shown = booth.place(limit("buy", "100", "0.93"))
    tapped = Tapped(booth, submit=msgspec.json.encode(shown | change))
    with pytest.raises(Malformed):
        ask(booth, Operation.PLACE_ORDER, order(booth), transport=tapped)


def test_flow_runs_without_waiting(booth: Booth) -> None:
    """The same generator, over a transport that does not wait."""

    def exchange(step: Step) -> Any:
        route = VENUE.routes.of(step.operation)
        request = codec.encode_request(route, step.message)
        signed = VENUE.auth.sign(request, booth.desk.credential(), 0)
        return codec.decode_reply(route, booth.desk.answer(signed))

    flow = VENUE.flows[Operation.PLACE_ORDER]
    steps = flow(order(booth), booth.desk.credential(), booth.desk.context())
    placed = run_sync(VENUE.name, steps, exchange)

    assert OrdStatus.NEW is placed.ord_status


def test_price_is_read(booth: Booth) -> None:
    """The last trade's, and nothing else of the quote."""
    booth.place(limit("sell", "30", "0.9301"), "bob")
    booth.place(limit("buy", "30", "0.9301"))
    quote = ask(booth, Operation.GET_QUOTE, GetQuote(booth.instrument().instrument_id))

    assert (9301, 0, 0) == (quote.last_px_ticks, quote.bid_px_ticks, quote.ask_px_ticks)


UNSIGNED = "the transaction has no signature"
STOPPING = "System resources temporaily unavailable: no request is executed, stopping"
UNDECIDED = "whether the request was executed is not known"


@pytest.mark.parametrize(
    ("status", "code", "text", "kind", "read"),
    [
        (400, 4200, "Order not found", NothingToCancel, "unknown order"),
        (404, 4200, "Order not found", CancelRefused, "unknown order"),
        # What a submit was answered whose order was then there all the same.
        (400, 5000, "Internal Server Error", Internal, "Internal Server Error"),
        (500, 5000, f"Internal Server Error: {UNDECIDED}", Unavailable, UNDECIDED),
        (400, 4301, "UTxO has already been spent", Refused, "UTxO has already been spent"),
        (400, 4290, "Rate limit exceeded, please try again later", RateLimited, None),
        (400, 4100, "Order size must be at least 7 ADA", OrderRefused, None),
        (400, 4407, f"Failed to sign transaction: {UNSIGNED}", TransactionRefused, UNSIGNED),
        (400, 4407, "Failed to sign transaction", Refused, "Failed to sign transaction"),
        (400, 4999, "new", Malformed, "new"),
        (503, 5001, STOPPING, IntakeClosed, "stopping"),
    ],
)
def test_refusals_by_code(
    status: int, code: int, text: str, kind: type[WireError], read: str | None
) -> None:
    """The code counts with any status of an error; unknown codes are read too."""
    body = msgspec.json.encode({"error": text, "code": code})
    error = VENUE.refusals.interpret(Response(status, body))

    assert kind is type(error)
    assert read is None or read == error.text


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, b"", Forbidden),
        (503, b"upstream connect error or disconnect/reset before headers", Unavailable),
        (404, b"404 page not found", NotFound),
    ],
)
def test_answers_of_the_gateway(status: int, body: bytes, kind: type[WireError]) -> None:
    """Its answers are no JSON, and are read by their status."""
    assert kind is type(VENUE.refusals.interpret(Response(status, body)))
