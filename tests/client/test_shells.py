"""The two shells have the same names, and wait for many at once."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.client.desks import SHELLS, Seat, market, rested
from tests.faults.operator import Operator
from tests.served import Served

from countermand import connect, connect_sync
from countermand.client import asynchronous, synchronous
from countermand.client.errors import Unanswered
from countermand.client.outcome import Canceled
from countermand.wire.errors import NotExpressible, Unauthorized

VENUE = "coinbase-intx"
# What begins a client that is awaited, and one that is not.
BEGINS = {"__await__", "__aenter__", "__aexit__", "__enter__", "__exit__", "begin"}


def methods(kind: type) -> dict[str, list[str]]:
    """Return the public methods of a class with the names and defaults of what they take."""
    return {
        name: [str(parameter) for parameter in inspect.signature(method).parameters.values()]
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and name not in BEGINS
    }


def test_shells_have_the_same_methods() -> None:
    """The waiting client has the methods of the async one."""
    assert methods(synchronous.Client) == methods(asynchronous.Client)
    assert len(methods(synchronous.Client)) > 12


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One venue."""
    with Served(None, "--venue", VENUE) as running:
        yield running


@pytest.fixture(params=SHELLS)
def alice(request: pytest.FixtureRequest, served: Served) -> Iterator[Seat]:
    """Alice, at either shell."""
    seat = Seat(request.param, VENUE, served.venue(VENUE), "alice")
    yield seat
    seat.close()


def test_many_are_waited_for_at_once(alice: Seat, served: Served) -> None:
    """Several cancels wait at the same time, not one after the other."""
    orders = [rested(alice, VENUE) for _ in range(8)]
    operator = Operator(served.ready["control"])
    operator.fault("delayed-after", venue=VENUE, operation="cancel-order", delay_ms=400)
    began = time.monotonic()
    outcomes = alice.cancel_many(orders)
    took_s = time.monotonic() - began
    operator.clear()
    operator.close()

    assert {type(outcome) for outcome in outcomes} == {Canceled}
    assert [outcome.order_id for outcome in outcomes] == orders
    assert took_s < 8 * 0.4


def test_progress_is_told(served: Served) -> None:
    """How many of how many."""
    told: list[tuple[int, int]] = []
    seat = Seat(
        "synchronous", VENUE, served.venue(VENUE), "alice", progress=lambda *far: told.append(far)
    )
    orders = [rested(seat, VENUE) for _ in range(12)]
    seat.cancel_many(orders)
    seat.close()

    assert told == [(10, 12), (12, 12)]


def test_threads_share_a_client(served: Served) -> None:
    """Each cancel is its own."""
    seat = Seat("synchronous", VENUE, served.venue(VENUE), "alice")
    orders = [rested(seat, VENUE) for _ in range(8)]
    outcomes: dict[str, Any] = {}

    def cancel(order: str) -> None:
        outcomes[order] = seat.cancel(order)

    threads = [threading.Thread(target=cancel, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seat.close()

    assert {order: type(outcome) for order, outcome in outcomes.items()} == dict.fromkeys(
        orders, Canceled
    )


def test_reads_are_in_peoples_words(alice: Seat) -> None:
    """Symbols, decimals, the venue's ids."""
    symbol, price, quantity = market(VENUE)
    order_id = rested(alice, VENUE)
    order = alice.order(order_id)
    listed = alice.open_orders()
    alice.cancel(order_id)

    assert (order.order_id, order.symbol, order.side) == (order_id, symbol, "buy")
    assert (order.price, order.order_qty, order.leaves_qty) == (price, quantity, quantity)
    assert listed == (order,)
    assert alice.book(symbol).asks[0][0] > price
    assert {one.symbol for one in alice.instruments()} >= {symbol}
    assert all(one.total >= one.available for one in alice.balances())
    assert alice.order("nobody's") is None
    assert isinstance(alice.positions(), tuple)
    assert isinstance(alice.fills(), tuple)


@pytest.mark.parametrize(
    "wrong",
    [
        {"order_qty": "0.00000001"}, {"price": "0.001"}, {"side": "hold"}, {"symbol": "NO-SUCH"},
        {"order_qty": 0.1}, {"order_qty": "many"}, {"time_in_force": "whenever"},
        {"exec_inst": ("magic",)}, {"cl_ord_id": "x" * 100},
    ],
)  # fmt: skip
def test_order_that_cannot_be_expressed_is_refused_here(alice: Seat, wrong: dict[str, Any]) -> None:
    """The client raises before anything is sent."""
    symbol, price, quantity = market(VENUE)
    terms = {"symbol": symbol, "side": "buy", "order_qty": quantity, "price": price} | wrong
    with pytest.raises(NotExpressible):
        alice.place(**terms)
    assert alice.open_orders() == ()


def test_connecting_says_what_is_wrong(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is one line, and no connection is left open."""
    told = served.venue(VENUE)
    alice = told["accounts"]["alice"]
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nonexistent")
    monkeypatch.setattr("countermand.announce.find", lambda *_: None)
    for venue, url, credentials in (
        ("nyse", told["base_url"], alice),
        (VENUE, "", None),
        (VENUE, told["base_url"], None),
        (VENUE, "somewhere", alice),
        (VENUE, told["base_url"], {**alice, "signing_key": "no base64"}),
    ):
        with pytest.raises(ValueError, match=r"\S"):
            connect(venue, url, credentials)
    with pytest.raises(Unauthorized):
        connect_sync(VENUE, told["base_url"], {**alice, "passphrase": "wrong"})
    with pytest.raises(Unanswered):
        connect_sync(VENUE, "http://127.0.0.1:1", alice)
