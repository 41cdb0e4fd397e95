"""The budget keeps to what is documented, and keeps room for cancels."""

from __future__ import annotations

import pytest

from countermand.client.budget import Budget
from countermand.client.deadline import Backoff, S
from countermand.wire.client_end import Limit
from countermand.wire.context import Allowance
from countermand.wire.http import Response
from countermand.wire.operation import Operation

PLACE, CANCEL, GET = Operation.PLACE_ORDER, Operation.CANCEL_ORDER, Operation.GET_ORDER
TEN = Limit(Allowance("", 10))


def taken(budget: Budget, operation: Operation, now_ns: int, most: int = 100) -> int:
    """Return how many requests may be sent at once."""
    return next((n for n in range(most) if budget.take(operation, now_ns)), most)


def test_no_more_than_the_limit_in_a_span() -> None:
    """And as many again when it is over."""
    budget = Budget([TEN])
    assert taken(budget, CANCEL, 0) == 10
    assert budget.take(CANCEL, 0) == S
    assert budget.take(CANCEL, S - 1) == S
    assert taken(budget, CANCEL, S) == 10


def test_places_leave_a_share_to_cancels() -> None:
    """However many there are."""
    budget = Budget([TEN])
    assert taken(budget, PLACE, 0) == 8
    assert taken(budget, CANCEL, 0) == 2
    assert budget.take(PLACE, S // 2) > S // 2


def test_window_slides() -> None:
    """A place waits until the oldest of those that take its room is past."""
    budget = Budget([TEN])
    for now_ns in range(8):
        assert budget.take(PLACE, now_ns * S // 10) == 0
    assert budget.take(PLACE, S * 9 // 10) == S
    assert budget.take(PLACE, S) == 0
    assert budget.take(PLACE, S) == S * 11 // 10


def test_operations_are_counted_by_class() -> None:
    """A limit on reads is none on cancels."""
    budget = Budget([Limit(Allowance("reads", 2), frozenset({GET}))])
    assert taken(budget, GET, 0) == 1
    assert taken(budget, CANCEL, 0) == 100


@pytest.mark.parametrize("limits", [[], [Limit(Allowance("", 0))]])
def test_no_limit_counts_nothing(limits: list[Limit]) -> None:
    """0 is as many as there are."""
    assert taken(Budget(limits), PLACE, 0) == 100


def test_retry_after_is_honored() -> None:
    """By cancels too."""
    budget = Budget([])
    budget.told(Response(429, headers=((b"retry-after", b"3"),)), 0)
    assert budget.take(CANCEL, S) == 3 * S
    assert budget.take(CANCEL, 3 * S) == 0


@pytest.mark.parametrize(
    "said", [b"", b"soon", b"-1", b"99999999", b"\xb2", b"Sun, 29 Nov 2026 08:00:00"]
)
def test_429_without_a_time_is_backed_off_from(said: bytes) -> None:
    """Longer each time, up to a bound, and anew after an answer of another kind."""
    budget, waits, now_ns = Budget([]), [], 0
    for _ in range(9):
        budget.told(Response(429, headers=((b"retry-after", said),)), now_ns)
        until_ns = budget.take(CANCEL, now_ns)
        waits.append(until_ns - now_ns)
        now_ns = until_ns
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (S // 10, 5 * S)
    budget.told(Response(200), now_ns)
    budget.told(Response(429), now_ns)
    assert budget.take(CANCEL, now_ns) == now_ns + S // 10


def test_backoff_doubles_up_to_its_bound() -> None:
    """However often it is asked."""
    backoff = Backoff(10, 100)
    assert [backoff.next_ns() for _ in range(6)] == [10, 20, 40, 80, 100, 100]
    backoff.tried = 10**6
    assert backoff.next_ns() == 100
