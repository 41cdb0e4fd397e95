"""TWAP: one order that comes in by slices until its time is over."""

from typing import Any

import pytest
from tests.venues.coinbase_intx.shop import Shop
from tests.venues.coinbase_intx.test_stops import bid, read
from tests.venues.desk import START_NS

from countermand.vocabulary.commands import AdvanceTime
from countermand.wire import times

END = times.iso_floor_ms(START_NS + 100 * times.S)
TWAP: dict[str, Any] = {"algo_strategy": "TWAP", "tif": "GTT", "expire_time": END, "size": "1"}


def wait(shop: Shop, seconds: int) -> None:
    """Let time pass, and happen what falls due."""
    shop.desk.clock.ns += seconds * times.S
    shop.desk.engine.enter(AdvanceTime())


def test_it_trades_by_slices(shop: Shop) -> None:
    """A tenth as soon as it is there, and one every tenth of its time."""
    bid(shop, "3100", "0.35")
    order = shop.placed(**TWAP)
    assert (order["algo_strategy"], order["type"], order["exec_qty"]) == ("TWAP", "LIMIT", "0")
    for seconds, done in ((0, "0.1"), (5, "0.1"), (6, "0.2"), (10, "0.3")):
        wait(shop, seconds)
        order = read(shop)
        told = (order["exec_qty"], order["event_type"], order["order_status"])
        assert told == (done, "TRADE", "WORKING")
    assert (order["size"], order["avg_price"]) == ("1", "3100")


def test_unfilled_quantity_ends_with_the_last_slice(shop: Shop) -> None:
    """A slice without a match does not rest, and the last slice ends the order."""
    order = shop.placed(**TWAP)
    assert (order["event_type"], order["order_status"]) == ("NEW", "WORKING")
    wait(shop, 50)
    assert read(shop)["event_type"] == "NEW"
    wait(shop, 60)
    order = read(shop)
    told = (order["event_type"], order["order_status"], order["exec_qty"], order["text"])
    assert told == ("CANCELED", "DONE", "0", "algo ended")


def test_cancel_stops_the_rest(shop: Shop) -> None:
    """The traded quantity stays traded."""
    bid(shop, "3100", "1")
    shop.placed(**TWAP)
    wait(shop, 0)
    status, order = shop.cancel("one")
    told = (status, order["event_type"], order["exec_qty"], order["leaves_qty"])
    assert told == (200, "CANCELED", "0.1", "0.9")
    wait(shop, 60)
    assert read(shop)["exec_qty"] == "0.1"


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"tif": "GTC", "expire_time": None}, "INVALID_ALGO_STRATEGY - algo_strategy TWAP applies"),
        ({"type": "MARKET", "tif": "IOC", "price": None, "expire_time": None}, "TWAP applies"),
        ({"type": "STOP_LIMIT", "stop_price": "3110"}, "TWAP applies"),
        ({"post_only": True}, "TWAP applies"),
        ({"size": "0.0001"}, "INVALID_SCHEDULE - "),
    ],
)
def test_schedule_that_is_refused(shop: Shop, changes: dict[str, Any], title: str) -> None:
    """No order exists afterwards."""
    status, problem = shop.place(**{**TWAP, **changes})
    assert (status, title in problem["title"]) == (400, True), problem
    assert [] == shop.open()
