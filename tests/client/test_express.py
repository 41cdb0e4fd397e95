"""A field that the wire has no words for is found and named before anything is sent."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from countermand.client.express import difference
from countermand.vocabulary.commands import CancelOrder, NewOrder, NewOrderList, ReplaceOrder
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import (
    Contingency,
    OrderTerms,
    OrdType,
    ReplacePolicy,
    Side,
    TimeInForce,
)

ORDER = NewOrder(
    AccountId(1),
    InstrumentId(2),
    "mine",
    OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 5, price_ticks=7),
)
REPLACE = ReplaceOrder(AccountId(1), InstrumentId(2), OrderId(3), "", "", price_ticks=8)


def with_terms(order: NewOrder, **changes: object) -> NewOrder:
    """Return the order with other terms."""
    return replace(order, terms=replace(order.terms, **changes))


def test_a_command_that_arrives_whole_has_no_difference() -> None:
    """Fields that the venue fills in itself are no difference either."""
    assert "" == difference(ORDER, ORDER)
    assert "" == difference(ORDER, with_terms(ORDER, expire_ns=9, text="kept"))
    assert "" == difference(ORDER, replace(ORDER, keep_rejected=True))
    assert "" == difference(REPLACE, replace(REPLACE, policy=ReplacePolicy.CANCEL_EXECUTED))


@pytest.mark.parametrize(
    ("arrived", "field"),
    [
        (replace(ORDER, account_id=AccountId(9)), "account_id"),
        (replace(ORDER, cl_ord_id=""), "cl_ord_id"),
        (with_terms(ORDER, price_ticks=8), "price_ticks"),
        (with_terms(ORDER, order_qty_lots=0), "order_qty_lots"),
        (with_terms(ORDER, exec_inst=1), "exec_inst"),
    ],
)
def test_first_field_that_arrives_otherwise_is_named(arrived: NewOrder, field: str) -> None:
    """Terms within an order too."""
    assert field == difference(ORDER, arrived)


def test_difference_within_a_list_is_named() -> None:
    """The field of the order that has it; of a list of other length the list itself."""
    pair = NewOrderList(AccountId(1), (ORDER, with_terms(ORDER, price_ticks=9)), Contingency.OCO)
    other = (ORDER, with_terms(ORDER, price_ticks=8))

    assert "" == difference(
        pair, replace(pair, orders=(replace(ORDER, keep_rejected=True), *pair.orders[1:]))
    )
    assert "price_ticks" == difference(pair, replace(pair, orders=other))
    assert "orders" == difference(pair, replace(pair, orders=(*other, ORDER)))
    assert "first_lets_in" == difference(pair, replace(pair, first_lets_in=True))


def test_a_field_that_was_given_must_arrive() -> None:
    """An expiry that was asked for is not left to the venue."""
    assert "expire_ns" == difference(with_terms(ORDER, expire_ns=4), with_terms(ORDER, expire_ns=9))


def test_name_may_arrive_as_the_second_one() -> None:
    """Where a venue gives its own names, the owner's name is the secondary one."""
    asked = CancelOrder(AccountId(1), OrderId(0), "mine")
    arrived = CancelOrder(AccountId(1), OrderId(0), "", secondary_cl_ord_id="mine")

    assert "" == difference(asked, arrived)
    assert "cl_ord_id" == difference(asked, replace(arrived, secondary_cl_ord_id="other"))
