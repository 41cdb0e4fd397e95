"""Scheduled: orders that come in by slices."""

from typing import Any

import pytest
from tests.core.build import ALICE, BOB, MONEY, World

from countermand.core.exchange import Exchange
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    ExecInst,
    OrdStatus,
    OrdType,
    Schedule,
    SelfTradePrevention,
    Standing,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason

EVERY_NS = 1_000


def twap(world: World, qty: int, slices: int, **more: Any) -> OrderId:
    """Ask for an order of alice's that buys at 100 by slices."""
    return world.buy(ALICE, qty, 100, "t", schedule=Schedule(slices, EVERY_NS), **more)


def let_pass(world: World, count: int = 1) -> None:
    """Let so many slices fall due, with an exchange that starts anew before each."""
    for _ in range(count):
        world.exchange = Exchange.load(world.exchange.dump())
        world.advance(max(world.exchange.next_due_ns(), world.exchange.ts_ns + 1))


def test_slices_are_even_parts_of_what_is_left(world: World) -> None:
    """The first is due at once, and what it does not get is for those after it."""
    order_id = twap(world, 7, 3)
    assert (Standing.ARMED, (MONEY, 7_000)) == (
        world.report(ALICE, order_id).standing,
        world.money(ALICE),
    )
    traded = []
    for offered in (9, 1, 9):
        offer = world.sell(BOB, offered, 100)
        let_pass(world)
        traded.append(world.report(ALICE, order_id).cum_qty_lots)
        world.cancel(BOB, offer)

    assert [3, 4, 7] == traded
    assert OrdStatus.FILLED is world.report(ALICE, order_id).ord_status
    assert (MONEY - 7_000, 0) == world.money(ALICE)
    assert 0 == world.exchange.next_due_ns()


def test_rest_after_the_last_slice_is_canceled(world: World) -> None:
    """The order ends once, and its money is free; the rest never rests."""
    order_id = twap(world, 4, 2)
    let_pass(world, 2)
    now = world.report(ALICE, order_id)

    assert (OrdStatus.CANCELED, CancelReason.SCHEDULE_ENDED) == (now.ord_status, now.cancel_reason)
    assert (MONEY, 0) == world.money(ALICE)
    assert ((), ()) == world.depth()


def test_closed_market_lets_a_slice_pass(world: World) -> None:
    """And the order goes on when it opens."""
    world.sell(BOB, 9, 100)
    order_id = twap(world, 4, 2)
    world.set_state(TradingState.HALTED)
    let_pass(world)
    assert 0 == world.report(ALICE, order_id).cum_qty_lots
    world.set_state(TradingState.TRADING)
    let_pass(world)

    assert OrdStatus.FILLED is world.report(ALICE, order_id).ord_status


def test_cancel_ends_it_between_slices(world: World) -> None:
    """With what it has traded, and nothing falls due any more."""
    world.sell(BOB, 9, 100)
    order_id = twap(world, 4, 2)
    let_pass(world)
    world.cancel(ALICE, order_id)

    assert (2, OrdStatus.CANCELED) == (
        world.report(ALICE, order_id).cum_qty_lots,
        world.report(ALICE, order_id).ord_status,
    )
    assert 0 == world.exchange.next_due_ns()
    assert (MONEY - 2_000, 0) == world.money(ALICE)


def test_its_own_orders_end_a_slice_and_not_the_whole(world: World) -> None:
    """As self-trade prevention says, one slice at a time."""
    order_id = twap(world, 4, 2, stp=SelfTradePrevention.AGGRESSING)
    own = world.sell(ALICE, 9, 100)
    let_pass(world)
    assert Standing.ARMED is world.report(ALICE, order_id).standing
    world.cancel(ALICE, own)
    world.sell(BOB, 9, 100)
    let_pass(world)

    assert OrdStatus.FILLED is world.report(ALICE, order_id).ord_status


def test_pending_schedule_begins_when_it_is_due(world: World) -> None:
    """And not before."""
    world.sell(BOB, 9, 100)
    order_id = twap(world, 4, 2, delay_ns=500)
    assert Standing.PENDING is world.report(ALICE, order_id).standing
    let_pass(world)

    assert 2 == world.report(ALICE, order_id).cum_qty_lots


@pytest.mark.parametrize(
    "terms",
    [
        {"schedule": Schedule(0, 10)},
        {"schedule": Schedule(2, 0)},
        {"schedule": Schedule(6, 10)},
        {"schedule": Schedule(9_000, 10), "qty": 9_000},
        {"time_in_force": TimeInForce.IOC},
        {"exec_inst": int(ExecInst.POST_ONLY)},
        {"exec_inst": int(ExecInst.ALL_OR_NONE)},
        {"trigger": Trigger(105, TriggerDirection.UP)},
        {"ord_type": OrdType.MARKET, "time_in_force": TimeInForce.FOK},
    ],
)
def test_schedule_that_cannot_be_is_refused(world: World, terms: dict[str, Any]) -> None:
    """Too many slices or too small ones, and what could not wait."""
    asked = {"qty": 4, "price": 1, "schedule": Schedule(2, 10)} | terms
    world.buy(ALICE, **asked)
    (refused,) = world.events

    assert isinstance(refused, OrderRejected)
    assert RejectReason.INVALID_SCHEDULE is refused.reason
