"""
A cancel is refused as the venue's clients know it, or with the statuses its own page lists alone.

Source: each venue's page "Cancel order" (README of the venue, "Sources"); what else is sent is
        named as a choice there.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.venues.conformance.trader import Trader
from tests.venues.desk import Desk

from countermand.client.call import prepared
from countermand.engine.sequencer import IntakeStopped, QueueFull, Undecided
from countermand.venues import VENUES
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import OrderId
from countermand.wire.conversation import Step
from countermand.wire.http import Request, Response
from countermand.wire.operation import Operation

# What is listed beside the success.
LISTED = {
    "deltadefi": {400, 404, 500},
    "autoshares": {401, 403, 409, 422, 500},
    "coinbase-intx": {400},
    "polymarket-us": {400, 401, 500},
}
# What happens to be wrong, and the status it has by default and by the page.
UNKNOWN, UNSIGNED, LOOKING = "unknown order", "no key", "a key that may only look"
FULL, STOPPED, LOST, BUG = "queue full", "intake stopped", "outcome unknown", "a bug"
ANSWERED: dict[str, dict[str, tuple[int, int]]] = {
    "deltadefi": {
        UNKNOWN: (404, 404), UNSIGNED: (401, 400), LOOKING: (403, 400),
        FULL: (503, 500), STOPPED: (503, 500), LOST: (500, 500), BUG: (500, 500),
    },
    "autoshares": {
        UNKNOWN: (409, 409), UNSIGNED: (403, 403), LOOKING: (401, 401),
        FULL: (500, 500), STOPPED: (500, 500), LOST: (500, 500), BUG: (500, 500),
    },
    "coinbase-intx": {UNKNOWN: (404, 400), UNSIGNED: (401, 400), LOOKING: (403, 400)},
    "polymarket-us": {
        UNKNOWN: (404, 400), UNSIGNED: (401, 401), LOOKING: (403, 401),
        FULL: (503, 500), STOPPED: (503, 500), LOST: (503, 500), BUG: (500, 500),
    },
}  # fmt: skip
FAILURES = {
    FULL: QueueFull("full"),
    STOPPED: IntakeStopped("the journal is full"),
    LOST: Undecided("lost"),
    BUG: RuntimeError("a bug"),
}
CASES = [(venue, cause) for venue, causes in ANSWERED.items() for cause in causes]


def trader(name: str, key: int = 0, **settings: Any) -> Trader:
    """Return a trader at a desk of the venue with settings."""
    venue = VENUES[name]
    return Trader(Desk(venue, venue.settings(rate_limit_per_s=0, **settings)), key=key)


def request(one: Trader, order_id: OrderId, *, signed: bool = True) -> Request:
    """Return the request of our client's cancel."""
    desk, operation = one.desk, Operation.CANCEL_ORDER
    command = CancelOrder(one.account_id, order_id, "", one.market.instrument_id)
    op = desk.venue.routes.of(operation).op
    assert op.ask is not None
    step = Step(operation, op.ask(command, desk.context()))
    key = one.credential if signed else None
    return prepared(desk.venue, step, desk.context(), key)[1]


def answer(name: str, cause: str, *, as_listed: bool) -> Response:
    """Return the answer to a cancel when something is wrong."""
    one = trader(name, 1 if cause == LOOKING else 0, cancel_as_listed=as_listed)
    if cause in FAILURES:
        one.desk.engine.put = _failing(FAILURES[cause])  # type: ignore[method-assign]
    return one.desk.answer(request(one, OrderId(9_999), signed=cause != UNSIGNED))


def _failing(failure: Exception) -> Any:
    def put(command: Any, reply: Any, **_: Any) -> None:
        raise failure

    return put


@pytest.mark.parametrize(("name", "cause"), CASES)
def test_status(name: str, cause: str) -> None:
    """The default is what clients branch on; the page's reading keeps to the page."""
    default, listed = ANSWERED[name][cause]

    assert default == answer(name, cause, as_listed=False).status
    assert listed == answer(name, cause, as_listed=True).status
    assert listed in LISTED[name]


@pytest.mark.parametrize(("name", "cause"), CASES)
def test_client_reads_both_alike(name: str, cause: str) -> None:
    """What is refused is the same; a status without a body says what the status says."""
    interpret = VENUES[name].refusals.interpret
    usual, listed = (interpret(answer(name, cause, as_listed=on)) for on in (False, True))

    if name == "autoshares":
        assert b"" == answer(name, cause, as_listed=True).body
        assert {"Unauthorized", "Forbidden", "Internal", "CancelRefused", "Malformed"} >= {
            type(listed).__name__
        }
    elif name == "deltadefi" and cause == LOOKING:
        # One code for both, and the status no more tells them apart.
        assert ("Forbidden", "Unauthorized") == (type(usual).__name__, type(listed).__name__)
    else:
        assert (type(usual), usual.text) == (type(listed), listed.text)


@pytest.mark.parametrize("name", LISTED)
def test_only_cancels_are_told_so(name: str) -> None:
    """Another request without a key is refused as ever."""
    one = trader(name, cancel_as_listed=True)
    line = {
        "deltadefi": ("GET", b"/accounts/balance"),
        "autoshares": ("GET", b"/v1.0/accounts/1/orders/1"),
        "coinbase-intx": ("DELETE", b"/api/v1/orders"),
        "polymarket-us": ("POST", b"/v1/orders/open/cancel"),
    }[name]
    refused = one.desk.answer(Request(line[0], line[1]))

    assert {401: True, 403: True}.get(refused.status), refused
    assert refused.body


@pytest.mark.parametrize("body", [b"", b"{}", b'{"marketSlug":""}'])
def test_polymarket_cancel_without_its_market(body: bytes) -> None:
    """Is taken where a world says so, of one's own order; a market that is named still counts."""
    alice = trader("polymarket-us", market_slug_optional=True)
    bob = Trader(alice.desk, "bob")
    order = alice.place("", alice.order("", 1, 1).terms.side, 5)
    asked = request(alice, order.order_id)
    path = asked.path.decode()
    elsewhere = b'{"marketSlug":"no-such-market"}'

    def send(raw: bytes, who: Trader) -> int:
        sent = Request("POST", path.encode(), b"", (), raw)
        return who.desk.send(sent, who.credential)[0]

    assert [404, 404, 200] == [send(body, bob), send(elsewhere, alice), send(body, alice)]
    assert 400 == send(body, alice), "it is canceled"


def test_settings_that_contradict_each_other() -> None:
    """A 409 is on no list of the page."""
    with pytest.raises(msgspec.ValidationError, match="closed_cancel_answer"):
        msgspec.convert(
            {"cancel_as_listed": True, "closed_cancel_answer": "conflict"},
            VENUES["polymarket-us"].settings,
        )
