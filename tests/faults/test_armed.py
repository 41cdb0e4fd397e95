"""Which requests a fault strikes: by its names, its count, its chance and its time."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Struct

from countermand.faults.armed import Arsenal
from countermand.faults.fault import Fault, FaultRefused, Latency, Unknown, check
from countermand.faults.kinds import Kind
from countermand.vocabulary.ids import OrderId
from countermand.wire.operation import Operation

ORDER = OrderId(7)


class Asked(Struct):
    """A request of alice's to cancel an order."""

    venue: str = "acme"
    operation: Operation | None = Operation.CANCEL_ORDER
    owner: str = "alice"
    accounts: frozenset[str] = frozenset({"alice/main"})
    order_ids: frozenset[OrderId] = frozenset({ORDER})


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """Return them."""
        return self.now_s


def struck(arsenal: Arsenal, asked: Asked | None = None) -> list[int]:
    """The numbers of the faults that strike a request."""
    return [armed.number for armed in arsenal.strike(asked or Asked())]


@pytest.mark.parametrize(
    ("named", "fits"),
    [
        ({}, True),
        ({"venue": "acme"}, True),
        ({"venue": "other"}, False),
        ({"operation": "cancel-order"}, True),
        ({"operation": "place-order"}, False),
        ({"account": "alice"}, True),
        ({"account": "alice/main"}, True),
        ({"account": "alice/other"}, False),
        ({"account": "bob"}, False),
        ({"venue": "acme", "operation": "cancel-order", "account": "alice"}, True),
        ({"venue": "acme", "operation": "cancel-order", "account": "bob"}, False),
    ],
)
def test_names_choose(named: dict[str, str], *, fits: bool) -> None:
    """Each name that a fault has must fit the request."""
    arsenal = Arsenal(Clock())
    arsenal.add(Fault(kind=Kind.LOST_AFTER, **named))

    assert fits == bool(struck(arsenal))
    assert int(fits) == arsenal.reports()[0].struck


@pytest.mark.parametrize(
    ("orders", "fits"),
    [
        ([("acme", ORDER)], True),
        ([("other", ORDER)], False),
        ([("acme", OrderId(8))], False),
        ([("acme", OrderId(8)), ("acme", ORDER)], True),
    ],
)
def test_an_order_chooses(orders: list[tuple[str, OrderId]], *, fits: bool) -> None:
    """The order is the exchange's id at the fault's venue."""
    arsenal = Arsenal(Clock())
    arsenal.add(Fault(kind=Kind.LOST_AFTER, order="X"), orders)

    assert fits == bool(struck(arsenal))


def test_a_path_of_no_row_is_struck_where_no_operation_is_named() -> None:
    """A request of no row has no operation."""
    arsenal = Arsenal(Clock())
    arsenal.add(Fault(kind=Kind.LOST_AFTER, operation="cancel-order"))
    arsenal.add(Fault(kind=Kind.LOST_BEFORE))

    assert [2] == struck(arsenal, Asked(operation=None))


def test_two_faults_for_the_next_request_strike_the_next_two() -> None:
    """The first fault that fits strikes a request, and no other does."""
    arsenal = Arsenal(Clock())
    arsenal.add(Fault(kind=Kind.LOST_AFTER, count=1))
    arsenal.add(Fault(kind=Kind.OVERLOADED, count=2))

    assert [[1], [2], [2], []] == [struck(arsenal) for _ in range(4)]
    assert [True, True] == [report.is_over for report in arsenal.reports()]
    assert not arsenal.venues()


def test_delays_come_on_top() -> None:
    """A delay adds to another fault and to another delay."""
    arsenal = Arsenal(Clock())
    arsenal.add(Fault(kind=Kind.LOST_AFTER))
    arsenal.add(Fault(kind=Kind.DELAYED_BEFORE, delay_ms=1))
    arsenal.add(Fault(kind=Kind.RESET_AFTER))
    arsenal.add(Fault(kind=Kind.DELAYED_AFTER, delay_ms=1))

    assert [1, 2, 4] == struck(arsenal)


def test_time_ends_a_fault() -> None:
    """A fault ends after its milliseconds."""
    clock = Clock()
    arsenal = Arsenal(clock)
    arsenal.add(Fault(kind=Kind.LOST_AFTER, venue="acme", ttl_ms=1500))

    clock.now_s = 1.4
    assert ([1], {"acme"}) == (struck(arsenal), arsenal.venues())
    clock.now_s = 1.5
    assert ([], frozenset()) == (struck(arsenal), arsenal.venues())
    assert (1, True) == (arsenal.reports()[0].struck, arsenal.reports()[0].is_over)


def test_chance_is_repeatable() -> None:
    """The same seed strikes the same requests, about as many as the chance says."""

    def strikes(seed: int) -> list[bool]:
        arsenal = Arsenal(Clock())
        arsenal.add(Fault(kind=Kind.LOST_AFTER, probability=0.25, seed=seed))
        return [bool(struck(arsenal)) for _ in range(400)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 70 < sum(strikes(1)) < 130


@pytest.mark.parametrize(
    ("terms", "low", "high"),
    [
        ({"delay_ms": 20}, 20, 20),
        ({"latency": Latency.UNIFORM, "delay_ms": 5, "delay_ms_max": 50}, 5, 50),
        ({"latency": Latency.LOGNORMAL, "delay_ms": 20, "sigma": 0.5, "delay_ms_max": 90}, 1, 90),
    ],
)
def test_latencies(terms: dict[str, Any], low: float, high: float) -> None:
    """Within what they say, by their seed, around their median."""

    def delays(seed: int) -> list[float]:
        arsenal = Arsenal(Clock())
        arsenal.add(Fault(kind=Kind.DELAYED_AFTER, seed=seed, **terms))
        [armed] = arsenal.strike(Asked())
        return [armed.delay_s() * 1000 for _ in range(500)]

    drawn = sorted(delays(3))
    assert delays(3) == delays(3)
    assert low <= drawn[0] <= drawn[-1] <= high
    assert (low == high) == (delays(3) == delays(4))
    assert 15 < drawn[250] < 35


def test_clearing() -> None:
    """One fault or all are cleared; a number is not given again."""
    arsenal = Arsenal(Clock())
    numbers = [arsenal.add(Fault(kind=Kind.LOST_AFTER)).number for _ in range(3)]
    arsenal.clear(numbers[1])
    assert [1, 3] == [report.number for report in arsenal.reports()]
    with pytest.raises(Unknown, match="there is no fault 2"):
        arsenal.clear(numbers[1])

    arsenal.clear()
    assert () == arsenal.reports()
    assert 4 == arsenal.add(Fault(kind=Kind.LOST_AFTER)).number


def test_faults_that_are_over_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """When there are too many to remember; the others stay."""
    monkeypatch.setattr("countermand.faults.armed.REMEMBERED_MAX", 2)
    clock = Clock()
    arsenal = Arsenal(clock)
    for ttl_ms in (None, 1000, None, None):
        arsenal.add(Fault(kind=Kind.LOST_AFTER, ttl_ms=ttl_ms))
        clock.now_s += 1

    assert [1, 3, 4] == [report.number for report in arsenal.reports()]


@pytest.mark.parametrize(
    ("terms", "line"),
    [
        ({"kind": Kind.DELAYED_AFTER}, "delayed-after needs delay_ms"),
        ({"kind": Kind.DELAYED_AFTER, "delay_ms": 5, "sigma": 1}, "a constant latency has neither"),
        (
            {"kind": Kind.DELAYED_AFTER, "delay_ms": 5, "latency": Latency.UNIFORM},
            "a uniform latency needs a delay_ms_max above",
        ),
        (
            {"kind": Kind.DELAYED_BEFORE, "delay_ms": 5, "latency": Latency.LOGNORMAL},
            "a lognormal latency needs a sigma",
        ),
        ({"kind": Kind.LOST_AFTER, "sigma": 1}, "sigma means nothing for lost-after"),
    ],
)
def test_terms_that_make_no_sense(terms: dict[str, Any], line: str) -> None:
    """Are refused in one line."""
    with pytest.raises(FaultRefused, match=line):
        check(Fault(**terms))
