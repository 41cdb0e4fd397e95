"""Stops: STOP and STOP_LIMIT, which sleep until a trade reaches their price."""

from typing import Any

import pytest
from tests.venues.coinbase_intx.shop import Shop

STOP: dict[str, Any] = {"type": "STOP", "price": None, "stop_price": "3090"}
STOP_LIMIT: dict[str, Any] = {"type": "STOP_LIMIT", "price": "3080", "stop_price": "3090"}
BOTH = pytest.mark.parametrize("form", [STOP, STOP_LIMIT], ids=["STOP", "STOP_LIMIT"])


def trade(shop: Shop, price: str, size: str = "0.1") -> None:
    """Let the market trade at a price, between bob and alice's second portfolio."""
    name = f"at-{price}"
    shop.placed(client_order_id=name, price=price, size=size, portfolio=shop.second)
    bought = shop.placed(shop.bob, client_order_id=name, side="BUY", price=price, size=size)
    assert bought["event_type"] == "TRADE"


def bid(shop: Shop, price: str, size: str = "1") -> None:
    """Let bob bid."""
    shop.placed(shop.bob, client_order_id=f"bid-{price}-{size}", side="BUY", price=price, size=size)


def read(shop: Shop, name: str = "one") -> Any:
    """Return one of alice's orders."""
    return shop.send("GET", f"/orders/{name}?portfolio={shop.main}")[1]


@BOTH
def test_stop_is_shown_and_listed_by_its_type(shop: Shop, form: dict[str, Any]) -> None:
    """The order works and is not in the book."""
    order = shop.placed(**form)
    shown = (order["event_type"], order["order_status"], order["type"], order["stop_price"])
    assert shown == ("NEW", "WORKING", form["type"], "3090")
    assert order.get("price") == form["price"]
    assert "stop_limit_price" not in order
    listed = {
        kind: [o["type"] for o in shop.send("GET", f"/orders?order_type={kind}")[1]["results"]]
        for kind in ("LIMIT", "MARKET", "STOP", "STOP_LIMIT", "TAKE_PROFIT_STOP_LOSS")
    }
    assert listed == {kind: [kind] if kind == form["type"] else [] for kind in listed}


@BOTH
def test_untriggered_stop_is_canceled(shop: Shop, form: dict[str, Any]) -> None:
    """The order never enters the book."""
    shop.placed(**form)
    status, order = shop.cancel("one")
    assert (status, order["event_type"], order["order_status"]) == (200, "CANCELED", "DONE")
    bid(shop, "3085")
    trade(shop, "3089")
    assert read(shop)["exec_qty"] == "0"


def test_stop_comes_in_at_the_market(shop: Shop) -> None:
    """A trade at its price wakes it, and it takes what is bid."""
    shop.placed(**STOP)
    bid(shop, "3085")
    trade(shop, "3091")
    assert read(shop)["event_type"] == "NEW"
    trade(shop, "3090")
    order = read(shop)
    told = (order["event_type"], order["order_status"], order["exec_qty"], order["avg_price"])
    assert told == ("TRADE", "DONE", "0.5", "3085")
    assert (order["type"], order["stop_price"]) == ("STOP", "3090")
    (fill,) = shop.send("GET", f"/portfolios/fills?portfolios={shop.main}")[1]["results"]
    assert fill["stop_price"] == "3090"


def test_stop_limit_comes_in_at_its_limit(shop: Shop) -> None:
    """Without a match it rests, and shows that it was triggered."""
    shop.placed(**STOP_LIMIT)
    trade(shop, "3090")
    order = read(shop)
    assert (order["event_type"], order["order_status"]) == ("STOP_TRIGGERED", "WORKING")
    assert (order["price"], order["exec_qty"]) == ("3080", "0")
    bid(shop, "3080")
    assert read(shop)["exec_qty"] == "0.5"


def test_stop_to_buy_waits_for_a_rise(shop: Shop) -> None:
    """Its stop price is above the market."""
    shop.placed(side="BUY", type="STOP_LIMIT", stop_price="3110", price="3120")
    trade(shop, "3109")
    assert read(shop)["event_type"] == "NEW"
    trade(shop, "3110")
    assert read(shop)["event_type"] == "STOP_TRIGGERED"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"stop_price": "3070"}, {"stop_price": "3070", "price": "3080", "size": "0.5"}),
        ({"price": "3075"}, {"stop_price": "3090", "price": "3075", "size": "0.5"}),
        ({"size": "0.7"}, {"stop_price": "3090", "price": "3080", "size": "0.7"}),
    ],
    ids=["stop_price", "price", "size"],
)
def test_stop_limit_is_replaced(shop: Shop, changes: dict[str, str], told: dict[str, str]) -> None:
    """Terms that are not named stay, and the order sleeps on."""
    shop.placed(**STOP_LIMIT)
    body = {"client_order_id": "two", "portfolio": shop.main, **changes}
    status, order = shop.send("PUT", "/orders/one", body)
    assert (status, order["event_type"]) == (200, "REPLACED")
    assert told == {name: order[name] for name in told}
    bid(shop, "3085")
    assert read(shop, "two")["exec_qty"] == "0"


@pytest.mark.parametrize(
    ("form", "changes", "title"),
    [
        (STOP, {"price": "3000"}, "INVALID_PRICE - price does not apply to STOP orders"),
        (STOP_LIMIT, {"stop_price": "3090.001"}, "INVALID_STOP_PRICE - invalid stop_price"),
        (STOP_LIMIT, {"stop_price": "0"}, "INVALID_TRIGGER - "),
        (STOP_LIMIT, {"stop_limit_price": "1"}, "INVALID_STOP_LIMIT_PRICE - stop_limit_price does"),
    ],
)
def test_replacement_that_is_refused(
    shop: Shop, form: dict[str, Any], changes: dict[str, str], title: str
) -> None:
    """The stop sleeps on as it was."""
    before = shop.placed(**form)
    body = {"client_order_id": "two", "portfolio": shop.main, **changes}
    status, problem = shop.send("PUT", "/orders/one", body)
    assert (status, title in problem["title"]) == (400, True), problem
    assert before == read(shop)


def test_trigger_of_an_awake_order_cannot_change(shop: Shop) -> None:
    """A triggered order's stop price is fixed; its limit can change."""
    shop.placed(**STOP_LIMIT)
    trade(shop, "3090")
    body = {"client_order_id": "two", "portfolio": shop.main}
    status, problem = shop.send("PUT", "/orders/one", body | {"stop_price": "3070"})
    assert (status, "INVALID_TRIGGER" in problem["title"]) == (400, True), problem
    status, order = shop.send("PUT", "/orders/one", body | {"price": "3095"})
    assert (status, order["price"]) == (200, "3095"), order


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        (STOP | {"stop_price": None}, "stop_price is a required field"),
        (STOP_LIMIT | {"stop_price": None}, "stop_price is a required field"),
        (STOP_LIMIT | {"price": None}, "price is a required field"),
        (STOP | {"price": "3000"}, "INVALID_PRICE - price does not apply to STOP orders"),
        (STOP | {"stop_price": "3090.001"}, "INVALID_STOP_PRICE - invalid stop_price"),
        (STOP | {"stop_price": "0"}, "INVALID_TRIGGER - "),
        (STOP | {"stop_limit_price": "1"}, "stop_limit_price does not apply to STOP orders"),
        (STOP_LIMIT | {"stop_limit_price": "1"}, "does not apply to STOP_LIMIT orders"),
        (STOP | {"tif": None}, "tif is required"),
    ],
)
def test_stop_that_is_refused(shop: Shop, changes: dict[str, Any], title: str) -> None:
    """No order is left asleep."""
    status, problem = shop.place(**changes)
    assert (status, title in problem["title"]) == (400, True), problem
    assert shop.open() == []


@BOTH
def test_stop_is_previewed(shop: Shop, form: dict[str, Any]) -> None:
    """No order is left asleep."""
    body = {"side": "SELL", "size": "0.5", "tif": "GTC", "instrument": "ETH-PERP"}
    body |= {name: value for name, value in form.items() if value} | {"portfolio": shop.main}
    status, told = shop.send("POST", "/orders/preview", body)
    assert (status, told["is_valid"]) == (200, True), told
    assert shop.open() == []
