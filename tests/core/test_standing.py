"""Standing: what can follow what, and that nothing else does."""

import pytest
from msgspec.structs import replace
from tests.core.build import ALICE, World
from tests.core.orders import change

from countermand.core.evolve import EVOLVERS
from countermand.core.standing import FOLLOW
from countermand.vocabulary.events import OrderCanceled, OrderExpired, OrderRested
from countermand.vocabulary.order import ExecInst, Standing

OPEN = {Standing.PENDING, Standing.WAITING, Standing.HELD, Standing.RESTING}


def can_follow(before: Standing) -> set[Standing]:
    """Return what can follow a standing."""
    return {after for after in Standing if FOLLOW[before] >> after & 1}


def test_whatever_is_open_can_end() -> None:
    """And nothing comes after the end."""
    assert all(Standing.CLOSED in can_follow(standing) for standing in OPEN | {Standing.STAGED})
    assert set() == can_follow(Standing.CLOSED)


def test_nothing_is_staged_that_was_placed() -> None:
    """What is written down comes first, or not at all."""
    assert not any(Standing.STAGED in can_follow(standing) for standing in Standing)


def test_what_comes_in_anew_is_on_its_way_first() -> None:
    """From the book to beside it, or back, leads through the door."""
    assert Standing.WAITING not in can_follow(Standing.RESTING)
    assert Standing.RESTING not in can_follow(Standing.WAITING)
    assert {Standing.WAITING, Standing.RESTING} <= can_follow(Standing.PENDING)


@pytest.mark.parametrize("kind", [OrderCanceled, OrderExpired, OrderRested])
def test_event_about_a_closed_order_is_a_bug(world: World, kind: type) -> None:
    """It stops the exchange before anyone can see what it would lead to."""
    order_id = world.buy(ALICE, 5, 100)
    world.cancel(ALICE, order_id)
    now = world.report(ALICE, order_id)
    if kind is OrderRested:
        now = replace(now, standing=Standing.RESTING, leaves_qty_lots=5)

    with pytest.raises(KeyError, match=str(order_id)):
        EVOLVERS[kind](world.exchange._state, kind(now))


def test_order_that_cannot_stand_where_an_event_puts_it_is_a_bug(world: World) -> None:
    """One that rests does not wait without coming in anew."""
    order_id = world.buy(ALICE, 5, 100)
    now = replace(world.report(ALICE, order_id), standing=Standing.WAITING)

    with pytest.raises(AssertionError, match="is RESTING and cannot be WAITING next"):
        EVOLVERS[OrderRested](world.exchange._state, OrderRested(now))


def test_order_that_trades_whole_waits_and_becomes_divisible_by_coming_in_anew(
    world: World,
) -> None:
    """Where it stands says what it is."""
    order_id = world.buy(ALICE, 5, 100, exec_inst=int(ExecInst.ALL_OR_NONE))

    assert Standing.WAITING is world.report(ALICE, order_id).standing
    assert ((), ()) == world.depth()


def test_fill_that_does_not_add_up_is_a_bug(world: World) -> None:
    """What an event says of an order is held against the order."""
    world.sell(ALICE, 5, 100, "a1")
    order = next(iter(world.exchange._state.orders.values()))
    change(order, cum_qty_lots=3)

    with pytest.raises(AssertionError):
        world.exchange.check_invariants()
