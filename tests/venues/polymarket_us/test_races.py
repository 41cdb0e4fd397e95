"""
Races of two requests for one order, over a socket with the published SDK, in both its forms.

The first request decides, and no order is left open that neither user wanted. Every race runs until
both of its ends were seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from polymarket_us import BadRequestError
from tests.served import Served
from tests.venues.polymarket_us.counter import IOC, terms
from tests.venues.polymarket_us.floor import NAME
from tests.venues.polymarket_us.test_sdk_orders import FORMS, HERE, other_world, shown
from tests.venues.polymarket_us.test_sdk_reads import Sdk

Call = Callable[[], Any]
ANSWERS = ["precondition", "silence"]

# From then on one of the two is done before the other begins, so that both ends are seen.
FREE_ROUNDS = 8


@pytest.fixture(scope="module", params=ANSWERS)
def venue(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """An exchange that answers a cancel which comes too late in one way or the other."""
    file = other_world(
        Path(tmp_path_factory.mktemp("world")),
        ('closed_cancel_answer = "precondition"', f'closed_cancel_answer = "{request.param}"'),
    )
    with Served(None, "--venue", NAME, "--world", str(file)) as served:
        yield served.venue(NAME) | {"answer": request.param}


@pytest.fixture(params=FORMS)
def sdk(request: pytest.FixtureRequest, venue: dict[str, Any]) -> Sdk:
    """Either form."""
    return Sdk(request.param, venue)


def rounds(
    first: Call, second: Call, begin: Call
) -> Iterator[tuple[Any, Future[Any], Future[Any]]]:
    """Begin again and again, and let two calls race; yield what was begun, and both when done."""
    with ThreadPoolExecutor(2) as pool:
        for number in range(FREE_ROUNDS + 2):
            begun = begin()
            both = [first, second] if number % 2 else [second, first]
            running = []
            for call in both:
                running.append(pool.submit(call))
                if number >= FREE_ROUNDS:
                    running[0].exception()
            for one in running:
                one.exception()
            ordered = running if number % 2 else running[::-1]
            yield begun, ordered[0], ordered[1]


def test_fill_and_cancel(sdk: Sdk) -> None:
    """
    The order is canceled or filled, and both users are told the same. Where a late cancel is a
    silent 200, a fill may follow a successful cancel, and no cancel follows a fill.
    """
    orders: list[str] = []
    ends = set()

    def begin() -> str:
        orders.append(sdk.ask("orders.create", terms("BUY_LONG", "0.30", 1))["id"])
        return orders[-1]

    def take() -> str:
        hit = terms("BUY_SHORT", "0.30", 1, tif=IOC)
        return str(sdk.ask("orders.create", hit, owner="bob")["id"])

    def cancel() -> None:
        sdk.ask("orders.cancel", orders[-1], HERE)

    for order_id, taking, canceling in rounds(take, cancel, begin):
        won = shown(sdk, order_id)["state"].removeprefix("ORDER_STATE_")
        theirs = shown(sdk, taking.result(), "bob")["state"].removeprefix("ORDER_STATE_")
        late = canceling.exception()

        assert (won, theirs) in (("CANCELED", "EXPIRED"), ("FILLED", "FILLED"))
        assert (late is not None) is (won == "FILLED" and sdk.venue["answer"] == "precondition")
        assert late is None or isinstance(late, BadRequestError)
        ends.add(won)
    assert {"CANCELED", "FILLED"} == ends


def test_fill_and_modify(sdk: Sdk) -> None:
    """
    An order for 100 is modified to 50 while 60 are taken: either 50 trade and it is filled, or 60
    trade and it is canceled. None is left to work.
    """
    orders: list[str] = []
    ends = set()

    def begin() -> str:
        orders.append(sdk.ask("orders.create", terms("BUY_LONG", "0.40", 100))["id"])
        return orders[-1]

    def take() -> None:
        sdk.ask("orders.create", terms("BUY_SHORT", "0.40", 60, tif=IOC), owner="bob")

    def modify() -> None:
        sdk.ask("orders.modify", orders[-1], HERE | {"quantity": 50})

    for order_id, taking, modifying in rounds(take, modify, begin):
        taking.result()
        modifying.result()
        order = shown(sdk, order_id)
        ends.add((order["state"], order["cumQuantity"], order["leavesQuantity"]))
    assert {("ORDER_STATE_FILLED", 50, 0), ("ORDER_STATE_CANCELED", 60, 0)} == ends
