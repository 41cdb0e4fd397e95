"""Decide: from a command to events, changing nothing."""

import pytest
from tests.core.build import ALICE, PERP, SPOT, World

from countermand.core.commands import NewOrder
from countermand.core.ids import InstrumentId
from countermand.core.order import OrdType, Side, TimeInForce
from countermand.core.queries import PreviewOrder


@pytest.mark.parametrize("market", [SPOT, PERP])
def test_preview_leaves_the_digest_alone(market: InstrumentId) -> None:
    """Asking what would happen is not asking for it, not even where there is a position limit."""
    world = World(spot={"position_lots_max": 5}, perp={"position_lots_max": 5})
    before = world.exchange.digest()
    order = NewOrder(ALICE, market, "a1", Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 2, 100)
    world.exchange.query(PreviewOrder(order))

    assert world.exchange.digest() == before


def test_position_limit_of_a_spot_market_bounds_each_order() -> None:
    """Where there are no positions the limit still holds, and leaves none behind."""
    world = World(spot={"position_lots_max": 5})
    world.buy(ALICE, 5, 100, "a1")
    world.exchange.check_invariants()

    world.buy(ALICE, 6, 100, "a2")

    assert world.story == ["rejected a2 POSITION_LIMIT"]
