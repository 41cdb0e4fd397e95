"""Linked: orders that act on each other, each once, in the same entry."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.core.build import (
    ALICE,
    BOB,
    BTC,
    CAROL,
    COINS,
    MONEY,
    PERP,
    SHARES,
    World,
    new_order,
)

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import NewOrder, NewOrderList
from countermand.vocabulary.events import ListRejected, OrderRejected, OrderTriggered
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    Cash,
    Contingency,
    ExecInst,
    Link,
    OrdStatus,
    Pending,
    Side,
    Slot,
    Standing,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.queries import GetOrderList, ListOpenOrders
from countermand.vocabulary.reasons import CancelReason, RejectReason

OCO, OUO, NONE = Contingency.OCO, Contingency.OUO, Contingency.NONE
STOP = Trigger(90, TriggerDirection.DOWN)


def buy(qty: int, price: int, name: str = "", **more: Any) -> NewOrder:
    """A leg of alice's that buys."""
    return new_order(ALICE, Side.BUY, qty, price, cl_ord_id=name, **more)


def sell(qty: int, price: int, name: str = "", **more: Any) -> NewOrder:
    """A leg of alice's that sells; without a price, at the market once it is woken."""
    at_market = {} if price else {"time_in_force": TimeInForce.GTC}
    return new_order(ALICE, Side.SELL, qty, price, cl_ord_id=name, **(at_market | more))


def listed(world: World, *orders: NewOrder, **how: Any) -> list[OrderId]:
    """Take a list and return the ids of its orders."""
    number = world.exchange.number + 1
    world.run(NewOrderList(ALICE, orders, **how))
    return [OrderId(number + 1 + at) for at in range(len(orders))]


def standing(world: World, *order_ids: OrderId) -> list[Standing]:
    """Return where orders stand."""
    return [world.report(ALICE, order_id).standing for order_id in order_ids]


ENDS: dict[str, Callable[[World, OrderId], None]] = {
    "a trade of a part": lambda world, _: world.sell(BOB, 1, 99) and None,
    "a trade of all": lambda world, _: world.sell(BOB, 5, 99) and None,
    "a cancel": lambda world, order_id: world.cancel(ALICE, order_id),
    "an expiry": lambda world, _: world.advance(5_000),
}


@pytest.mark.parametrize("end", ENDS)
def test_one_cancels_the_other(world: World, end: str) -> None:
    """Each end and each partial trade of one ends the other, once, in the same entry."""
    gtd = {"time_in_force": TimeInForce.GTD, "expire_ns": 5_000}
    first, second = listed(world, buy(5, 99, **gtd), buy(5, 95), contingency=OCO)
    assert (MONEY, 4_950) == world.money(ALICE)
    ENDS[end](world, first)

    now = world.report(ALICE, second)
    assert (OrdStatus.CANCELED, CancelReason.LINKED) == (now.ord_status, now.cancel_reason)
    left = 3_960 if end == "a trade of a part" else 0
    assert left == world.money(ALICE)[1]
    world.exchange.check_invariants()


@pytest.mark.parametrize("dearer_first", [True, False])
def test_pair_holds_the_larger_once(world: World, dearer_first: bool) -> None:
    """In both orders of arrival, and after a restart; the rest of a pair holds its own."""
    legs = (buy(5, 100), buy(4, 90)) if dearer_first else (buy(4, 90), buy(5, 100))
    first, second = listed(world, *legs, contingency=OCO)
    assert (MONEY, 5_000) == world.money(ALICE)
    world.exchange = Exchange.load(world.exchange.dump())
    world.exchange.check_invariants()
    world.replace(ALICE, first, price=70)
    expected = 3_600 if dearer_first else 5_000
    assert (MONEY, max(expected, 3_500 if dearer_first else 2_800)) == world.money(ALICE)
    world.cancel(ALICE, second)

    assert (MONEY, 0) == world.money(ALICE)


def test_pair_on_both_sides_holds_both(world: World) -> None:
    """What a buy holds and what a sell holds is not the same."""
    listed(world, buy(5, 90), sell(5, 110), contingency=OCO)

    assert (MONEY, 4_500) == world.money(ALICE)
    assert (COINS, 500) == world.money(ALICE, BTC)


def test_pair_sells_the_same_shares_once() -> None:
    """Who may not borrow can protect all that is owned, with either."""
    world = World(shares={})
    world.sell(CAROL, 5, 100, instrument_id=SHARES)
    world.buy(ALICE, 5, 100, instrument_id=SHARES)
    on = {"instrument_id": SHARES}
    profit, stop = listed(
        world, sell(5, 110, **on), sell(5, 0, trigger=STOP, **on), contingency=OUO
    )

    assert [Standing.RESTING, Standing.ARMED] == standing(world, profit, stop)
    assert 5 == world.position(ALICE, SHARES).open_sell_lots
    world.sell(ALICE, 1, 110, "more", **on)
    assert ["rejected more SHORT_NOT_ALLOWED"] == world.story


def test_the_other_loses_each_traded_lot(world: World) -> None:
    """The other loses each traded lot, and both end together."""
    first, second = listed(world, sell(5, 110), sell(5, 0, trigger=STOP), contingency=OUO)
    world.buy(BOB, 2, 110)
    assert 3 == world.report(ALICE, second).leaves_qty_lots
    assert (COINS - 200, 300) == world.money(ALICE, BTC)
    world.buy(BOB, 3, 110)

    assert OrdStatus.FILLED is world.report(ALICE, first).ord_status
    assert CancelReason.LINKED is world.report(ALICE, second).cancel_reason
    assert 0 == world.money(ALICE, BTC)[1]


@pytest.mark.parametrize(("contingency", "sold"), [(OCO, 3), (OUO, 5)])
def test_one_sweep_meets_a_pair_as_what_is_left_of_it(
    world: World, contingency: Contingency, sold: int
) -> None:
    """The second is gone, or smaller, when the same order comes to it."""
    first, second = listed(world, sell(3, 100, "a"), sell(5, 101, "b"), contingency=contingency)
    world.buy(BOB, 9, 101)

    both = [world.report(ALICE, order_id).cum_qty_lots for order_id in (first, second)]
    assert sold == sum(both)
    assert [Standing.CLOSED] * 2 == standing(world, first, second)
    world.exchange.check_invariants()


def test_pair_does_not_trade_with_itself(world: World) -> None:
    """One is gone before the other comes to it, and ends it."""
    first, second = listed(world, sell(2, 100, "a"), buy(2, 100, "b"), contingency=OCO)

    assert ["canceled a LINKED", "rested b", "canceled b LINKED"] == world.story[-3:]
    assert [0, 0] == [world.report(ALICE, order).cum_qty_lots for order in (first, second)]


def test_children_follow_what_their_first_has_traded(world: World) -> None:
    """A part lets in as much; the whole lets in the whole; and what is held back holds nothing."""
    first, child = listed(world, buy(3, 100), sell(3, 110), first_lets_in=True)
    assert [Standing.RESTING, Standing.HELD] == standing(world, first, child)
    assert 0 == world.money(ALICE, BTC)[1]
    for sold, let_in in ((1, 1), (2, 3)):
        world.sell(BOB, sold, 100)
        now = world.report(ALICE, child)
        assert (Standing.RESTING, let_in) == (now.standing, now.leaves_qty_lots)
        assert let_in * 100 == world.money(ALICE, BTC)[1]
    world.exchange.check_invariants()


def test_child_that_has_sold_what_it_was_let_in_for_waits_for_more(world: World) -> None:
    """It ends once: filled, when its first has filled."""
    first, child = listed(world, buy(3, 100), sell(3, 110), first_lets_in=True)
    world.sell(BOB, 1, 100)
    world.buy(CAROL, 1, 110)
    now = world.report(ALICE, child)
    assert (Standing.HELD, OrdStatus.PARTIALLY_FILLED, 2) == (
        now.standing, now.ord_status, now.leaves_qty_lots,
    )  # fmt: skip
    world.exchange = Exchange.load(world.exchange.dump())
    world.sell(BOB, 2, 100)
    world.buy(CAROL, 2, 110)

    assert [OrdStatus.FILLED] * 2 == [
        world.report(ALICE, order_id).ord_status for order_id in (first, child)
    ]


def test_first_that_ends_leaves_what_it_has_traded(world: World) -> None:
    """Of what came in nothing is taken away, and what waited for more ends."""
    first, child = listed(world, buy(3, 100), sell(3, 110), first_lets_in=True)
    world.sell(BOB, 1, 100)
    world.cancel(ALICE, first)
    now = world.report(ALICE, child)
    assert (Standing.RESTING, 1) == (now.standing, now.leaves_qty_lots)
    first, child = listed(world, buy(3, 100), sell(3, 120), first_lets_in=True)
    world.cancel(ALICE, first)

    assert CancelReason.LINKED is world.report(ALICE, child).cancel_reason


def test_bracket_protects_every_part_that_is_bought(world: World) -> None:
    """Parts of the first, of the profit and of the stop, in any order, add up."""
    first, profit, stop = listed(
        world, buy(4, 100), sell(4, 110), sell(4, 0, trigger=STOP),
        contingency=OUO, first_lets_in=True,
    )  # fmt: skip
    world.sell(BOB, 1, 100)
    world.buy(CAROL, 1, 110)
    assert [Standing.HELD, Standing.HELD] == standing(world, profit, stop)
    world.sell(BOB, 3, 100)
    assert [Standing.RESTING, Standing.ARMED] == standing(world, profit, stop)
    lots = [world.report(ALICE, order_id).leaves_qty_lots for order_id in (profit, stop)]
    assert [3, 3] == lots
    assert (COINS + 300, 300) == world.money(ALICE, BTC)
    world.cancel(ALICE, stop)

    assert [Standing.CLOSED] * 3 == standing(world, first, profit, stop)
    assert (COINS + 300, 0) == world.money(ALICE, BTC)


def test_child_at_the_market_comes_in_at_the_market_as_it_is_then(world: World) -> None:
    """What stood there when it was taken is no matter."""
    ioc = {"time_in_force": TimeInForce.IOC}
    _, child = listed(world, buy(2, 100), sell(2, 0, **ioc), first_lets_in=True)
    world.buy(CAROL, 9, 90)
    world.sell(BOB, 2, 100)
    now = world.report(ALICE, child)

    assert (OrdStatus.FILLED, 1_800) == (now.ord_status, now.cum_notional_minor)


def test_child_that_cannot_come_in_ends(world: World) -> None:
    """And says why; its first stays as it is."""
    first, child = listed(
        world, buy(3, 100), sell(3, 110, exec_inst=int(ExecInst.REDUCE_ONLY)), first_lets_in=True
    )
    world.sell(BOB, 1, 100)
    now = world.report(ALICE, child)

    assert (CancelReason.NOT_LET_IN, RejectReason.NOT_REDUCING) == (
        now.cancel_reason,
        now.reject_reason,
    )
    assert Standing.RESTING is world.report(ALICE, first).standing


def test_reduce_only_pair_is_covered_as_one(world: World) -> None:
    """The stop is smaller before its cover is."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    on = {"instrument_id": PERP, "exec_inst": int(ExecInst.REDUCE_ONLY)}
    _, stop = listed(world, sell(5, 110, **on), sell(5, 80, trigger=STOP, **on), contingency=OUO)
    world.buy(BOB, 2, 110, instrument_id=PERP)

    assert (Standing.ARMED, 3) == (
        world.report(ALICE, stop).standing,
        world.report(ALICE, stop).leaves_qty_lots,
    )


INVALID, FUNDS = RejectReason.INVALID_LIST, RejectReason.INSUFFICIENT_FUNDS
TWICE, NONE_LEFT = RejectReason.DUPLICATE_CL_ORD_ID, RejectReason.QTY_NOT_POSITIVE
LETS_IN: dict[str, Any] = {"first_lets_in": True}
PAIR: dict[str, Any] = {"contingency": OCO}


@pytest.mark.parametrize(
    ("orders", "how", "index", "reason"),
    [
        ((buy(1, 90),), {}, 0, INVALID),
        ((buy(1, 90), buy(1, 91)), {}, 0, INVALID),
        ((buy(1, 90),) * 3, PAIR, 0, INVALID),
        ((buy(1, 90),) * 2, PAIR | LETS_IN, 0, INVALID),
        ((buy(1, 90), buy(1, 90, instrument_id=PERP)), PAIR, 0, INVALID),
        ((buy(1, 90, slot=Slot(0, 1)), buy(1, 90)), PAIR, 0, INVALID),
        ((buy(1, 90), sell(0, 0, cash=Cash(9))), LETS_IN, 0, INVALID),
        ((buy(1, 90, "a"), buy(1, 91, "a")), PAIR, 1, TWICE),
        ((buy(1, 90), sell(0, 110)), LETS_IN, 1, NONE_LEFT),
        ((buy(900, 900), sell(1, 110)), LETS_IN, 0, FUNDS),
    ],
)  # fmt: skip
def test_list_is_refused_as_a_whole(
    world: World,
    orders: tuple[NewOrder, ...],
    how: dict[str, Any],
    index: int,
    reason: RejectReason,
) -> None:
    """For what is wrong with one of its orders, or with how they are linked."""
    world.run(NewOrderList(ALICE, orders, **how))

    assert (ListRejected(ALICE, index, reason),) == world.events
    assert (MONEY, 0) == world.money(ALICE)
    assert () == world.exchange.query(ListOpenOrders((ALICE,)))


def test_only_a_list_links_orders(world: World) -> None:
    """An order that says so itself is refused."""
    world.buy(ALICE, 1, 90, link=Link(1, 2, OCO, is_child=False))
    (refused,) = world.events

    assert isinstance(refused, OrderRejected)
    assert RejectReason.INVALID_LIST is refused.reason


def test_list_and_its_orders_have_numbers_of_their_own(world: World) -> None:
    """And the next order has the number after them."""
    number = world.exchange.number + 1
    first, second = listed(world, buy(1, 90, "a"), buy(1, 91, "b"), contingency=OCO)
    assert [first, second] == [order.order_id for order in world.receipt.orders]
    report = world.exchange.query(GetOrderList(ALICE, number))
    assert (number, [first, second]) == (report.list_id, [o.order_id for o in report.orders])
    assert world.exchange.query(GetOrderList(BOB, number)) is None
    assert world.exchange.query(GetOrderList(ALICE, number + 50)) is None
    world.buy(ALICE, 1, 80, "c")

    assert second + 1 == world.receipt.orders[0].order_id


def test_mass_cancel_ends_each_once(world: World) -> None:
    """What it takes needs no other reason."""
    listed(world, buy(1, 90, "a"), buy(1, 91, "b"), contingency=OCO)
    listed(world, buy(1, 90, "c"), sell(1, 110, "d"), first_lets_in=True)
    world.mass_cancel(ALICE)

    assert [
        "canceled a MASS_CANCEL", "canceled b MASS_CANCEL", "canceled c MASS_CANCEL",
        "canceled d MASS_CANCEL", "mass-canceled 4",
    ] == world.story  # fmt: skip
    assert (MONEY, 0) == world.money(ALICE)


def test_withdrawal_frees_a_pair_as_one(world: World) -> None:
    """The end of either is the end of both."""
    listed(world, buy(5, 100, "a"), buy(5, 99, "b"), contingency=OCO)
    world.withdraw(ALICE, MONEY - 100)

    assert ["withdrawn 99900", "canceled b UNFUNDED", "canceled a LINKED"] == world.story
    assert (100, 0) == world.money(ALICE)


def test_child_can_be_replaced_while_it_is_held_back(world: World) -> None:
    """It comes in with what it then is, as far as its first lets it."""
    _, child = listed(world, buy(3, 100), sell(3, 110), first_lets_in=True)
    world.replace(ALICE, child, price=105, qty=2)
    assert Standing.HELD is world.report(ALICE, child).standing
    world.sell(BOB, 3, 100)

    now = world.report(ALICE, child)
    assert (105, 2) == (now.terms.price_ticks, now.leaves_qty_lots)


def test_child_that_waits_for_more_is_canceled_when_its_cancel_is_due(world: World) -> None:
    """A cancel that is pending stays so over what the child trades meanwhile."""
    _, child = listed(world, buy(3, 100), sell(3, 110), first_lets_in=True)
    world.sell(BOB, 1, 100)
    world.cancel(ALICE, child, delay_ns=1_000)
    world.buy(CAROL, 1, 110)
    now = world.report(ALICE, child)
    assert (Standing.HELD, Pending.CANCEL) == (now.standing, now.pending)
    world.exchange.check_invariants()
    world.advance(world.exchange.ts_ns + 1_000)

    now = world.report(ALICE, child)
    assert (OrdStatus.CANCELED, 1) == (now.ord_status, now.cum_qty_lots)


def test_woken_child_that_is_let_in_for_more_is_not_woken_twice() -> None:
    """A market that refuses triggers which are met has nothing to refuse of it."""
    world = World(spot={"refuses_met_trigger": True})
    world.sell(BOB, 2, 89)
    take = Trigger(92, TriggerDirection.UP)
    _, child = listed(world, buy(5, 95), sell(5, 120, trigger=take), first_lets_in=True)
    assert [Standing.ARMED] == standing(world, child)
    world.sell(BOB, 1, 95)
    assert [Standing.RESTING] == standing(world, child)
    world.sell(BOB, 1, 95)

    now = world.report(ALICE, child)
    assert (Standing.RESTING, 4) == (now.standing, now.leaves_qty_lots)
    assert not any(isinstance(event, OrderTriggered) for event in world.events)
