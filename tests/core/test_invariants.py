"""Invariants: each rule notices when it is broken."""

from collections.abc import Callable

import pytest
from tests.core.build import ALICE, BOB, BTC, MONEY, PERCENT, PERP, RAIN, SPOT, USDC, World
from tests.core.orders import change

from countermand.core.invariants import check_invariants
from countermand.core.order import Order
from countermand.core.state import Account, State
from countermand.vocabulary.ids import EXTERNAL, AssetId


@pytest.fixture
def state() -> State:
    """Return a sound state with resting orders, positions and a closed order."""
    world = World()
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    world.buy(ALICE, 2, 90, "a1")
    world.buy(ALICE, 2, 90, "a2")
    world.sell(BOB, 2, 110, "b1")
    world.sell(BOB, 2, 110, "b2", instrument_id=PERP)
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


def miscount(state: State) -> None:
    """Let an order have more left than it has."""
    change(named(state, "a1"), order_qty_lots=3)


def leave_the_book(state: State) -> None:
    """Let an open order stand nowhere."""
    state.markets[SPOT].book.bids.remove(named(state, "a1").now)


def hold_after_the_end(state: State) -> None:
    """Let a closed order hold something."""
    change(next(o for o in state.orders.values() if not o.now.is_open), hold_minor=1)


def cross(state: State) -> None:
    """Let the best bid reach the best ask."""
    bids, order = state.markets[SPOT].book.bids, named(state, "a2")
    bids.remove(order.now)
    change(order, price_ticks=110)
    bids.add(order)


def missum(state: State) -> None:
    """Let a level forget a lot."""
    state.markets[SPOT].book.bids.levels[90].qty_lots -= 1


def jump_the_queue(state: State) -> None:
    """Let the later order stand first."""
    queue, first = state.markets[SPOT].book.bids.levels[90].orders, named(state, "a1")
    queue[first.now.order_id] = queue.pop(first.now.order_id)


def stray_price(state: State) -> None:
    """List a price at which nobody stands."""
    state.markets[SPOT].book.bids.prices.add(80)


def empty_level(state: State) -> None:
    """Keep a level in which nobody stands."""
    level = state.markets[SPOT].book.bids.levels[90]
    for order in list(level.orders.values()):
        level.orders.pop(order.now.order_id)


def overhold(state: State) -> None:
    """Hold a unit for nothing."""
    alice(state).balances[USDC].hold_minor += 1


def overdraw(state: State) -> None:
    """Owe what only a perpetual may come to owe."""
    for account, sign in ((alice(state), -1), (state.accounts[BOB], 1)):
        account.balance(AssetId(BTC)).total_minor += sign * 20_000


def owe_the_exchange(state: State) -> None:
    """Hold less than nothing."""
    order = named(state, "b1")
    change(order, hold_minor=order.now.hold_minor - 50_000)
    state.accounts[BOB].balances[BTC].hold_minor -= 50_000


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


FAULTS: list[tuple[Callable[[State], None], str]] = [
    (lose_money, "do not sum to zero"),
    (lose_position, "do not sum to zero"),
    (misfile, "is misfiled"),
    (miscount, "is not its quantity"),
    (leave_the_book, "not where it says"),
    (hold_after_the_end, "holds something"),
    (cross, "is crossed"),
    (missum, "level sum is wrong"),
    (jump_the_queue, "is out of order"),
    (stray_price, "price list and levels differ"),
    (empty_level, "not where it says"),
    (overhold, "hold is not what orders hold"),
    (overdraw, "is overdrawn"),
    (owe_the_exchange, "holds less than nothing"),
    (stale_margin, "margin is stale"),
    (miscount_open_buys, "open buys are miscounted"),
    (miscount_open_sells, "open sells are miscounted"),
]


@pytest.mark.parametrize(("spoil", "complaint"), FAULTS)
def test_broken_rule_is_named(state: State, spoil: Callable[[State], None], complaint: str) -> None:
    """A state that cannot be is never passed over."""
    spoil(state)

    with pytest.raises(AssertionError, match=complaint):
        check_invariants(state)


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
