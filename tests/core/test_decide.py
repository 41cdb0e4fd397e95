"""Decide: from a command to events, changing nothing."""

import pytest
from tests.core.build import ALICE, BOB, PERP, SPOT, World, new_order

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.order import ExecInst, Side
from countermand.vocabulary.queries import PreviewOrder


@pytest.mark.parametrize("market", [SPOT, PERP])
def test_preview_leaves_the_digest_alone(market: InstrumentId) -> None:
    """Asking what would happen is not asking for it, not even where there is a position limit."""
    world = World(spot={"position_lots_max": 5}, perp={"position_lots_max": 5})
    before = world.exchange.digest()
    order = new_order(ALICE, Side.BUY, 2, 100, instrument_id=market, cl_ord_id="a1")
    world.exchange.query(PreviewOrder(order))

    assert world.exchange.digest() == before


def test_position_limit_of_a_spot_market_bounds_each_order() -> None:
    """Where there are no positions the limit still holds, and leaves none behind."""
    world = World(spot={"position_lots_max": 5})
    world.buy(ALICE, 5, 100, "a1")
    world.exchange.check_invariants()

    world.buy(ALICE, 6, 100, "a2")

    assert world.story == ["rejected a2 POSITION_LIMIT"]


@pytest.mark.parametrize("restarted", [False, True])
def test_uncovered_orders_end_as_they_were_placed(world: World, *, restarted: bool) -> None:
    """One that became reduce-only later is not behind one that always was; nor after a restart."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    reduce_only = int(ExecInst.REDUCE_ONLY)
    first = world.sell(ALICE, 4, 110, "a1", instrument_id=PERP)
    world.sell(ALICE, 5, 111, "a2", instrument_id=PERP, exec_inst=reduce_only)
    zero = InstrumentId(0)
    world.run(ReplaceOrder(ALICE, zero, first, "", "", exec_inst=reduce_only))
    if restarted:
        world.exchange = Exchange.load(world.exchange.dump())
    world.trade(BOB, ALICE, 3, 100, instrument_id=PERP)

    assert world.story[-2:] == ["canceled a1 REDUCE_ONLY", "canceled a2 REDUCE_ONLY"]
