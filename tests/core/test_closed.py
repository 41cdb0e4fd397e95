"""Closed orders, packed: what went in comes out, for every value that a field can have."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.core.closed import BITS, SIZE, Closed
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import ClosedOrder

FILLED = (AccountId(1), InstrumentId(1), OrdStatus.FILLED, CancelReason.NONE)

ORDER_IDS = st.one_of(st.integers(1, 3 * SIZE), st.integers(1, 1 << 60)).map(OrderId)
FACTS = st.tuples(
    st.integers(1, 1 << 60).map(AccountId),
    st.integers(0, 1 << 60).map(InstrumentId),
    st.sampled_from(OrdStatus),
    st.sampled_from(CancelReason),
)


@given(st.dictionaries(ORDER_IDS, FACTS))
def test_what_is_known_is_told(
    orders: dict[OrderId, tuple[AccountId, InstrumentId, OrdStatus, CancelReason]],
) -> None:
    """Of each order, and of no other."""
    closed = Closed()
    for order_id, facts in orders.items():
        closed.add(order_id, facts)

    assert len(orders) == len(closed)
    for order_id, facts in orders.items():
        assert order_id in closed
        assert ClosedOrder(order_id, *facts) == closed.get(order_id)
        beside = OrderId(order_id + 1)
        assert (beside in orders) is (beside in closed) is (closed.get(beside) is not None)


@given(st.dictionaries(ORDER_IDS, FACTS, min_size=1))
def test_what_is_forgotten_is_not_known(
    orders: dict[OrderId, tuple[AccountId, InstrumentId, OrdStatus, CancelReason]],
) -> None:
    """None of it, in any order."""
    closed = Closed()
    for order_id, facts in orders.items():
        closed.add(order_id, facts)
    for order_id in orders:
        closed.forget(order_id)
        assert closed.get(order_id) is None

    assert 0 == len(closed)


def test_a_part_goes_with_its_last_orders() -> None:
    """Looked for once in so many orders that were forgotten."""
    closed = Closed()
    for order_id in range(SIZE + 1):
        closed.add(OrderId(order_id), FILLED)
    for order_id in range(SIZE):
        closed.forget(OrderId(order_id))

    assert [1] == [*closed._parts]


def test_forgetting_what_is_not_known_is_a_bug() -> None:
    """Beside an order that is."""
    closed = Closed()
    closed.add(OrderId(1), FILLED)

    with pytest.raises(AssertionError, match="order 2 is forgotten and was not known"):
        closed.forget(OrderId(2))


def test_an_order_takes_four_bytes() -> None:
    """Where their ids lie close together."""
    count = 4 << BITS
    tracemalloc.start()
    closed = Closed()
    for order_id in range(count):
        closed.add(OrderId(order_id), FILLED)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert taken < 4.5 * count
