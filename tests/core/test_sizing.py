"""Sizing: what an amount of money is worth at a book."""

from typing import Any

import pytest
from tests.core.build import ALICE, BOB, CAROL, PERCENT, PERP, World, new_order

from countermand.core import sizing
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

LEFT_OVER = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT


def lots(world: World, cash: int, side: Side = Side.BUY, **more: Any) -> int:
    """Return what an order of alice's for an amount of money is for."""
    price = more.pop("price_ticks", 0)
    terms = {"ord_type": OrdType.MARKET, "time_in_force": TimeInForce.IOC} | more
    command = new_order(ALICE, side, 0, price, cash=Cash(cash), **terms)
    market = world.exchange._state.markets[command.instrument_id]
    return sizing.order_qty_lots(market, ALICE, command.terms)


@pytest.fixture
def offered(world: World) -> World:
    """Return an exchange where three lots are offered at 100 and three at 110."""
    world.sell(BOB, 3, 100)
    world.sell(CAROL, 3, 110)
    return world


@pytest.mark.parametrize(
    ("cash", "expected"),
    [(999, 0), (1_000, 1), (3_000, 3), (4_099, 3), (4_100, 4), (6_300, 6), (99_999, 6)],
)
def test_buy_spends_no_more_than_the_cash(offered: World, cash: int, expected: int) -> None:
    """Level after level, in whole lots, as far as there are any."""
    assert lots(offered, cash) == expected


@pytest.mark.parametrize(("cash", "expected"), [(1_000, 1), (1_999, 1), (2_899, 2), (2_900, 3)])
def test_sell_brings_no_more_than_the_cash(world: World, cash: int, expected: int) -> None:
    """The best bids first."""
    world.buy(BOB, 2, 100)
    world.buy(BOB, 5, 90)

    assert lots(world, cash, Side.SELL) == expected


def test_bound_of_its_own_ends_the_walk(offered: World) -> None:
    """What stands beyond it is not bought."""
    assert lots(offered, 9_000, price_ticks=109) == 3


@pytest.mark.parametrize(("ord_type", "expected"), [(OrdType.MARKET, 3), (LEFT_OVER, 3 + 6)])
def test_band_of_the_market_ends_the_walk(ord_type: OrdType, expected: int) -> None:
    """What stands beyond it will not be met, and what is left over will stand at the best price."""
    world = World(spot={"market_band_ppb": 5 * PERCENT})
    world.sell(BOB, 3, 100)
    world.sell(BOB, 3, 110)

    assert lots(world, 9_000, ord_type=ord_type) == expected


def test_rest_is_sized_at_the_best_price(offered: World) -> None:
    """3000 and 3300 are spent, and 2700 of 9000 are left for two lots at 100."""
    assert lots(offered, 9_000, ord_type=LEFT_OVER) == 3 + 3 + 2


def test_nothing_to_stand_behind_makes_no_lots(world: World) -> None:
    """An empty book has no best price."""
    assert lots(world, 9_000, ord_type=LEFT_OVER) == 0


@pytest.mark.parametrize(
    ("stp", "expected"), [(SelfTradePrevention.NONE, 3), (SelfTradePrevention.RESTING, 2)]
)
def test_own_orders_count_only_where_they_trade(
    world: World, stp: SelfTradePrevention, expected: int
) -> None:
    """With self-trade prevention the money has to do for the dearer order behind."""
    world.sell(ALICE, 3, 100)
    world.sell(BOB, 3, 110)

    assert lots(world, 3_000, stp=stp) == expected


def test_orders_that_may_be_pulled_do_not_count(world: World) -> None:
    """A reduce-only order may be gone by the time it is met."""
    world.trade(BOB, CAROL, 3, 100, instrument_id=PERP)
    world.sell(BOB, 3, 100, instrument_id=PERP, exec_inst=int(ExecInst.REDUCE_ONLY))
    world.sell(CAROL, 3, 110, instrument_id=PERP)

    assert lots(world, 3_000, instrument_id=PERP) == 2
