"""Brackets, TAKE_PROFIT_STOP_LOSS: one order to its owner, made of two legs."""

from typing import Any

import pytest
from tests.venues.coinbase_intx.test_quirks import Shop
from tests.venues.coinbase_intx.test_stops import bid, read, trade

BRACKET: dict[str, Any] = {
    "type": "TAKE_PROFIT_STOP_LOSS", "price": "3200", "stop_price": "3090",
    "stop_limit_price": "3080",
}  # fmt: skip
PRICES = {"price": "3200", "stop_price": "3090", "stop_limit_price": "3080"}


@pytest.fixture
def shop() -> Shop:
    """A shop of one's own."""
    return Shop()


def listed(shop: Shop, query: str = "") -> list[Any]:
    """Return alice's open orders."""
    orders: list[Any] = shop.send("GET", f"/orders?portfolio={shop.main}{query}")[1]["results"]
    return orders


def test_it_is_one_order(shop: Shop) -> None:
    """Placed, read by either name, listed once, by no other type."""
    order = shop.placed(**BRACKET)
    shown = {name: order[name] for name in ("type", *PRICES)}
    assert BRACKET == shown
    assert (order["order_status"], order["client_order_id"]) == ("WORKING", "one")
    for name in ("one", order["order_id"]):
        assert order == read(shop, name)
    assert [order] == listed(shop)
    for kind in ("LIMIT", "STOP_LIMIT", "TAKE_PROFIT_STOP_LOSS"):
        assert [] == listed(shop, f"&order_type={kind}")


def test_profit_is_taken(shop: Shop) -> None:
    """The limit trades, in parts, and the stop is gone."""
    order_id = shop.placed(**BRACKET)["order_id"]
    bid(shop, "3200", "0.2")
    order = read(shop)
    assert (order["exec_qty"], order["order_status"]) == ("0.2", "WORKING")
    trade(shop, "3085")
    assert read(shop)["event_type"] == "TRADE"
    bid(shop, "3200", "0.3")
    order = read(shop)
    told = (order["event_type"], order["order_status"], order["exec_qty"], order["avg_price"])
    assert told == ("TRADE", "DONE", "0.5", "3200")
    assert PRICES == {name: order[name] for name in PRICES}
    fills = fills_of(shop, order_id)
    assert [("one", "0.3"), ("one", "0.2")] == [
        (f["client_order_id"], f["fill_qty"]) for f in fills
    ]


def fills_of(shop: Shop, order_id: str) -> list[Any]:
    """Return the fills of an order."""
    target = f"/portfolios/fills?portfolios={shop.main}&order_id={order_id}"
    fills: list[Any] = shop.send("GET", target)[1]["results"]
    return fills


def test_loss_is_stopped(shop: Shop) -> None:
    """A trade at the stop price wakes the stop, under the one order's names."""
    order_id = shop.placed(**BRACKET)["order_id"]
    bid(shop, "3085")
    trade(shop, "3090")
    order = read(shop)
    told = (order["event_type"], order["order_status"], order["exec_qty"], order["avg_price"])
    assert told == ("TRADE", "DONE", "0.5", "3085")
    assert (order["order_id"], order["client_order_id"]) == (order_id, "one")
    assert [] == listed(shop)
    (fill,) = fills_of(shop, order_id)
    shown = (fill["order_id"], fill["client_order_id"], fill["stop_price"])
    assert shown == (order_id, "one", "3090")
    status, problem = shop.cancel("one")
    assert (status, "order is already filled" in problem["title"]) == (400, True), problem


def test_triggered_stop_that_rests_is_shown_and_canceled(shop: Shop) -> None:
    """The order shows that it was triggered, and a cancel by its one id takes it."""
    order_id = shop.placed(**BRACKET)["order_id"]
    trade(shop, "3090")
    order = read(shop)
    assert (order["event_type"], order["order_status"]) == ("STOP_TRIGGERED", "WORKING")
    bid(shop, "3080", "0.1")
    assert read(shop)["exec_qty"] == "0.1"
    status, order = shop.cancel(order_id)
    told = (status, order["event_type"], order["order_status"], order["exec_qty"], order["text"])
    assert told == (200, "CANCELED", "DONE", "0.1", "client cancel")
    assert [] == listed(shop)


@pytest.mark.parametrize("by", ["order_id", "client_order_id", "all"])
def test_untriggered_it_is_canceled_whole(shop: Shop, by: str) -> None:
    """Both legs go, and the owner hears of one cancel."""
    order = shop.placed(**BRACKET)
    status, told = shop.cancel_all() if by == "all" else shop.cancel(order[by])
    (canceled,) = told if by == "all" else [told]
    assert (status, canceled["order_id"]) == (200, order["order_id"])
    shown = (canceled["event_type"], canceled["order_status"], canceled["text"])
    assert shown == ("CANCELED", "DONE", "client cancel")
    assert canceled == read(shop)
    trade(shop, "3090")
    bid(shop, "3200")
    assert read(shop)["exec_qty"] == "0"


def test_bracket_to_buy_is_the_other_way_round(shop: Shop) -> None:
    """Profit below the market, loss above it."""
    prices = {"price": "3000", "stop_price": "3110", "stop_limit_price": "3120"}
    shop.placed(side="BUY", **{**BRACKET, **prices})
    shop.placed(shop.bob, client_order_id="asks", price="3115", size="1")
    trade(shop, "3110")
    order = read(shop)
    assert (order["exec_qty"], order["avg_price"]) == ("0.5", "3115")


def test_one_of_a_side(shop: Shop) -> None:
    """A second one of the side is refused; one of the other is not, nor is one afterwards."""
    shop.placed(**BRACKET)
    status, problem = shop.place(client_order_id="two", **BRACKET)
    assert (status, "only one TAKE_PROFIT_STOP_LOSS" in problem["title"]) == (400, True)
    shop.placed(
        client_order_id="other", side="BUY", type=BRACKET["type"], price="3000",
        stop_price="3190", stop_limit_price="3195",
    )  # fmt: skip
    shop.cancel("one")
    shop.placed(client_order_id="two", **BRACKET)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"price": None}, "price is a required field"),
        ({"stop_price": None}, "stop_price is a required field"),
        ({"stop_limit_price": None}, "stop_limit_price is a required field"),
        ({"stop_price": "3201"}, "INVALID_STOP_PRICE - price, stop_price, stop_limit_price are"),
        ({"stop_limit_price": "3091"}, "are out of order"),
        ({"side": "BUY"}, "are out of order"),
        ({"stop_limit_price": "3080.001"}, "INVALID_STOP_LIMIT_PRICE - invalid stop_limit_price"),
        ({"tif": "IOC"}, "INVALID_TIF - TAKE_PROFIT_STOP_LOSS orders must be GTC or GTT"),
        ({"post_only": True}, "post_only does not apply"),
        ({"size": "0"}, "QTY_NOT_POSITIVE"),
        ({"client_order_id": "taken"}, "DUPLICATE_CLIENT_ORDER_ID"),
    ],
)
def test_bracket_that_is_refused(shop: Shop, changes: dict[str, Any], title: str) -> None:
    """Whole: neither leg is there."""
    shop.placed(client_order_id="taken")
    status, problem = shop.place(**{**BRACKET, **changes})
    assert (status, title in problem["title"]) == (400, True), problem
    assert ["taken"] == shop.open()


def test_bracket_is_neither_modified_nor_previewed(shop: Shop) -> None:
    """Both requests are refused, and the bracket stands as it was."""
    before = shop.placed(**BRACKET)
    body = {"client_order_id": "two", "portfolio": shop.main, "price": "3201"}
    status, problem = shop.send("PUT", "/orders/one", body)
    assert (status, "is not modified, but canceled" in problem["title"]) == (400, True), problem
    form = {"side": "SELL", "size": "0.5", "tif": "GTC", "instrument": "ETH-PERP"} | BRACKET
    status, problem = shop.send("POST", "/orders/preview", form | {"portfolio": shop.main})
    assert (status, "not previewed" in problem["title"]) == (400, True), problem
    assert before == read(shop)
