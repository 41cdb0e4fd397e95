"""Invariants: each rule notices when it is broken."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.core.build import (
    ALICE,
    BOB,
    BTC,
    CAROL,
    MONEY,
    PERCENT,
    PERP,
    RAIN,
    SPOT,
    USDC,
    World,
    new_order,
)
from tests.core.orders import change

from countermand.core import invariants
from countermand.core.invariants import check_invariants
from countermand.core.order import Order
from countermand.core.state import Account, Position, State
from countermand.core.timers import DEAD_MAN, EXPIRY, REQUEST
from countermand.vocabulary.commands import CancelOrder, NewOrderList, SetDeadMan
from countermand.vocabulary.ids import EXTERNAL, AssetId, OrderId
from countermand.vocabulary.order import (
    Contingency,
    ExecInst,
    OrdStatus,
    Pending,
    Side,
    Standing,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.units import PPB

SOURCE = Path(invariants.__file__).read_text()


@pytest.fixture
def state() -> State:
    """Return a sound state with orders of every standing, positions and closed orders."""
    world = World()
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    world.buy(ALICE, 2, 90, "a1", expire_ns=9_000)
    world.buy(ALICE, 2, 90, "a2")
    world.sell(BOB, 2, 110, "b1")
    world.sell(BOB, 2, 110, "b2", instrument_id=PERP)
    world.sell(ALICE, 2, 120, "reduce", instrument_id=PERP, exec_inst=int(ExecInst.REDUCE_ONLY))
    world.buy(BOB, 2, 90, "b3", instrument_id=PERP)
    world.sell(ALICE, 7, 130, "whole", exec_inst=int(ExecInst.ALL_OR_NONE))
    pair = [new_order(ALICE, Side.BUY, 2, at, cl_ord_id=f"pair{at - 79}") for at in (80, 81)]
    world.run(NewOrderList(ALICE, tuple(pair), Contingency.OCO))
    parent = new_order(ALICE, Side.BUY, 1, 82)
    child = new_order(ALICE, Side.SELL, 1, 140, cl_ord_id="child")
    world.run(NewOrderList(ALICE, (parent, child), first_lets_in=True))
    world.buy(BOB, 1, 100)
    filled = new_order(ALICE, Side.SELL, 1, 100, cl_ord_id="filled")
    late = new_order(ALICE, Side.BUY, 1, 70)
    world.run(NewOrderList(ALICE, (filled, late), first_lets_in=True))
    world.buy(ALICE, 1, 90, "new", delay_ns=1_000)
    world.run(SetDeadMan(ALICE, 5_000))
    world.buy(ALICE, 1, 120, "stop", trigger=Trigger(115, TriggerDirection.UP))
    world.run(CancelOrder(ALICE, OrderId(0), "a2", delay_ns=1_000))
    world.exchange.check_invariants()
    return world.exchange._state


def named(state: State, name: str) -> Order:
    """Return the order of a client id."""
    return next(order for order in state.orders.values() if order.now.cl_ord_id == name)


def alice(state: State) -> Account:
    """Return an account to spoil."""
    return state.accounts[ALICE]


def lose_money(state: State) -> None:
    """Take a unit that nobody gets."""
    alice(state).balances[USDC].total_minor -= 1


def lose_position(state: State) -> None:
    """Take a lot that nobody is short of."""
    alice(state).positions[PERP].net_lots -= 1


def misfile(state: State) -> None:
    """Lose an open order from its account."""
    del alice(state).open_orders[named(state, "a1").now.order_id]


def unplace(state: State) -> None:
    """Let a placed order be staged again, and filed as one that is not open."""
    order = named(state, "a1")
    del alice(state).open_orders[order.now.order_id]
    change(order, standing=Standing.STAGED)


def stop_on_the_way(state: State) -> None:
    """Leave an order between the door and the book."""
    change(named(state, "a1"), standing=Standing.PENDING)


def trade_backward(state: State) -> None:
    """Let an order have traded less than nothing."""
    change(named(state, "a1"), cum_qty_lots=-1, leaves_qty_lots=3)


def say_another_status(state: State) -> None:
    """Let an open order say it is filled."""
    change(named(state, "a1"), ord_status=OrdStatus.FILLED)


def miscount(state: State) -> None:
    """Let an order have more left than it has."""
    change(named(state, "a1"), order_qty_lots=3)


def leave_nothing(state: State) -> None:
    """Let an open order have nothing left."""
    change(named(state, "a1"), order_qty_lots=0, leaves_qty_lots=0)


def leave_the_book(state: State) -> None:
    """Let a resting order stand nowhere."""
    state.markets[SPOT].book.bids.remove(named(state, "a1").now)


def leave_the_side(state: State) -> None:
    """Let a waiting order wait nowhere."""
    del state.markets[SPOT].waiting[named(state, "whole").now.order_id]


def sleep_nowhere(state: State) -> None:
    """Let an order that sleeps be one that nothing wakes."""
    state.markets[SPOT].armed.remove(named(state, "stop").now)


def share_nothing(state: State) -> None:
    """Let the second of a pair hold what the first holds already."""
    change(named(state, "pair2"), shared=None)


def outlive(state: State) -> None:
    """Let one of a pair have traded, and the other be there still."""
    first = named(state, "pair1")
    change(first, cum_qty_lots=1, leaves_qty_lots=1, hold_minor=800)


def let_in_too_much(state: State) -> None:
    """Let a child be there of which its parent has let in nothing."""
    child = named(state, "child")
    change(child, standing=Standing.RESTING, shared=None, hold_minor=100)
    state.markets[SPOT].book.asks.add(child)


def forget_the_switch(state: State) -> None:
    """Watch for no dead man's switch."""
    state.timers._heap = [timer for timer in state.timers._heap if timer[1] != DEAD_MAN]


def rest_whole(state: State) -> None:
    """Let an order that trades whole or not at all stand where others trade in part."""
    change(named(state, "a1"), exec_inst=int(ExecInst.ALL_OR_NONE))


def hold_another_amount(state: State) -> None:
    """Let an open order hold more than it may come to owe."""
    change(named(state, "a1"), hold_minor=1)


def keep_something(state: State) -> None:
    """Let a closed order have something left."""
    change(closed(state), leaves_qty_lots=1)


def hold_after_the_end(state: State) -> None:
    """Let a closed order hold something."""
    change(closed(state), hold_minor=1)


def closed(state: State) -> Order:
    """Return an order that is over, of a list that is not."""
    return next(order for order in state.orders.values() if not order.now.is_open)


def forget_the_time(state: State) -> None:
    """Watch for no order's end."""
    state.timers._heap = [timer for timer in state.timers._heap if timer[1] != EXPIRY]


def cross(state: State) -> None:
    """Let the best bid reach the best ask, and hold what it then must."""
    bids, order = state.markets[SPOT].book.bids, named(state, "a2")
    bids.remove(order.now)
    change(order, price_ticks=110, hold_minor=2_200)
    bids.add(order)


def forget_the_limits(state: State) -> None:
    """Keep price limits that the rules have left behind."""
    state.markets[SPOT].limit_up_ticks = 7


def missum(state: State) -> None:
    """Let a level forget a lot."""
    state.markets[SPOT].book.bids.levels[90].qty_lots -= 1


def stray(state: State) -> None:
    """Let an order stand at another price than its own."""
    levels = state.markets[SPOT].book.bids.levels
    order = named(state, "a1")
    levels[90].orders[closed(state).now.order_id] = closed(state)
    change(closed(state), price_ticks=80)
    assert order.now.terms.price_ticks == 90


def jump_the_queue(state: State) -> None:
    """Let the later order stand first."""
    queue, first = state.markets[SPOT].book.bids.levels[90].orders, named(state, "a1")
    queue[first.now.order_id] = queue.pop(first.now.order_id)


def stray_price(state: State) -> None:
    """List a price at which nobody stands."""
    state.markets[SPOT].book.bids.prices.add(80)


def forget_the_best(state: State) -> None:
    """Call another price the best."""
    state.markets[SPOT].book.bids.best_px_ticks = 80


def miscount_empty(state: State) -> None:
    """Count an empty level that is not there."""
    state.markets[SPOT].book.bids.empty += 1


def close_twice(state: State) -> None:
    """Remember an open order as closed."""
    alice(state).closed[0] = named(state, "a1").now.order_id


def close_anothers(state: State) -> None:
    """Remember another account's closed order."""
    alice(state).closed[0] = state.accounts[BOB].closed[0]


def lose_a_closed_name(state: State) -> None:
    """Let the client id that a closed order is remembered by name nothing."""
    alice(state).cl_ord_ids.drop("filled")


def keep_too_much(state: State) -> None:
    """Keep a closed order whole whose list is over."""
    order = closed(state)
    change(order, link=None)


def miscount_closed(state: State) -> None:
    """Know of a closed order that no account remembers."""
    state.closed.add(OrderId(1), (ALICE, SPOT, OrdStatus.FILLED, CancelReason.NONE))


def misname(state: State) -> None:
    """Let a client id name another order."""
    alice(state).cl_ord_ids["other"] = named(state, "a1").now.order_id


def unname(state: State) -> None:
    """Let a client id name nothing."""
    alice(state).cl_ord_ids.drop("a1")


def lose_a_reducer(state: State) -> None:
    """Lose count of an order that may only reduce."""
    alice(state).reducing.clear()


def overhold(state: State) -> None:
    """Hold a unit for nothing."""
    alice(state).balances[USDC].hold_minor += 1


def overdraw(state: State) -> None:
    """Owe what only a perpetual may come to owe."""
    for account, sign in ((alice(state), -1), (state.accounts[BOB], 1)):
        account.balance(AssetId(BTC)).total_minor += sign * 20_000


def owe_the_exchange(state: State) -> None:
    """Hold less than nothing, of an asset that no order holds."""
    carol = state.accounts[CAROL]
    carol.positions[RAIN] = Position(margin_minor=0)
    del carol.positions[RAIN]
    carol.balances[BTC].hold_minor = 0
    order = named(state, "b1")
    instrument = state.markets[SPOT].instrument
    state.markets[SPOT].instrument = replace(instrument, lot_minor=-instrument.lot_minor)
    change(order, hold_minor=-order.now.hold_minor)
    state.accounts[BOB].balances[BTC].hold_minor = order.now.hold_minor
    whole = named(state, "whole")
    change(whole, hold_minor=-whole.now.hold_minor)
    alice(state).balances[BTC].hold_minor = whole.now.hold_minor


def stale_margin(state: State) -> None:
    """Hold margin for another cost."""
    position = alice(state).positions[PERP]
    position.margin_minor += 1
    alice(state).balances[USDC].hold_minor += 1


def miscount_open_sells(state: State) -> None:
    """Count an order that is not there."""
    state.accounts[BOB].positions[PERP].open_sell_lots += 1


def miscount_open_buys(state: State) -> None:
    """Count an order that is not there."""
    state.accounts[BOB].positions[PERP].open_buy_lots += 1


def misvalue_open_sells(state: State) -> None:
    """Value an order at another price than its own."""
    state.accounts[BOB].positions[PERP].open_sell_minor += 1


def misvalue_open_buys(state: State) -> None:
    """Value an order at another price than its own."""
    state.accounts[BOB].positions[PERP].open_buy_minor += 1


def cost_of_nothing(state: State) -> None:
    """Let a position that is none have cost something, and ask for the margin of that."""
    carol = state.accounts[CAROL]
    rate_ppb = state.markets[PERP].instrument.initial_margin_ppb
    margin_minor = -(-1_000 * rate_ppb // PPB)
    carol.positions[PERP] = Position(cost_minor=1_000, margin_minor=margin_minor)
    carol.balances[USDC].hold_minor += margin_minor


def pend_after_the_end(state: State) -> None:
    """Let something of a closed order be pending."""
    change(closed(state), pending=Pending.REPLACE)


def say_nothing_is_pending(state: State) -> None:
    """Let an order with a pending cancel tell of none."""
    change(named(state, "a2"), pending=Pending.NONE)


def ask_twice(state: State) -> None:
    """Let a second cancel of an order be pending."""
    ((number, request),) = state.requests.items()
    state.requests[number + 1] = request
    state.timers.add(request.due_ns, REQUEST, number + 1)


def forget_a_request(state: State) -> None:
    """Have a pending cancel, and watch another time for it."""
    ((number, request),) = state.requests.items()
    state.requests[number] = replace(request, due_ns=request.due_ns + 1)


def forget_to_let_in(state: State) -> None:
    """Have an order come to the book later, and watch another time for it."""
    order = named(state, "new")
    change(order, due_ns=order.now.due_ns + 1)


FAULTS: list[tuple[Callable[[State], None], str]] = [
    (lose_money, "assets do not sum to zero"),
    (lose_position, "positions in .* do not sum to zero"),
    (misfile, "is misfiled"),
    (unplace, "is staged and was placed"),
    (stop_on_the_way, "is on its way between entries"),
    (trade_backward, "has traded less than nothing"),
    (say_another_status, "is RESTING and says FILLED"),
    (miscount, "is not its quantity"),
    (leave_nothing, "is open with nothing left"),
    (leave_the_book, "is RESTING and the book says otherwise"),
    (leave_the_side, "is WAITING and the book's side says otherwise"),
    (sleep_nowhere, "is ARMED and its market's sleepers say otherwise"),
    (share_nothing, "is told to share what it does not"),
    (outlive, "outlives what its list has come to"),
    (let_in_too_much, "is more than was let in"),
    (forget_the_switch, "has a switch, and nothing watches it"),
    (rest_whole, "trades whole or not at all, where others trade in part"),
    (hold_another_amount, "holds something else than it may come to owe"),
    (keep_something, "is closed with something left"),
    (hold_after_the_end, "is closed and holds something"),
    (forget_the_time, "expires, and nothing watches it"),
    (pend_after_the_end, "is closed and something of it is pending"),
    (say_nothing_is_pending, "says NONE is pending, and it is CANCEL"),
    (ask_twice, "has the same pending twice"),
    (forget_a_request, "is pending, and nothing watches it"),
    (forget_to_let_in, "is pending new, unwatched"),
    (cross, "is crossed"),
    (forget_the_limits, "price limits are stale"),
    (stray_price, "price list and levels differ"),
    (forget_the_best, "the best price is stale"),
    (miscount_empty, "empty levels are miscounted"),
    (missum, "level sum is wrong"),
    (stray, "has an order of another price"),
    (jump_the_queue, "is out of order"),
    (close_twice, "remembers an open order as closed"),
    (close_anothers, "which is not closed and its own"),
    (lose_a_closed_name, "which names no order"),
    (keep_too_much, "is closed and kept whole"),
    (miscount_closed, "closed orders are miscounted"),
    (misname, "names an order that is called otherwise"),
    (unname, "has an order that its client id does not name"),
    (lose_a_reducer, "has lost count of what may only reduce"),
    (stale_margin, "margin is stale"),
    (overhold, "hold is not what orders hold"),
    (owe_the_exchange, "holds less than nothing"),
    (overdraw, "is overdrawn"),
    (miscount_open_buys, "open buys are miscounted"),
    (miscount_open_sells, "open sells are miscounted"),
    (misvalue_open_buys, "open buys are misvalued"),
    (misvalue_open_sells, "open sells are misvalued"),
    (cost_of_nothing, "a flat position has a cost"),
]


@pytest.mark.parametrize(("spoil", "complaint"), FAULTS)
def test_broken_rule_is_named(state: State, spoil: Callable[[State], None], complaint: str) -> None:
    """A state that cannot be is never passed over."""
    spoil(state)

    with pytest.raises(AssertionError, match=complaint):
        check_invariants(state)


def test_every_rule_has_a_fault_that_breaks_it() -> None:
    """A rule that nothing breaks says nothing. Each fault is named by a rule of its own."""
    rules = [node for node in ast.walk(ast.parse(SOURCE)) if isinstance(node, ast.Assert)]
    complaints = {complaint for _, complaint in FAULTS}

    assert all(rule.msg for rule in rules)
    assert len(rules) == len(complaints) == len(FAULTS)


def test_who_is_short_of_an_outcome_and_cannot_pay_is_named() -> None:
    """What is short is held to the last unit, but not the fee of what can only close it."""
    world = World(rain={"maker_fee_ppb": PERCENT})
    world.trade(BOB, ALICE, 10, 50, instrument_id=RAIN)
    world.withdraw(ALICE, MONEY + 10 * 500 - 25 - 10 * 1_000)
    world.buy(ALICE, 10, 50, instrument_id=RAIN)
    assert world.money(ALICE) == (10_000, 10_000 + 25 + 2)
    world.exchange.check_invariants()
    accounts = world.exchange._state.accounts
    accounts[ALICE].balances[USDC].total_minor -= 1
    accounts[EXTERNAL].balances[USDC].total_minor += 1

    with pytest.raises(AssertionError, match="is overdrawn"):
        world.exchange.check_invariants()
