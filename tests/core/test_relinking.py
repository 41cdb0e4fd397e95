"""Relinking: all orders of a list get other terms at once, or none of them does."""

from typing import Any

import pytest
from tests.core.build import ALICE, BOB, BTC, COINS, MONEY, PERP, World
from tests.core.test_linked import OCO, OUO, STOP, buy, listed, sell

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import (
    CancelOrder,
    ConfigureAccount,
    ReplaceList,
    ReplaceOrder,
    SetDelays,
    SetKill,
)
from countermand.vocabulary.events import (
    CancelRejected,
    ListReplaced,
    OrderReplaced,
    RequestDue,
    RequestPended,
)
from countermand.vocabulary.ids import NO_INSTRUMENT, AccountId, OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    ExecInst,
    Pending,
    SelfTradePrevention,
    Standing,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason

LOWER = Trigger(85, TriggerDirection.DOWN)


def leg(order_id: int, name: str = "", named: str = "", **terms: Any) -> ReplaceOrder:
    """What an order of alice's is to be, and is `named` from then on."""
    return ReplaceOrder(ALICE, NO_INSTRUMENT, OrderId(order_id), name, named, **terms)


def relink(world: World, *legs: ReplaceOrder, delay_ns: int | None = None) -> list[type]:
    """Ask for other terms of a list of alice's, and return which events came of it."""
    world.run(ReplaceList(ALICE, legs, delay_ns))
    return [type(event) for event in world.events]


def refused(world: World) -> CancelRejected:
    """Return the one event of a refusal."""
    (event,) = world.events
    assert isinstance(event, CancelRejected)
    assert CxlRejResponseTo.REPLACE is event.response_to
    return event


def at_fault_and_why(world: World) -> tuple[OrderId, RejectReason | None]:
    """Return which order a refusal is for, and what is wrong with it."""
    told = refused(world)
    assert told.order is not None
    return told.order.order_id, told.reject_reason


def test_both_have_their_terms_and_are_told(world: World) -> None:
    """In one entry, in their order; each keeps its id, and its name unless it gets another."""
    first, second = listed(
        world, sell(5, 110, "profit"), sell(5, 80, "loss", trigger=STOP), contingency=OCO
    )
    terms = {"price_ticks": 112, "order_qty_lots": 3}
    stop = {"price_ticks": 75, "order_qty_lots": 3, "trigger": LOWER, "text": "said"}
    told = relink(world, leg(0, "profit", "better", **terms), leg(second, **stop))

    assert [OrderReplaced, OrderReplaced, ListReplaced] == told[:3]
    assert ListReplaced(ALICE, first - 1, (first, second)) == world.events[2]
    profit, loss = (world.report(ALICE, order_id) for order_id in (first, second))
    assert [profit, loss] == list(world.receipt.orders)
    assert ("better", 112, 3) == (
        profit.cl_ord_id, profit.terms.price_ticks, profit.leaves_qty_lots,
    )  # fmt: skip
    shown = (loss.cl_ord_id, loss.terms.trigger, loss.terms.text, loss.standing)
    assert ("loss", LOWER, "said", Standing.ARMED) == shown
    assert (COINS, 300) == world.money(ALICE, BTC)
    world.exchange.check_invariants()


def test_pair_holds_the_larger_once_in_either_order(world: World) -> None:
    """What it is to hold is asked for, not what each would hold alone."""
    first, second = listed(world, buy(5, 90), buy(5, 99), contingency=OCO)
    assert (MONEY, 4_950) == world.money(ALICE)
    most = MONEY // 10
    relink(world, leg(first, order_qty_lots=most // 100), leg(second, order_qty_lots=most // 99))
    assert (MONEY, 101 * 99 * 10) == world.money(ALICE)
    relink(world, leg(first, price_ticks=100), leg(second, price_ticks=50))
    assert (MONEY, MONEY) == world.money(ALICE)
    world.exchange.check_invariants()
    relink(world, leg(first, order_qty_lots=101), leg(second))

    assert RejectReason.INSUFFICIENT_FUNDS is refused(world).reject_reason
    assert (MONEY, MONEY) == world.money(ALICE)


def test_both_sides_of_a_market_hold_each_their_own(world: World) -> None:
    """A buy and a sell of a pair are paid for together."""
    first, second = listed(world, buy(5, 90), sell(5, 110), contingency=OUO)
    relink(world, leg(first, order_qty_lots=6), leg(second, order_qty_lots=7))
    assert [(MONEY, 5_400), (COINS, 700)] == [world.money(ALICE), world.money(ALICE, BTC)]
    relink(world, leg(first, order_qty_lots=8), leg(second, order_qty_lots=COINS // 100 + 1))

    assert RejectReason.INSUFFICIENT_FUNDS is refused(world).reject_reason
    assert [(MONEY, 5_400), (COINS, 700)] == [world.money(ALICE), world.money(ALICE, BTC)]


@pytest.mark.parametrize("is_first", [True, False])
def test_margin_is_asked_of_the_larger_once(is_first: bool) -> None:
    """Ten times what there is in money can stand, in either order, and not a lot more."""
    world, on = World(), {"instrument_id": PERP}
    first, second = listed(world, buy(5, 90, **on), buy(5, 95, **on), contingency=OCO)
    lots = MONEY // (95 * 10) * 10
    legs = (lots, 5) if is_first else (5, lots)
    prices = {"price_ticks": 95}
    for more, is_paid in ((0, True), (10, False)):
        sizes = [qty + more * (qty == lots) for qty in legs]
        pairs = zip((first, second), sizes, strict=True)
        relink(world, *(leg(o, order_qty_lots=qty, **prices) for o, qty in pairs))
        assert is_paid is (ListReplaced in map(type, world.events))
        assert lots == world.position(ALICE).open_buy_lots
        world.exchange.check_invariants()


def test_position_limit_counts_a_pair_once() -> None:
    """What both could buy is what the larger could."""
    world, on = World(perp={"position_lots_max": 8}), {"instrument_id": PERP}
    first, second = listed(world, buy(5, 90, **on), buy(5, 95, **on), contingency=OCO)
    relink(world, leg(first, order_qty_lots=8), leg(second, order_qty_lots=8))
    assert 8 == world.position(ALICE).open_buy_lots
    relink(world, leg(first, order_qty_lots=7), leg(second, order_qty_lots=9))

    assert RejectReason.POSITION_LIMIT is refused(world).reject_reason
    assert 8 == world.position(ALICE).open_buy_lots


def test_only_less_at_the_same_price_keeps_the_place(world: World) -> None:
    """The others come in anew, one after the other, when both have their terms."""
    first, second = listed(world, buy(5, 90, "a"), buy(5, 89, "b"), contingency=OCO)
    world.buy(BOB, 1, 90)
    world.buy(BOB, 1, 89)
    relink(world, leg(first, order_qty_lots=4), leg(second, order_qty_lots=6))
    assert [True, False] == [e.keeps_priority for e in world.events if type(e) is OrderReplaced]
    world.sell(BOB, 4, 90)

    assert 4 == world.report(ALICE, first).cum_qty_lots
    assert "canceled b LINKED" == world.story[-1]


def test_one_that_trades_as_it_comes_in_ends_the_other_before_that_does(world: World) -> None:
    """Of two that would both trade only the first does."""
    first, second = listed(world, sell(5, 110, "a"), sell(5, 112, "b"), contingency=OCO)
    world.buy(BOB, 2, 100)
    world.buy(BOB, 2, 99)
    relink(world, leg(first, price_ticks=100), leg(second, price_ticks=99))

    assert ["rested a", "canceled b LINKED"] == world.story[-2:]
    assert [2, 0] == [world.report(ALICE, o).cum_qty_lots for o in (first, second)]


def test_held_orders_are_replaced_with_the_first(world: World) -> None:
    """A first and a bracket on it, before the first has traded."""
    first, profit, loss = listed(
        world, buy(4, 95), sell(4, 110), sell(4, 0, trigger=STOP),
        contingency=OUO, first_lets_in=True,
    )  # fmt: skip
    relink(
        world,
        leg(first, order_qty_lots=6, price_ticks=96),
        leg(profit, order_qty_lots=6, price_ticks=111),
        leg(loss, order_qty_lots=6, trigger=LOWER),
    )
    assert (MONEY, 5_760) == world.money(ALICE)
    world.sell(BOB, 6, 96)

    assert (COINS + 600, 600) == world.money(ALICE, BTC)
    assert LOWER == world.report(ALICE, loss).terms.trigger
    assert 111 == world.report(ALICE, profit).terms.price_ticks


REDUCE_ONLY, POST_ONLY = int(ExecInst.REDUCE_ONLY), int(ExecInst.POST_ONLY)
TAKEN, INVALID = RejectReason.DUPLICATE_CL_ORD_ID, RejectReason.INVALID_LIST


@pytest.mark.parametrize(
    ("first", "second", "at_fault", "reason"),
    [
        ({}, {}, 0, RejectReason.NOTHING_TO_REPLACE),
        ({"price_ticks": 111}, {"order_qty_lots": -1}, 1, RejectReason.QTY_NOT_POSITIVE),
        ({"price_ticks": -1}, {}, 0, RejectReason.PRICE_NOT_POSITIVE),
        ({"price_ticks": 111}, {"named": "taken"}, 1, TAKEN),
        ({"named": "same"}, {"named": "same"}, 1, TAKEN),
        ({"trigger": LOWER}, {}, 0, RejectReason.INVALID_TRIGGER),
        ({"order_qty_lots": 6}, {"order_qty_lots": 2_000}, 0, RejectReason.INSUFFICIENT_FUNDS),
        ({"exec_inst": POST_ONLY, "price_ticks": 89}, {}, 0, RejectReason.POST_ONLY_WOULD_CROSS),
        ({"price_ticks": 111}, {"exec_inst": REDUCE_ONLY}, 1, RejectReason.NOT_REDUCING),
        ({"price_ticks": 111}, {"time_in_force": TimeInForce.GTD}, 1,
         RejectReason.INVALID_EXPIRE_TIME),
    ],
)  # fmt: skip
def test_for_one_at_fault_all_stay_as_they_are(
    world: World,
    first: dict[str, Any],
    second: dict[str, Any],
    at_fault: int,
    reason: RejectReason,
) -> None:
    """Names, prices, holds and places: one event, and nothing of it true."""
    world.buy(BOB, 1, 89, "theirs")
    world.buy(ALICE, 1, 50, "taken")
    ids = listed(world, sell(5, 110, "a"), sell(5, 80, "b", trigger=STOP), contingency=OCO)
    before = [world.report(ALICE, o) for o in ids], world.money(ALICE, BTC), world.depth()
    relink(world, leg(ids[0], **first), leg(ids[1], **second))

    assert (ids[at_fault], reason) == at_fault_and_why(world)
    after = [world.report(ALICE, o) for o in ids], world.money(ALICE, BTC), world.depth()
    assert before == after
    world.exchange.check_invariants()


def test_list_must_be_named_whole_and_in_its_order(world: World) -> None:
    """Nothing else is a list, and another account's orders are not there."""
    first, second = listed(world, sell(5, 110, "a"), sell(5, 111), contingency=OCO)
    other, _ = listed(world, sell(5, 112), sell(5, 113), contingency=OCO)
    alone = world.sell(ALICE, 1, 120)
    legs = [leg(o, price_ticks=115) for o in (first, second, other, alone)]
    for wrong in (
        legs[:1], legs[1:2], legs[1::-1], [*legs[:2], legs[2]], [legs[0], legs[2]], legs[3:],
    ):  # fmt: skip
        relink(world, *wrong)
        assert (CxlRejReason.OTHER, INVALID) == (
            refused(world).cxl_rej_reason, refused(world).reject_reason,
        )  # fmt: skip
    for unknown in ((), (legs[0], leg(999)), (leg(0, "gone"), legs[1])):
        relink(world, *unknown)
        assert CxlRejReason.UNKNOWN_ORDER is refused(world).cxl_rej_reason
    for account in (BOB, AccountId(999)):
        world.run(ReplaceList(account, tuple(legs[:2])))
        assert CxlRejReason.UNKNOWN_ORDER is refused(world).cxl_rej_reason
    assert 110 == world.report(ALICE, first).terms.price_ticks


def test_nothing_of_a_list_that_acts_or_has_acted_changes(world: World) -> None:
    """Once one has traded, was woken or is over; and when all are, it comes too late."""
    first, second = listed(world, sell(5, 110), sell(5, 80, trigger=STOP), contingency=OUO)
    legs = leg(first, price_ticks=112), leg(second, trigger=LOWER)
    world.buy(BOB, 1, 110)
    relink(world, *legs)
    told = refused(world)
    assert (CxlRejReason.OTHER, RejectReason.LIST_UNDERWAY) == (
        told.cxl_rej_reason, told.reject_reason,
    )  # fmt: skip
    world.cancel(ALICE, first)
    relink(world, *legs)
    assert (CxlRejReason.TOO_LATE_TO_CANCEL, None) == (
        refused(world).cxl_rej_reason, refused(world).reject_reason,
    )  # fmt: skip


def test_woken_stop_that_rests_is_not_replaced_with_its_list(world: World) -> None:
    """It has traded nothing and is open, but its trigger is met."""
    first, second = listed(world, sell(5, 110), sell(5, 95, trigger=STOP), contingency=OCO)
    world.trade(BOB, BOB, 1, 90, stp=SelfTradePrevention.NONE)
    assert [Standing.RESTING] * 2 == [world.report(ALICE, o).standing for o in (first, second)]
    relink(world, leg(first, price_ticks=112), leg(second))

    assert (second, RejectReason.LIST_UNDERWAY) == at_fault_and_why(world)


def test_it_waits_where_its_venue_takes_time_and_over_a_restart(world: World) -> None:
    """Both are pending, and another that would wait is refused; a cancel comes first."""
    first, second = listed(world, sell(5, 110), sell(5, 80, trigger=STOP), contingency=OCO)
    world.run(SetDelays("acme", replace_ns=1_000))
    legs = leg(first, price_ticks=112), leg(second, trigger=LOWER)
    assert [RequestPended] == relink(world, *legs)
    due_ns = world.exchange.ts_ns + 1_000
    pending = [world.report(ALICE, o).pending for o in (first, second)]
    assert [Pending.REPLACE] * 2 == pending == [o.pending for o in world.receipt.orders]
    relink(world, *legs)
    assert CxlRejReason.ALREADY_PENDING is refused(world).cxl_rej_reason
    world.replace(ALICE, second, qty=2)
    assert CxlRejReason.ALREADY_PENDING is refused(world).cxl_rej_reason
    world.exchange = Exchange.load(world.exchange.dump())
    assert due_ns == world.exchange.next_due_ns()
    world.advance(due_ns)

    assert ListReplaced in map(type, world.events)
    assert [112, 80] == [world.report(ALICE, o).terms.price_ticks for o in (first, second)]
    assert [Pending.NONE] * 2 == [world.report(ALICE, o).pending for o in (first, second)]


def test_cancel_that_comes_first_leaves_nothing_to_replace(world: World) -> None:
    """What is due then is refused as too late, and told for none that is over."""
    first, second = listed(world, sell(5, 110), sell(5, 80, trigger=STOP), contingency=OCO)
    relink(world, leg(first, price_ticks=112), leg(second), delay_ns=1_000)
    world.run(CancelOrder(ALICE, first))
    world.advance(world.exchange.ts_ns + 1_000)
    _, due, too_late = world.events

    assert isinstance(due, RequestDue)
    assert () == due.orders
    assert isinstance(too_late, CancelRejected)
    assert CxlRejReason.TOO_LATE_TO_CANCEL is too_late.cxl_rej_reason


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (SetKill(ALICE, is_killed=True, spares_protective=True), RejectReason.ACCOUNT_KILLED),
        (ConfigureAccount(ALICE, trading_locked=True), RejectReason.ACCOUNT_LOCKED),
    ],
)
def test_stopped_account_replaces_no_list(world: World, stop: Any, reason: RejectReason) -> None:
    """A switch that spares what protects does not let it be changed."""
    first, second = listed(world, sell(5, 80, trigger=STOP), sell(5, 0, trigger=LOWER),
                           contingency=OCO)  # fmt: skip
    world.run(stop)
    relink(world, leg(first, price_ticks=79), leg(second))

    assert reason is refused(world).reject_reason


def test_market_that_accepts_only_cancels_replaces_no_list(world: World) -> None:
    """And goes on refusing until it is open again."""
    first, second = listed(world, sell(5, 110), sell(5, 111), contingency=OCO)
    world.set_state(TradingState.CANCEL_ONLY)
    relink(world, leg(first, price_ticks=112), leg(second))
    assert RejectReason.MARKET_CLOSED is refused(world).reject_reason
    world.set_state(TradingState.TRADING)

    assert ListReplaced in relink(world, leg(first, price_ticks=112), leg(second))


def test_order_that_would_meet_its_own_account_is_refused(world: World) -> None:
    """Where it asks for that, and before anything trades."""
    careful = {"stp": SelfTradePrevention.REJECT}
    first, second = listed(world, sell(5, 110, **careful), sell(5, 111), contingency=OCO)
    world.buy(ALICE, 1, 90)
    relink(world, leg(first, price_ticks=90), leg(second))

    assert RejectReason.SELF_TRADE is refused(world).reject_reason
