"""Order: its words, and what can be read off one."""

import pytest

from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import (
    ExecInst,
    Order,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)


def order(**changes: int) -> Order:
    """Return an order to buy 5 at 100, with some fields different."""
    made = Order(
        OrderId(1),
        AccountId(5),
        InstrumentId(3),
        "a1",
        Side.BUY,
        OrdType.LIMIT,
        TimeInForce.GTC,
        0,
        SelfTradePrevention.NONE,
        100,
        5,
        0,
        1,
        1,
        1,
        5,
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_sides_oppose_each_other() -> None:
    """Each trades against the other."""
    assert [side.opposite for side in (Side.BUY, Side.SELL)] == [Side.SELL, Side.BUY]


def test_order_is_open_while_something_is_left() -> None:
    """What is closed has nothing left, however it ended."""
    assert order().is_open
    assert not order(leaves_qty_lots=0, ord_status=OrdStatus.CANCELED).is_open


@pytest.mark.parametrize(
    ("exec_inst", "expected"),
    [(0, False), (ExecInst.POST_ONLY, False), (ExecInst.REDUCE_ONLY, True), (3, True)],
)
def test_reduce_only_is_one_of_several_instructions(exec_inst: int, *, expected: bool) -> None:
    """Instructions are bits."""
    assert order(exec_inst=int(exec_inst)).reduce_only is expected
