"""Pending: what is taken now and applied later."""

from typing import Any

import pytest
from tests.core.build import ALICE, BOB, MONEY, PERP, World

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import MassCancel, SetDelays
from countermand.vocabulary.events import (
    CancelRejected,
    InstructionRejected,
    MassCanceled,
    OrderAccepted,
    OrderCanceled,
    OrderReleased,
    OrderReplaced,
    RequestDue,
    RequestPended,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    ExecInst,
    ExecType,
    OrdStatus,
    OrdType,
    Pending,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import ListOpenOrders
from countermand.vocabulary.reasons import CancelReason, CxlRejReason, RejectReason

LATER_NS = 1_000


def at(world: World) -> int:
    """Return when what is taken now for later falls due."""
    return world.exchange.ts_ns + LATER_NS


def restart(world: World) -> None:
    """Go on from a dump."""
    world.exchange = Exchange.load(world.exchange.dump())


def test_new_order_is_pending_and_stands_nowhere(world: World) -> None:
    """It is open, holds its money and says when it comes."""
    order_id = world.buy(ALICE, 5, 100, delay_ns=LATER_NS)
    now = world.report(ALICE, order_id)

    assert [OrderAccepted] == [type(event) for event in world.events]
    assert (Standing.PENDING, Pending.NEW, OrdStatus.NEW) == (
        now.standing,
        now.pending,
        now.ord_status,
    )
    assert (ExecType.PENDING_NEW, now.submit_ns + LATER_NS) == (now.exec_type, now.due_ns)
    assert (MONEY, 5_000) == world.money(ALICE)
    assert ((), ()) == world.depth()
    assert (now,) == world.exchange.query(ListOpenOrders((ALICE,)))


def test_new_order_comes_to_the_book_when_it_is_due(world: World) -> None:
    """It trades with the orders before it, and a restart in between changes nothing."""
    order_id = world.buy(ALICE, 5, 100, "a1", delay_ns=LATER_NS)
    due_ns = world.report(ALICE, order_id).due_ns
    world.sell(BOB, 2, 100, "b1")
    assert due_ns == world.exchange.next_due_ns()
    restart(world)
    assert due_ns == world.exchange.next_due_ns()
    world.advance(due_ns)

    told = ["TimeAdvanced", "released a1", "traded b1 a1 2 @ 100", "rested a1"]
    assert told == world.story
    now = world.report(ALICE, order_id)
    assert (Standing.RESTING, Pending.NONE, 0) == (now.standing, now.pending, now.due_ns)
    assert 0 == world.exchange.next_due_ns()


@pytest.mark.parametrize(
    ("close", "reason"),
    [
        (TradingState.HALTED, RejectReason.MARKET_CLOSED),
        (TradingState.POST_ONLY, RejectReason.POST_ONLY_MARKET),
    ],
)
def test_market_that_has_closed_does_not_let_it_in(
    world: World, close: TradingState, reason: RejectReason
) -> None:
    """It ends, says why, and its money is free."""
    order_id = world.buy(ALICE, 5, 100, delay_ns=LATER_NS)
    world.set_state(close)
    world.advance(world.report(ALICE, order_id).due_ns)
    now = world.report(ALICE, order_id)

    assert (OrdStatus.CANCELED, CancelReason.NOT_LET_IN, reason) == (
        now.ord_status,
        now.cancel_reason,
        now.reject_reason,
    )
    assert (MONEY, 0) == world.money(ALICE)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"exec_inst": int(ExecInst.POST_ONLY)}, RejectReason.POST_ONLY_WOULD_CROSS),
        (
            {"ord_type": OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, "price": 0},
            RejectReason.NO_LIQUIDITY,
        ),
    ],
)
def test_book_that_has_changed_does_not_let_it_in(
    world: World, terms: dict[str, Any], reason: RejectReason
) -> None:
    """What a new order would be refused for ends it."""
    offer = world.sell(BOB, 1, 105)
    asked = {"price": 100, "time_in_force": TimeInForce.GTC, "delay_ns": LATER_NS} | terms
    order_id = world.buy(ALICE, 1, **asked)
    world.cancel(BOB, offer)
    if reason is RejectReason.POST_ONLY_WOULD_CROSS:
        world.sell(BOB, 1, 99)
    world.advance(world.report(ALICE, order_id).due_ns)

    assert reason is world.report(ALICE, order_id).reject_reason


def test_pending_order_that_is_replaced_stays_pending(world: World) -> None:
    """With its other terms, and due when it was."""
    order_id = world.buy(ALICE, 5, 100, "a1", delay_ns=LATER_NS)
    due_ns = world.report(ALICE, order_id).due_ns
    world.sell(BOB, 2, 101)
    world.replace(ALICE, order_id, price=101)

    assert ["replaced a1 5 @ 101 loses its place"] == world.story
    now = world.report(ALICE, order_id)
    assert (Standing.PENDING, Pending.NEW, due_ns) == (now.standing, now.pending, now.due_ns)
    assert (MONEY, 5_050) == world.money(ALICE)


def test_those_let_in_with_one_entry_keep_their_order_after_a_restart(world: World) -> None:
    """The order that was due first trades first, with any id."""
    second = world.buy(ALICE, 1, 100, "second", delay_ns=2 * LATER_NS)
    world.buy(BOB, 1, 100, "first", delay_ns=LATER_NS)
    world.advance(world.report(ALICE, second).due_ns)
    assert ["TimeAdvanced", "released first", "rested first"] == world.story[:3]
    restart(world)
    world.sell(BOB, 1, 100, "b1")

    assert "traded first b1 1 @ 100" in world.story


def test_cancel_is_pending_and_applied_when_it_is_due(world: World) -> None:
    """Until then the order stands where it stood and holds what it held."""
    order_id, due_ns = world.buy(ALICE, 5, 100), at(world) + 1
    world.cancel(ALICE, order_id, delay_ns=LATER_NS)
    (taken,) = world.events
    assert isinstance(taken, RequestPended)
    assert (due_ns, (world.report(ALICE, order_id),)) == (taken.due_ns, taken.reports)
    assert taken.reports == world.receipt.orders
    now = world.report(ALICE, order_id)
    assert (Standing.RESTING, Pending.CANCEL) == (now.standing, now.pending)
    assert ExecType.PENDING_CANCEL is now.exec_type
    assert (MONEY, 5_000) == world.money(ALICE)
    restart(world)
    world.advance(due_ns)

    assert [RequestDue, OrderCanceled] == [type(event) for event in world.events[1:]]
    now = world.report(ALICE, order_id)
    assert (OrdStatus.CANCELED, Pending.NONE) == (now.ord_status, now.pending)
    assert (MONEY, 0) == world.money(ALICE)


def test_fill_can_come_before_the_cancel(world: World) -> None:
    """A part of it leaves the cancel pending; all of it makes the cancel too late."""
    order_id, due_ns = world.buy(ALICE, 5, 100), at(world) + 1
    world.cancel(ALICE, order_id, delay_ns=LATER_NS)
    world.sell(BOB, 2, 100)
    assert Pending.CANCEL is world.report(ALICE, order_id).pending
    world.sell(BOB, 3, 100)
    assert Pending.NONE is world.report(ALICE, order_id).pending
    world.advance(due_ns)

    *_, refused = world.events
    assert isinstance(refused, CancelRejected)
    assert (CxlRejReason.TOO_LATE_TO_CANCEL, OrdStatus.FILLED) == (
        refused.cxl_rej_reason,
        refused.ord_status,
    )


@pytest.mark.parametrize("first", ["cancel", "replace"])
@pytest.mark.parametrize("second", ["cancel", "replace"])
def test_one_of_a_kind_is_pending_and_nothing_after_a_cancel(
    world: World, first: str, second: str
) -> None:
    """A cancel may follow a replacement; what would wait for nothing is refused."""
    order_id = world.buy(ALICE, 5, 100)
    for verb in (first, second):
        if verb == "cancel":
            world.cancel(ALICE, order_id, delay_ns=LATER_NS)
        else:
            world.replace(ALICE, order_id, qty=4, delay_ns=LATER_NS)
    (event,) = world.events
    if (first, second) == ("replace", "cancel"):
        assert isinstance(event, RequestPended)
        assert Pending.CANCEL is world.report(ALICE, order_id).pending
    else:
        assert isinstance(event, CancelRejected)
        assert CxlRejReason.ALREADY_PENDING is event.cxl_rej_reason
        assert event.order == world.report(ALICE, order_id)


def test_replacement_is_applied_to_the_order_as_it_is_by_then(world: World) -> None:
    """Its quantity counts what was executed meanwhile, and it comes in anew."""
    order_id, due_ns = world.buy(ALICE, 5, 100, "a1"), at(world) + 1
    world.replace(ALICE, order_id, price=102, delay_ns=LATER_NS)
    assert Pending.REPLACE is world.report(ALICE, order_id).pending
    world.sell(BOB, 2, 100)
    world.sell(BOB, 1, 102, "b1")
    world.advance(due_ns)

    assert [
        "TimeAdvanced",
        "due a1",
        "replaced a1 5 @ 102 loses its place",
        "traded b1 a1 1 @ 102",
        "rested a1",
    ] == world.story
    assert Pending.NONE is world.report(ALICE, order_id).pending


def test_replacement_that_is_refused_by_then_leaves_the_order_as_it_is(world: World) -> None:
    """And nothing pending."""
    order_id, due_ns = world.buy(ALICE, 5, 100, "a1"), at(world) + 1
    world.replace(ALICE, order_id, qty=2, delay_ns=LATER_NS)
    world.sell(BOB, 3, 100)
    world.advance(due_ns)

    assert ["TimeAdvanced", "due a1"] == world.story[:2]
    assert world.story[2].startswith("replace-refused a1 OTHER PARTIALLY_FILLED QTY_BELOW")
    assert Pending.NONE is world.report(ALICE, order_id).pending


def test_cancel_at_once_overtakes_what_is_pending(world: World) -> None:
    """And the pending one is too late then."""
    order_id, due_ns = world.buy(ALICE, 5, 100, "a1"), at(world) + 1
    world.cancel(ALICE, order_id, delay_ns=LATER_NS)
    world.cancel(ALICE, order_id)
    assert ["canceled a1 REQUESTED"] == world.story
    world.advance(due_ns)

    assert "cancel-refused a1 TOO_LATE_TO_CANCEL CANCELED" == world.story[-1]


def test_mass_cancel_later_takes_what_matches_now(world: World) -> None:
    """Of the orders that match now, those still open when it is due."""
    first = world.buy(ALICE, 1, 90, "a1")
    world.buy(ALICE, 1, 91, "a2")
    due_ns = at(world) + 1
    world.mass_cancel(ALICE, delay_ns=LATER_NS)
    assert [f"pending-cancel a1 a2 until {due_ns}"] == world.story
    later = world.buy(ALICE, 1, 92, "a3")
    world.cancel(ALICE, first)
    world.advance(due_ns)

    assert [RequestDue, OrderCanceled, MassCanceled] == [type(e) for e in world.events[1:]]
    assert [later] == [o.order_id for o in world.exchange.query(ListOpenOrders((ALICE,)))]


def test_mass_cancel_of_what_is_pending_already_takes_nothing_more(world: World) -> None:
    """It is on its way."""
    order_id = world.buy(ALICE, 1, 90)
    world.cancel(ALICE, order_id, delay_ns=LATER_NS)
    world.mass_cancel(ALICE, delay_ns=LATER_NS)

    assert (MassCanceled(ALICE, 0),) == world.events


def test_mass_cancel_by_ids_takes_those(world: World) -> None:
    """Of the account's, and no others."""
    first, _, third = (world.buy(ALICE, 1, 90, name) for name in ("a1", "a2", "a3"))
    others = world.buy(BOB, 1, 90, "b1")
    world.run(MassCancel(ALICE, order_ids=(third, first, others, OrderId(999))))

    assert ["canceled a1 MASS_CANCEL", "canceled a3 MASS_CANCEL", "mass-canceled 2"] == world.story


def test_order_that_expires_pending_is_over(world: World) -> None:
    """Neither comes to the book nor is canceled later."""
    gtd = {"time_in_force": TimeInForce.GTD, "expire_ns": at(world)}
    order_id = world.buy(ALICE, 1, 90, "a1", delay_ns=2 * LATER_NS, **gtd)
    world.cancel(ALICE, order_id, delay_ns=3 * LATER_NS)
    world.advance(10 * LATER_NS)

    assert ["TimeAdvanced", "expired a1", "due -"] == world.story[:3]
    assert "cancel-refused a1 TOO_LATE_TO_CANCEL EXPIRED" == world.story[3]
    world.exchange.check_invariants()


def test_venue_says_how_long_it_takes(world: World) -> None:
    """For its own accounts, where a command says nothing itself; 0 everywhere ends it."""
    world.run(SetDelays("acme", 10, 20, 30))
    order_id = world.buy(ALICE, 1, 90)
    assert world.exchange.ts_ns + 10 == world.report(ALICE, order_id).due_ns
    world.cancel(ALICE, world.buy(ALICE, 1, 90, delay_ns=0))
    assert f"until {world.exchange.ts_ns + 20}" in world.story[0]
    world.replace(ALICE, world.buy(ALICE, 2, 90, delay_ns=0), qty=1)
    assert f"until {world.exchange.ts_ns + 30}" in world.story[0]
    restart(world)
    world.run(SetDelays("acme"))
    world.buy(ALICE, 1, 90)

    assert Standing.RESTING is world.receipt.orders[0].standing


def test_venue_cannot_be_told_what_was_before(world: World) -> None:
    """A delay is never below nothing; of a command one below nothing is none."""
    world.run(SetDelays("acme", 0, -1))
    assert (InstructionRejected(RejectReason.INVALID_AMOUNT),) == world.events
    order_id = world.buy(ALICE, 1, 90, delay_ns=-5)

    assert Standing.RESTING is world.report(ALICE, order_id).standing


def test_reduce_only_order_that_loses_its_cover_while_it_is_pending_ends(world: World) -> None:
    """As one that rests does."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    reduce_only = int(ExecInst.REDUCE_ONLY)
    order_id = world.sell(
        ALICE, 5, 120, instrument_id=PERP, exec_inst=reduce_only, delay_ns=LATER_NS
    )
    world.trade(BOB, ALICE, 1, 100, instrument_id=PERP)

    assert CancelReason.REDUCE_ONLY is world.report(ALICE, order_id).cancel_reason


def test_money_of_a_pending_order_cannot_be_spent_twice(world: World) -> None:
    """It is held from when it is taken."""
    world.buy(ALICE, 100, 100, delay_ns=LATER_NS)
    world.buy(ALICE, 1, 100, "a2")

    assert ["rejected a2 INSUFFICIENT_FUNDS"] == world.story


def test_each_event_has_the_order_as_it_is_after_it(world: World) -> None:
    """A follower of events looks nothing up."""
    order_id = world.buy(ALICE, 1, 90, delay_ns=LATER_NS)
    world.advance(world.report(ALICE, order_id).due_ns)
    released = [e.order for e in world.events if isinstance(e, OrderReleased)]
    assert [(Pending.NONE, ExecType.NEW)] == [(o.pending, o.exec_type) for o in released]
    world.replace(ALICE, order_id, price=91, delay_ns=LATER_NS)
    world.advance(at(world))
    replaced = [e.order for e in world.events if isinstance(e, OrderReplaced)]

    assert [Pending.NONE] == [o.pending for o in replaced]
