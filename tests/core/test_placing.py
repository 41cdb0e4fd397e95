"""Placing: what a new order or a replacement brings about, event for event."""

from countermand.core.order import OrdStatus, SelfTradePrevention
from tests.core.build import ALICE, BOB, World

DECREMENT = SelfTradePrevention.DECREMENT_AND_CANCEL


def test_order_decremented_and_then_filled_is_filled(world: World) -> None:
    """Quantity lost to self-trade prevention is gone before what is left of it trades."""
    world.sell(ALICE, 2, 100, "a1")
    world.sell(BOB, 3, 101, "b1")
    taker = world.buy(ALICE, 5, 101, "a2", stp=DECREMENT)

    assert world.story == [
        "accepted a2 5 @ 101",
        "canceled a1 SELF_TRADE_PREVENTION",
        "restated a2 3",
        "traded b1 a2 3 @ 101",
    ]
    assert world.report(ALICE, taker).ord_status is OrdStatus.FILLED
    world.exchange.check_invariants()
