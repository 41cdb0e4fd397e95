"""Slots: an order takes its slot over with a higher number, and no number is used twice."""

from typing import Any

import pytest
from tests.core.build import ALICE, BOB, BTC, MONEY, PERP, USDC, World, new_order

from countermand.core import slots
from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.events import (
    OrderAccepted,
    OrderCanceled,
    OrderRejected,
    OrderRested,
    SlotTaken,
)
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import OrdStatus, Side, Slot
from countermand.vocabulary.queries import ListSlots
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import SlotUse

SLOT = 4


def order(number: int, slot: int = SLOT, **more: Any) -> NewOrder:
    """An order of five lots in a slot: alice's bid, unless told otherwise."""
    bid: dict[str, Any] = {"account": ALICE, "side": Side.BUY, "qty": 5, "price": 100}
    return new_order(**(bid | more), slot=Slot(slot, number))


def place(world: World, command: NewOrder) -> Any:
    """Place an order and return its id, or why it was refused."""
    first = world.run(command)[0]
    if isinstance(first, OrderRejected):
        return first.reason
    assert isinstance(first, OrderAccepted)
    return first.order.order_id


def uses(world: World, account: AccountId = ALICE) -> tuple[SlotUse, ...]:
    """Return the slots an account has used of the asset bids hold."""
    found: tuple[SlotUse, ...] = world.exchange.query(ListSlots(account, USDC))
    return found


def test_first_order_of_a_slot_takes_it() -> None:
    """And it is remembered by which number and which order."""
    world = World()
    order_id = place(world, order(20))

    assert SlotTaken(ALICE, USDC, Slot(SLOT, 20), order_id) == world.events[1]
    assert (SlotUse(SLOT, 20, order_id),) == uses(world)


def test_higher_number_takes_over_and_cancels_what_stood_there() -> None:
    """In one step: nothing happens between the two."""
    world = World()
    first = place(world, order(20))
    second = place(world, order(21, price=90))

    outdated = world.report(ALICE, first)
    assert OrderCanceled(outdated) == world.events[2]
    assert CancelReason.SLOT_TAKEN_OVER is outdated.cancel_reason
    assert outdated.ord_status is OrdStatus.CANCELED
    assert world.report(ALICE, second).is_open
    assert (MONEY, 4_500) == world.money(ALICE, USDC)


@pytest.mark.parametrize("number", [20, 19, 1, 0, -1])
def test_number_that_is_not_higher_is_refused(number: int) -> None:
    """Whether the order that used it is open or over; what stands there stays."""
    world = World()
    first = place(world, order(20))

    assert RejectReason.SLOT_NUMBER_USED is place(world, order(number))
    assert world.report(ALICE, first).is_open
    world.cancel(ALICE, first)
    assert RejectReason.SLOT_NUMBER_USED is place(world, order(number))


@pytest.mark.parametrize("slot", [-1, slots.SLOTS_PER_ASSET_MAX])
def test_slot_there_is_none_of_is_refused(slot: int) -> None:
    """So an account cannot make the exchange remember more than so many."""
    assert RejectReason.SLOT_NUMBER_USED is place(World(), order(20, slot))


def test_last_slot_is_one() -> None:
    """The bound itself is the first that is none."""
    assert isinstance(place(World(), order(20, slots.SLOTS_PER_ASSET_MAX - 1)), int)


def test_slots_are_apart_by_number_asset_and_account() -> None:
    """A slot of what a sell holds is another than that of what a bid holds."""
    world = World()
    open_ids = [
        place(world, order(20)),
        place(world, order(20, SLOT + 1)),
        place(world, order(20, side=Side.SELL, price=200)),
        place(world, order(20, account=BOB)),
    ]

    assert [True] * 3 == [world.report(ALICE, known).is_open for known in open_ids[:3]]
    assert world.report(BOB, open_ids[3]).is_open
    assert 1 == len(world.exchange.query(ListSlots(ALICE, BTC)))


def test_order_without_a_slot_stands_in_none() -> None:
    """It uses no number."""
    world = World()
    place(world, new_order(ALICE, Side.BUY, 5, 100))
    place(world, new_order(ALICE, Side.BUY, 5, 100))

    assert () == uses(world)


def test_refused_order_uses_no_number_and_cancels_nothing() -> None:
    """The number may be tried again."""
    world = World()
    first = place(world, order(20))

    assert RejectReason.INSUFFICIENT_FUNDS is place(world, order(21, qty=1_000))
    assert world.report(ALICE, first).is_open
    assert isinstance(place(world, order(21)), int)


def test_outdated_order_pays_for_the_one_that_takes_over() -> None:
    """All the money may be in the order that is outdated."""
    world = World()
    place(world, order(20, qty=100))
    assert (MONEY, MONEY) == world.money(ALICE, USDC)

    assert RejectReason.INSUFFICIENT_FUNDS is place(world, order(21, qty=101))
    assert isinstance(place(world, order(22, qty=100)), int)
    assert (MONEY, MONEY) == world.money(ALICE, USDC)


def test_order_that_takes_over_may_trade_at_once() -> None:
    """What it cancels stood on its own side."""
    world = World()
    first = place(world, order(20, qty=10, price=90))
    place(world, order(20, account=BOB, side=Side.SELL, qty=5))
    second = place(world, order(21, price=100))

    assert world.report(ALICE, first).ord_status is OrdStatus.CANCELED
    assert world.report(ALICE, second).ord_status is OrdStatus.FILLED


def test_filled_order_keeps_its_number_used() -> None:
    """A copy of what traded does not trade again."""
    world = World()
    place(world, order(20, account=BOB, side=Side.SELL))
    place(world, order(20))

    assert RejectReason.SLOT_NUMBER_USED is place(world, order(20))


def test_slots_survive_a_snapshot() -> None:
    """The same numbers are used after a start, and the same order is taken over."""
    world = World()
    first = place(world, order(20))
    again = Exchange.load(world.exchange.dump())

    assert again.digest() == world.exchange.digest()
    world.exchange = again
    assert RejectReason.SLOT_NUMBER_USED is place(world, order(20))
    place(world, order(21))
    assert world.report(ALICE, first).ord_status is OrdStatus.CANCELED


def test_order_does_not_trade_with_what_it_takes_over() -> None:
    """On margin both sides hold dollars, so a bid may outdate the offer it would have met."""
    world = World()
    first = place(world, order(20, instrument_id=PERP, side=Side.SELL))
    second = place(world, order(21, instrument_id=PERP))

    assert [type(event) for event in world.events[1:]] == [SlotTaken, OrderCanceled, OrderRested]
    assert world.report(ALICE, first).ord_status is OrdStatus.CANCELED
    assert world.report(ALICE, second).is_open
    world.exchange.check_invariants()
