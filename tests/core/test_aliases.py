"""Aliases: names that several orders may bear."""

import pytest
from tests.core.build import ALICE, World, new_order

from countermand.core.aliases import Aliases
from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import CancelOrder, StageOrder, SubmitOrder
from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetOrder

ONE, TWO, THREE = OrderId(1), OrderId(2), OrderId(3)


@pytest.fixture
def aliases() -> Aliases:
    """Return a name that three open orders bear."""
    made = Aliases()
    for order_id in (ONE, TWO, THREE):
        made.add("x", order_id)
    return made


def test_newest_open_order_is_meant(aliases: Aliases) -> None:
    """However many bear the name."""
    assert aliases.find("x") == THREE
    assert aliases.find("y") is None


def test_older_order_is_meant_once_the_newest_closed(aliases: Aliases) -> None:
    """An open order goes before every closed one."""
    aliases.close("x", THREE)
    assert aliases.find("x") == TWO

    aliases.close("x", ONE)
    assert aliases.find("x") == TWO


def test_the_last_closed_order_is_meant_when_none_is_open(aliases: Aliases) -> None:
    """In the order of closing, not of ids."""
    for order_id in (TWO, THREE, ONE):
        aliases.close("x", order_id)

    assert aliases.find("x") == ONE


def test_forgotten_order_is_not_found(aliases: Aliases) -> None:
    """Unless another has closed under its name since."""
    for order_id in (ONE, TWO, THREE):
        aliases.close("x", order_id)
    aliases.forget("x", ONE)
    assert aliases.find("x") == THREE

    aliases.forget("x", THREE)
    assert aliases.find("x") is None


def test_cancels_by_one_name_take_one_order_after_another(world: World) -> None:
    """Newest first, and then what closed last is too late to cancel."""
    for name in ("a1", "a2"):
        world.buy(ALICE, 1, 100, name, secondary_cl_ord_id="x")
    told = []
    for _ in range(3):
        world.run(CancelOrder(ALICE, OrderId(0), "", InstrumentId(0), "x"))
        told += world.story

    assert told == [
        "canceled a2 REQUESTED",
        "canceled a1 REQUESTED",
        "cancel-refused a1 TOO_LATE_TO_CANCEL CANCELED",
    ]


def test_rejected_order_takes_no_name(world: World) -> None:
    """What is kept though refused is found by its id alone."""
    world.buy(ALICE, 0, 100, "a1", secondary_cl_ord_id="x", keep_rejected=True)

    assert world.exchange.query(GetOrder(ALICE, OrderId(0), "a1", "x")) is None
    assert world.exchange.query(GetOrder(ALICE, OrderId(world.seq))) is not None


def test_order_staged_early_and_placed_late_is_the_newest(world: World) -> None:
    """What counts is when orders were placed, before a restart and after it."""
    order = new_order(ALICE, Side.BUY, 1, 100, secondary_cl_ord_id="x")
    world.run(StageOrder(order, 1_000))
    staged = OrderId(world.seq)
    world.buy(ALICE, 1, 100, secondary_cl_ord_id="x")
    world.run(SubmitOrder(ALICE, staged))
    asked = GetOrder(ALICE, OrderId(0), secondary_cl_ord_id="x")
    restarted = Exchange.load(world.exchange.dump())

    assert world.exchange.query(asked).order_id == staged
    assert restarted.query(asked).order_id == staged
