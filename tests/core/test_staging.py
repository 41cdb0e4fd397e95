"""Staging: an order is written down, and placed under the id it got then."""

from typing import Any

from tests.core.build import ALICE, BOB, MONEY, USDC, World, new_order

from countermand.core.exchange import Exchange
from countermand.core.state import STAGED_PER_ACCOUNT_MAX
from countermand.vocabulary.commands import NewOrder, StageOrder, SubmitOrder
from countermand.vocabulary.events import (
    InstructionRejected,
    OrderAccepted,
    OrderRejected,
    OrderStaged,
)
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import OrdStatus, OrdType, Side, Standing, TimeInForce
from countermand.vocabulary.reasons import RejectReason

LIFETIME_NS = 100


def bid(price: int = 100, **more: Any) -> NewOrder:
    """An order of alice's for five lots."""
    limit = {"ord_type": OrdType.LIMIT, "time_in_force": TimeInForce.GTC}
    return new_order(ALICE, Side.BUY, 5, price, **limit, **more)


def stage(world: World, order: NewOrder) -> OrderId:
    """Write the order down and return its id."""
    world.run(StageOrder(order, LIFETIME_NS))
    return OrderId(world.seq)


def submit(
    world: World, order_id: OrderId, account: AccountId = ALICE, at_ns: int = 0
) -> RejectReason | None:
    """Place a staged order and return why it was refused, if it was."""
    first = world.run(SubmitOrder(account, order_id), at_ns=at_ns)[0]
    return first.reason if isinstance(first, InstructionRejected | OrderRejected) else None


def test_staged_order_holds_nothing_and_stands_nowhere() -> None:
    """Until it is submitted the money is free and the book is empty."""
    world = World()
    order_id = stage(world, bid())

    assert isinstance(world.events[0], OrderStaged)
    assert (MONEY, 0) == world.money(ALICE, USDC)
    assert ((), ()) == world.depth()
    staged = world.report(ALICE, order_id)
    assert Standing.STAGED is staged.standing
    assert (bid().terms, 0, False) == (staged.terms, staged.hold_minor, staged.is_open)


def test_submitted_order_bears_the_id_it_was_staged_with() -> None:
    """The id was told before the order was there, and is its own now."""
    world = World()
    order_id = stage(world, bid())
    world.run(SubmitOrder(ALICE, order_id, text="signed"))
    accepted = world.events[0]

    assert isinstance(accepted, OrderAccepted)
    assert order_id == accepted.order.order_id
    assert "signed" == world.report(ALICE, order_id).terms.text
    assert (MONEY, 5_000) == world.money(ALICE, USDC)
    assert Standing.RESTING is world.report(ALICE, order_id).standing


def test_order_is_submitted_once() -> None:
    """The second time it is there already."""
    world = World()
    order_id = stage(world, bid())
    submit(world, order_id)

    assert RejectReason.ALREADY_SUBMITTED == submit(world, order_id)


def test_another_account_cannot_submit_it() -> None:
    """To another account the order does not exist, before its submission and after."""
    world = World()
    order_id = stage(world, bid())

    assert RejectReason.UNKNOWN_ORDER == submit(world, order_id, BOB)
    submit(world, order_id)
    assert RejectReason.UNKNOWN_ORDER == submit(world, order_id, BOB)


def test_its_time_ends() -> None:
    """At the end of its lifetime, which it shows, it can no longer be submitted."""
    world = World()
    order_id = stage(world, bid())
    end_ns = world.exchange.ts_ns + LIFETIME_NS

    assert end_ns == world.report(ALICE, order_id).due_ns
    assert RejectReason.STAGING_EXPIRED == submit(world, order_id, at_ns=end_ns)


def test_bad_order_is_not_staged() -> None:
    """What would be refused now is refused now."""
    world = World()
    world.run(StageOrder(bid(price=0), LIFETIME_NS))

    first = world.events[0]
    assert isinstance(first, OrderRejected)
    assert RejectReason.PRICE_NOT_POSITIVE == first.reason


def test_lifetime_must_be_positive() -> None:
    """An order that could never be submitted is not staged."""
    world = World()
    world.run(StageOrder(bid(), 0))

    first = world.events[0]
    assert isinstance(first, OrderRejected)
    assert RejectReason.INVALID_EXPIRE_TIME == first.reason


def test_order_is_checked_again_when_submitted() -> None:
    """Money that went elsewhere in between is missed, and the order can be tried again."""
    world = World()
    order_id = stage(world, bid())
    world.buy(ALICE, MONEY // 1_000, 100)

    assert RejectReason.INSUFFICIENT_FUNDS == submit(world, order_id)
    world.mass_cancel(ALICE)
    assert submit(world, order_id) is None


def test_order_refused_on_submitting_can_be_kept() -> None:
    """Then it is an order, rejected, under its own id, and done with."""
    world = World()
    order_id = stage(world, bid(keep_rejected=True))
    world.buy(ALICE, MONEY // 1_000, 100)
    submit(world, order_id)

    assert OrdStatus.REJECTED is world.report(ALICE, order_id).ord_status
    assert RejectReason.ALREADY_SUBMITTED == submit(world, order_id)


def test_too_many_staged_orders_push_the_oldest_out() -> None:
    """What an account can make the exchange remember is bounded."""
    world = World()
    first = stage(world, bid())
    for _ in range(STAGED_PER_ACCOUNT_MAX):
        last = stage(world, bid())

    assert RejectReason.UNKNOWN_ORDER == submit(world, first)
    assert submit(world, last) is None


def test_staged_orders_survive_a_restart() -> None:
    """They are part of the image, and are submitted after it as before it."""
    world = World()
    order_id = stage(world, bid())
    world.exchange = Exchange.load(world.exchange.dump())

    assert submit(world, order_id) is None


def test_unknown_account_cannot_submit() -> None:
    """The submission is refused."""
    world = World()

    assert RejectReason.UNKNOWN_ACCOUNT == submit(world, OrderId(1), AccountId(999))


def test_staged_order_cannot_be_canceled() -> None:
    """It is no order yet, and needs no cancel: nothing comes of it by itself."""
    world = World()
    order_id = stage(world, bid())
    world.cancel(ALICE, order_id)

    assert ["cancel-refused - UNKNOWN_ORDER"] == world.story
