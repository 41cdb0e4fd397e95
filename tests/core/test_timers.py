"""Timers: what ends when."""

import pytest
from tests.core.orders import change, order

from countermand.core import timers
from countermand.core.order import Order
from countermand.core.timers import Timers
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Standing


def expiring(order_id: int, expire_ns: int) -> Order:
    """Return an open order that expires."""
    return order(order_id=OrderId(order_id), expire_ns=expire_ns)


def watching(*orders: Order) -> Timers:
    """Return timers that watch the orders."""
    watched = Timers()
    for each in orders:
        watched.add(each)
    return watched


def close(watched: Timers, closed: Order) -> None:
    """Close an order and say so."""
    change(closed, standing=Standing.CLOSED, leaves_qty_lots=0)
    watched.drop(closed.now.terms.expire_ns)


def test_soonest_is_due_first_and_ties_go_by_id() -> None:
    """The order of ends is defined."""
    late, second, first = expiring(1, 30), expiring(3, 20), expiring(2, 20)
    watched = watching(late, second, first)

    assert watched.due(30) == [first, second, late]


@pytest.mark.parametrize(("now_ns", "expected"), [(19, []), (20, [1]), (29, [1]), (30, [1, 2])])
def test_order_is_due_at_its_time_and_not_before(now_ns: int, expected: list[int]) -> None:
    """Up to and including now."""
    watched = watching(expiring(1, 20), expiring(2, 30))

    assert [each.now.order_id for each in watched.due(now_ns)] == expected


def test_asking_what_is_due_does_not_change_it() -> None:
    """What is due stays due until it is closed."""
    watched = watching(expiring(1, 20))

    assert watched.due(20) == watched.due(20) != []


def test_closed_order_is_no_longer_watched() -> None:
    """Neither due nor next."""
    gone, there = expiring(1, 20), expiring(2, 30)
    watched = watching(gone, there)
    close(watched, gone)

    assert watched.due(40) == [there]
    assert watched.next_ns() == 30


def test_order_without_an_expiry_is_not_watched() -> None:
    """Most orders never come here."""
    watched = watching(expiring(1, 0))
    close(watched, expiring(1, 0))

    assert watched.next_ns() == 0
    assert watched.due(10**18) == []


def test_sweep_keeps_what_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed orders go before they outnumber the open ones, and no open one goes with them."""
    monkeypatch.setattr(timers, "SWEEP_MIN", 3)
    orders = [expiring(n, 100 - n) for n in range(1, 11)]
    watched = watching(*orders)
    for each in orders[2:9]:
        close(watched, each)

    assert len(watched._heap) < 8
    assert [each.now.order_id for each in watched.due(100)] == [10, 2, 1]
    assert watched.next_ns() == 90


def test_sweep_counts_only_what_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken off the front already is not counted again."""
    monkeypatch.setattr(timers, "SWEEP_MIN", 1)
    orders = [expiring(n, n) for n in range(1, 7)]
    watched = watching(*orders)
    close(watched, orders[0])
    assert watched.next_ns() == 2
    close(watched, orders[1])
    assert len(watched._heap) == 5

    close(watched, orders[2])
    close(watched, orders[3])
    assert [each.now.order_id for each in watched.due(9)] == [5, 6]
    assert len(watched._heap) <= 5
