"""
Modify Order: a new order under the old id, whose outcome only the order tells.

Source: Orders API reference, "Modify Order"; what it leaves open is chosen in the venue's README.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from tests.venues.polymarket_us.counter import (
    GTC,
    IOC,
    ORDER_NOT_FOUND,
    SLUG_REQUIRED,
    Counter,
)
from tests.venues.polymarket_us.floor import CHAMPION, GAME, dollars

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.messages.orders import ModifyOrder
from countermand.venues.polymarket_us.replace import serve_replace
from countermand.vocabulary.queries import GetOrder

GTD = "TIME_IN_FORCE_GOOD_TILL_DATE"
LATER, LATEST = "2027-01-15T09:00:00Z", "2027-01-15T10:00:00.5Z"


def resting(counter: Counter, **more: Any) -> str:
    """Return the id of an order of alice's that rests without a match."""
    return counter.place("alice", "BUY_LONG", "0.40", 10, **more)


def test_price_and_quantity(counter: Counter) -> None:
    """Floored to the market's steps as in a new order; the id and the rest stay."""
    order_id = resting(counter)

    assert (200, {}) == counter.modify(order_id, price=dollars("0.419"), quantity="15.005")
    shown = counter.shown(order_id)
    assert (dollars("0.41"), 15, 15, GTC) == (
        shown["price"], shown["quantity"], shown["leavesQuantity"], shown["tif"],
    )  # fmt: skip


def test_quantity_counts_what_was_executed(counter: Counter) -> None:
    """The new total; what is left is the rest of it."""
    order_id = resting(counter)
    counter.place("bob", "BUY_SHORT", "0.40", 4)

    assert (200, {}) == counter.modify(order_id, quantity=6)
    shown = counter.shown(order_id)
    assert (6, 4, 2) == (shown["quantity"], shown["cumQuantity"], shown["leavesQuantity"])


@pytest.mark.parametrize("quantity", [4, 3, 0.001])
def test_quantity_that_was_executed_already(counter: Counter, quantity: float) -> None:
    """Leaves nothing to work: the order is canceled."""
    order_id = resting(counter)
    counter.place("bob", "BUY_SHORT", "0.40", 4)

    assert (200, {}) == counter.modify(order_id, quantity=quantity)
    assert counter.state(order_id) == "CANCELED"


def test_quantity_of_zero_is_one_that_was_not_given(counter: Counter) -> None:
    """As in protobuf, where zero is the default: the quantity stays, and other terms change."""
    order_id = resting(counter)

    assert (200, {}) == counter.modify(order_id, price=dollars("0.41"), quantity=0)
    shown = counter.shown(order_id)
    assert (dollars("0.41"), 10, "ORDER_STATE_NEW") == (
        shown["price"], shown["quantity"], shown["state"],
    )  # fmt: skip


@pytest.mark.parametrize("quantity", [5, 4, 1])
def test_quantity_that_is_executed_on_the_way(counter: Counter, quantity: int) -> None:
    """The executed quantity counts as of the modification's arrival."""
    desk, order_id = counter.desk, resting(counter)
    account = desk.accounts()[0].account_id
    number = ids.parse_order(order_id)
    assert number is not None
    form = ModifyOrder(order_id=order_id, market_slug=GAME, quantity=Decimal(quantity))
    seen = desk.engine.exchange.query(GetOrder(account, number))
    steps = serve_replace(form, desk.context())
    next(steps)
    command = steps.send(seen)
    counter.place("bob", "BUY_SHORT", "0.40", 5)
    with pytest.raises(StopIteration) as end:
        steps.send(desk.engine.enter(command))

    assert {} == msgspec.to_builtins(end.value.value)
    shown = counter.shown(order_id)
    assert ("ORDER_STATE_CANCELED", 5, 0) == (
        shown["state"], shown["cumQuantity"], shown["leavesQuantity"],
    )  # fmt: skip


def test_place_in_the_queue(counter: Counter) -> None:
    """Kept when only the quantity goes down, lost when it goes up."""
    first, second = resting(counter), counter.place("alice", "BUY_LONG", "0.40", 10)
    counter.modify(first, quantity=8)
    counter.place("bob", "BUY_SHORT", "0.40", 1)
    assert (1, 0) == (counter.shown(first)["cumQuantity"], counter.shown(second)["cumQuantity"])

    counter.modify(first, quantity=9)
    counter.place("bob", "BUY_SHORT", "0.40", 1)
    assert (1, 1) == (counter.shown(first)["cumQuantity"], counter.shown(second)["cumQuantity"])


def test_life_of_an_order(counter: Counter) -> None:
    """Time in force and expiry can change."""
    order_id = resting(counter)
    assert (200, {}) == counter.modify(order_id, tif=GTD, goodTillTime=LATER)
    assert (GTD, LATER) == tuple(counter.shown(order_id)[name] for name in ("tif", "goodTillTime"))
    assert (200, {}) == counter.modify(order_id, goodTillTime=LATEST)
    assert counter.shown(order_id)["goodTillTime"] == "2027-01-15T10:00:00.500Z"
    assert (200, {}) == counter.modify(order_id, tif=GTD)
    assert counter.shown(order_id)["goodTillTime"] == "2027-01-15T10:00:00.500Z"
    assert (200, {}) == counter.modify(order_id, tif=GTC)
    assert (GTC, None) == tuple(counter.shown(order_id)[name] for name in ("tif", "goodTillTime"))
    counter.pass_time(86_400)

    assert counter.state(order_id) == "NEW"
    assert (200, {}) == counter.modify(order_id, tif=IOC)
    assert counter.state(order_id) == "EXPIRED"


def test_post_only_can_change(counter: Counter) -> None:
    """The flag holds from then on."""
    order_id = resting(counter)
    counter.place("bob", "BUY_SHORT", "0.50", 1)
    assert (200, {}) == counter.modify(
        order_id, participateDontInitiate=True, price=dollars("0.41")
    )
    assert (200, {}) == counter.modify(order_id, price=dollars("0.50"))
    assert counter.shown(order_id)["price"] == dollars("0.41")

    assert (200, {}) == counter.modify(
        order_id, participateDontInitiate=False, price=dollars("0.50")
    )
    assert counter.shown(order_id)["cumQuantity"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"price": dollars("45")},
        {"price": dollars("0.001")},
        {"price": dollars("-1")},
        # A price of 0 is none, and not the one there was.
        {"price": dollars("0"), "quantity": 5},
        {"price": dollars("0.001"), "quantity": 5},
        {"quantity": 10},
    ],
)
def test_terms_the_engine_refuses(counter: Counter, changes: dict[str, Any]) -> None:
    """200, for the answer tells nothing, and the order stays as it was."""
    order_id = resting(counter)
    before = counter.shown(order_id)

    assert (200, {}) == counter.modify(order_id, **changes)
    assert before == counter.shown(order_id)


def test_self_match(counter: Counter) -> None:
    """A price that meets an order of one's own is such a term."""
    order_id, other = resting(counter), counter.place("alice", "BUY_SHORT", "0.50", 1)

    assert (200, {}) == counter.modify(order_id, price=dollars("0.50"))
    assert (dollars("0.40"), "NEW") == (counter.shown(order_id)["price"], counter.state(other))


def test_modification_without_the_money(counter: Counter) -> None:
    """The answer does not say so, as for a new order."""
    counter.keep_only("alice", 10)
    order_id = resting(counter)
    status, body = counter.modify(order_id, quantity=10_000)

    assert (400, "The server was unable to process your request.") == (status, body["message"])
    assert counter.shown(order_id)["quantity"] == 10


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"tif": "GTC"}, "invalid tif"),
        ({"tif": GTD}, "goodTillTime is required"),
        ({"goodTillTime": LATER}, "invalid goodTillTime: applies to good-till-date orders only"),
        ({"tif": GTD, "goodTillTime": "2020-01-01T00:00:00Z"}, "invalid goodTillTime: must be in"),
        ({"tif": GTD, "goodTillTime": "soon"}, "invalid goodTillTime: must be an"),
        ({"quantity": -1}, "invalid quantity: must not be negative"),
        ({"quantity": "x"}, "invalid quantity: must be a plain number"),
        ({"price": dollars("x")}, "invalid price.value: must be a plain number"),
        ({"marketSlug": ""}, "marketSlug is required"),
    ],
)
def test_malformed(counter: Counter, changes: dict[str, Any], text: str) -> None:
    """400 with code 3, alone or in a batch, and the order stays as it was."""
    order_id = resting(counter)
    before = counter.shown(order_id)
    one = {"orderId": order_id, "marketSlug": GAME} | changes
    status, body = counter.modify(order_id, **changes)
    assert (400, 3) == (status, body["code"])
    assert body["message"].startswith(text)

    good = {"orderId": order_id, "marketSlug": GAME, "quantity": 5}
    status, body = counter.post("/v1/orders/batched/modify", {"orders": [good, one]})
    # Which one it is comes with the name of its field.
    assert (400, 3) == (status, body["code"])
    assert body["message"].replace("orders[1].", "").startswith(text)
    assert before == counter.shown(order_id)


def test_unknown(counter: Counter) -> None:
    """The refusals of a cancel: unknown id, another's order, another market, unknown market."""
    order_id = resting(counter)

    unknown = (404, ORDER_NOT_FOUND)
    assert unknown == counter.modify("NOSUCHORDER1", quantity=5)
    assert unknown == counter.modify("C60JWBG0WKDK", quantity=5)
    assert unknown == counter.modify(order_id, owner="bob", quantity=5)
    assert unknown == counter.modify(order_id, marketSlug=CHAMPION, quantity=5)
    assert unknown == counter.modify(order_id, marketSlug="no-such-market", quantity=5)
    assert (400, SLUG_REQUIRED) == counter.post(f"/v1/order/{order_id}/modify", b"")
    assert counter.shown(order_id)["quantity"] == 10


ANSWERS = {
    "precondition": (400, 9, "Order cannot be modified"),
    "not-found": (404, 5, "Order not found"),
    "conflict": (409, 10, "Order cannot be modified"),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_closed(answer: str) -> None:
    """The refusal of a cancel; the order stays as it was."""
    counter = Counter(closed_cancel_answer=answer)
    order_id = resting(counter)
    counter.cancel(order_id)
    status, body = counter.modify(order_id, quantity=5)

    assert ANSWERS[answer] == (status, body["code"], body["message"])
    assert counter.state(order_id) == "CANCELED"


def test_batch(counter: Counter) -> None:
    """All ids are echoed; unknown and closed orders are left alone."""
    order_id, over, canceled = resting(counter), resting(counter), resting(counter)
    counter.cancel(over)
    ids = [order_id, over, "NOSUCHORDER1", canceled]
    orders = [{"orderId": one, "marketSlug": GAME, "quantity": 5} for one in ids]
    orders[-1]["quantity"] = 0.001
    orders.append({"orderId": order_id, "marketSlug": "no-such-market", "quantity": 7})

    expected = (200, {"modifiedOrderIds": [*ids, order_id]})
    assert expected == counter.post("/v1/orders/batched/modify", {"orders": orders})
    assert (5, "CANCELED") == (counter.shown(order_id)["quantity"], counter.state(canceled))
