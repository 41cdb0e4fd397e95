"""Over a socket, and with every fault that the kit has, an outcome is what happened."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import pytest
from tests.client.desks import SHELLS, Seat, hit, market, rested
from tests.faults.operator import Operator
from tests.served import Served

from countermand.client.http import Timeouts
from countermand.client.outcome import Canceled, Filled, NotSent, Open, Refused, Unknown
from countermand.faults.kinds import Kind
from countermand.venues import VENUES
from countermand.wire.operation import Capability, Operation

# Short, so that what is late is given up.
QUICK = Timeouts(read_s=0.3)
LATE_MS = 450

CANCEL, PLACE, GET = (
    Operation.CANCEL_ORDER.value,
    Operation.PLACE_ORDER.value,
    Operation.GET_ORDER.value,
)

# What can happen to a cancel, and how it is set.
FAULTS = {
    Kind.LOST_BEFORE: {},
    Kind.LOST_AFTER: {},
    Kind.RESET_BEFORE: {},
    Kind.RESET_AFTER: {},
    Kind.DELAYED_BEFORE: {"delay_ms": LATE_MS},
    Kind.DELAYED_AFTER: {"delay_ms": LATE_MS},
    Kind.DUPLICATED: {},
    Kind.BROKEN: {},
    Kind.TRUNCATED: {},
    Kind.RATE_LIMITED: {"retry_after_s": 0},
    Kind.OVERLOADED: {},
    Kind.ERROR_BEFORE: {},
    Kind.ERROR_AFTER: {},
}
CARRIED_OUT = {
    Kind.LOST_AFTER,
    Kind.RESET_AFTER,
    Kind.DELAYED_BEFORE,
    Kind.DELAYED_AFTER,
    Kind.BROKEN,
    Kind.TRUNCATED,
    Kind.ERROR_AFTER,
}
NOT_CARRIED_OUT = {Kind.LOST_BEFORE, Kind.RESET_BEFORE, Kind.ERROR_BEFORE}

# The shells differ in how they wait, so that one of them meets only with each way of waiting.
BY_BOTH = {Kind.LOST_AFTER, Kind.RESET_BEFORE, Kind.TRUNCATED, Kind.DELAYED_AFTER}


def met_with(kinds: Iterable[Kind]) -> pytest.MarkDecorator:
    """Let the one shell meet with all of these, the other with some."""
    pairs = [(shell, kind) for shell in SHELLS for kind in FAULTS if kind in set(kinds)]
    some = [(shell, kind) for shell, kind in pairs if shell == SHELLS[0] or kind in BY_BOTH]
    return pytest.mark.parametrize(("alice", "kind"), some, indirect=["alice"])


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The demo world, on free ports."""
    with Served(None) as running:
        yield running


@pytest.fixture(scope="module")
def operator(served: Served) -> Iterator[Operator]:
    """The operator, who sets the faults."""
    one = Operator(served.ready["control"])
    yield one
    one.close()


@pytest.fixture(params=VENUES, scope="module")
def venue(request: pytest.FixtureRequest) -> str:
    """One venue after the other."""
    if VENUES[request.param].client is None:
        pytest.skip(f"{request.param} has no client's end yet")
    return str(request.param)


@pytest.fixture(params=SHELLS, scope="module")
def alice(request: pytest.FixtureRequest, served: Served, venue: str) -> Iterator[Seat]:
    """Alice, at a client of either shell that is not patient."""
    seat = Seat(request.param, venue, served.venue(venue), "alice", timeouts=QUICK)
    yield seat
    seat.close()


@pytest.fixture(scope="module")
def bob(served: Served, venue: str) -> Iterator[Seat]:
    """Bob, who trades with her."""
    seat = Seat("synchronous", venue, served.venue(venue), "bob")
    yield seat
    seat.close()


@pytest.fixture(autouse=True)
def _calm(operator: Operator) -> Iterator[None]:
    yield
    operator.clear()


@met_with(FAULTS)
def test_canceled_is_proven(alice: Seat, venue: str, operator: Operator, kind: Kind) -> None:
    """The outcome is proven although the first request is lost or answered late."""
    order = rested(alice, venue)
    operator.fault(kind, venue=venue, operation=CANCEL, count=1, **FAULTS[kind])
    outcome = alice.cancel(order)

    assert isinstance(outcome, Canceled), outcome
    assert operator.struck() == [1]
    assert (outcome.cum_qty, outcome.leaves_qty) == (0, 0)
    assert alice.order(order).ord_status == "canceled"


@met_with(FAULTS)
def test_fill_wins(alice: Seat, bob: Seat, venue: str, operator: Operator, kind: Kind) -> None:
    """The outcome is Filled although the late cancel is lost or refused."""
    order = rested(alice, venue)
    hit(bob, venue)
    operator.fault(kind, venue=venue, operation=CANCEL, count=1, **FAULTS[kind])
    outcome = alice.cancel(order)

    assert isinstance(outcome, Filled), outcome
    assert outcome.cum_qty == market(venue)[2]
    assert outcome.avg_px == market(venue)[1]


def test_partial_fill_is_told(alice: Seat, bob: Seat, venue: str, operator: Operator) -> None:
    """The outcome has the quantity that traded."""
    order = rested(alice, venue, times=2)
    hit(bob, venue)
    operator.fault(Kind.LOST_AFTER, venue=venue, operation=CANCEL, count=1)
    outcome = alice.cancel(order)

    assert isinstance(outcome, Canceled), outcome
    assert outcome.cum_qty == market(venue)[2]


def test_stale_reads_are_outlived(alice: Seat, venue: str, operator: Operator) -> None:
    """A read of the past proves nothing of now."""
    order = rested(alice, venue)
    time.sleep(0.2)
    operator.fault(Kind.STALE, venue=venue, operation=GET, lag_ms=150)
    operator.fault(Kind.LOST_AFTER, venue=venue, operation=CANCEL, count=1)
    outcome = alice.cancel(order)

    assert isinstance(outcome, Canceled), outcome


def test_order_that_is_not_shown_yet_is_canceled(
    alice: Seat, venue: str, operator: Operator
) -> None:
    """A 404 of a read is no proof of anything, while the venue takes the cancel."""
    order = rested(alice, venue)
    operator.fault(Kind.UNSEEN, venue=venue, operation=GET, lag_ms=400)
    outcome = alice.cancel(order)

    assert isinstance(outcome, Canceled), outcome


@met_with(CARRIED_OUT)
def test_placed_order_is_found(alice: Seat, venue: str, operator: Operator, kind: Kind) -> None:
    """The order is found by its name or terms, and there is one."""
    symbol, price, quantity = market(venue)
    operator.fault(kind, venue=venue, operation=PLACE, count=1, **FAULTS[kind])
    outcome = alice.place(symbol, "buy", quantity, price)
    found = alice.open_orders()

    assert isinstance(outcome, Open), outcome
    assert [outcome.order_id] == [order.order_id for order in found]
    assert isinstance(alice.cancel(outcome.order_id), Canceled)


@met_with(NOT_CARRIED_OUT)
def test_order_that_is_not_found_is_unknown(
    alice: Seat, venue: str, operator: Operator, kind: Kind
) -> None:
    """The order is not sent again."""
    symbol, price, quantity = market(venue)
    operator.fault(kind, venue=venue, operation=PLACE, count=1)
    outcome = alice.place(symbol, "buy", quantity, price, timeout_s=0.2)

    assert isinstance(outcome, Unknown), outcome
    assert alice.open_orders() == ()


def test_order_too_many_is_refused(alice: Seat, venue: str, operator: Operator) -> None:
    """The order was not executed."""
    symbol, price, quantity = market(venue)
    operator.fault(Kind.RATE_LIMITED, venue=venue, operation=PLACE, count=1, retry_after_s=0)
    outcome = alice.place(symbol, "buy", quantity, price)

    assert isinstance(outcome, Refused), outcome
    assert alice.open_orders() == ()


def test_all_are_canceled(alice: Seat, bob: Seat, venue: str, operator: Operator) -> None:
    """Each with its outcome, though a request of each kind is lost."""
    orders = [rested(alice, venue) for _ in range(3)]
    hit(bob, venue)
    operator.fault(Kind.LOST_AFTER, venue=venue, operation=CANCEL, count=1)
    if Capability.MASS_CANCEL in VENUES[venue].capabilities:
        operator.fault(Kind.LOST_AFTER, venue=venue, operation=Operation.MASS_CANCEL.value, count=1)
    operator.fault(Kind.BROKEN, venue=venue, operation=Operation.LIST_ORDERS.value, count=1)
    swept = alice.cancel_all()

    assert swept.is_empty, swept
    kinds = {outcome.order_id: type(outcome) for outcome in swept.outcomes}
    assert dict.fromkeys(orders[1:], Canceled) == kinds
    assert alice.open_orders() == ()


@pytest.mark.parametrize("skew_s", [-3600, 3600])
def test_clock_that_is_wrong_is_made_up_for(served: Served, venue: str, skew_s: int) -> None:
    """The client takes the venue's time from its answers."""
    seat = Seat("synchronous", venue, served.venue(venue), "alice")
    seat.client._now_ns = lambda: time.time_ns() + skew_s * 10**9
    outcome = seat.cancel(rested(seat, venue))
    seat.close()

    assert isinstance(outcome, Canceled), outcome


def test_server_that_is_not_there_is_not_sent_to(venue: str) -> None:
    """The outcome is NotSent."""
    with Served(None, "--venue", venue) as gone:
        seat = Seat("synchronous", venue, gone.venue(venue), "alice")
        order = rested(seat, venue)
        gone.kill()
    outcome = seat.cancel(order, timeout_s=0.5)
    seat.close()

    assert isinstance(outcome, NotSent | Unknown), outcome
