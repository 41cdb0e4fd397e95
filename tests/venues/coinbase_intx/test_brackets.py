"""Brackets, TAKE_PROFIT_STOP_LOSS: one order to its owner, made of two legs."""

from decimal import Decimal
from typing import Any

import pytest
from tests.venues.coinbase_intx.shop import Shop
from tests.venues.coinbase_intx.test_stops import bid, read, trade

from countermand.venues.coinbase_intx import ids
from countermand.vocabulary.commands import AdvanceTime, SetDelays
from countermand.vocabulary.ids import OrderId
from countermand.wire import times

BRACKET: dict[str, Any] = {
    "type": "TAKE_PROFIT_STOP_LOSS", "price": "3200", "stop_price": "3090",
    "stop_limit_price": "3080",
}  # fmt: skip
PRICES = {"price": "3200", "stop_price": "3090", "stop_limit_price": "3080"}


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


def test_loss_is_stopped_in_parts(shop: Shop) -> None:
    """What a part of it traded is the last event, also when the limit order has ended by it."""
    order_id = shop.placed(**BRACKET)["order_id"]
    bid(shop, "3085", "0.2")
    trade(shop, "3090")
    order = read(shop)
    told = (order["event_type"], order["order_status"], order["exec_qty"], order["leaves_qty"])
    assert ("TRADE", "WORKING", "0.2", "0.3") == told
    assert order_id == order["order_id"]


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


# --- modifying


def modify(shop: Shop, name: str = "one", new: str = "two", **changes: str) -> tuple[int, Any]:
    """Ask for other terms of a bracket, under a new client id."""
    body = {"client_order_id": new, "portfolio": shop.main, **changes}
    return shop.send("PUT", f"/orders/{name}", body)


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "3210"},
        {"stop_price": "3095"},
        {"stop_limit_price": "3070"},
        {"size": "0.7"},
        {"size": "0.2"},
        {"price": "3080", "stop_price": "3070", "stop_limit_price": "3060", "size": "0.6"},
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("by", ["order_id", "client_order_id"])
def test_it_is_modified_as_one(shop: Shop, changes: dict[str, str], by: str) -> None:
    """The order keeps its id and what is not named, and has the new client id from then on."""
    before = shop.placed(**BRACKET)
    status, order = modify(shop, before[by], **changes)
    assert (status, order["event_type"], order["order_status"]) == (200, "REPLACED", "WORKING")
    size = changes.get("size", "0.5")
    moved = {"event_type", "event_time"}
    told = before | changes | {"client_order_id": "two", "size": size, "leaves_qty": size}
    assert {k: v for k, v in told.items() if k not in moved} == {
        k: v for k, v in order.items() if k not in moved
    }
    assert [order] == listed(shop)
    assert order == read(shop, "two")
    assert shop.send("GET", f"/orders/one?portfolio={shop.main}")[0] == 404


@pytest.mark.parametrize("leg", [1, 2])
def test_modification_that_keeps_the_name(shop: Shop, leg: int) -> None:
    """Is refused as a duplicate, by the id of either leg, and nothing changes."""
    before = shop.placed(**BRACKET)
    first = ids.ORDER.parse(before["order_id"])
    assert first is not None
    name = ids.ORDER.triplet(OrderId(first - 1 + leg))
    status, problem = modify(shop, name, "one", price="3210")
    assert (400, "DUPLICATE_CLIENT_ORDER_ID") == (status, problem["error"])

    assert before == read(shop)


def test_modified_it_takes_its_profit_at_the_new_price(shop: Shop) -> None:
    """The fills have the new client id."""
    order_id = shop.placed(**BRACKET)["order_id"]
    modify(shop, price="3190", size="0.3")
    bid(shop, "3190", "0.5")
    order = read(shop, "two")
    told = (order["order_status"], order["exec_qty"], order["avg_price"])
    assert told == ("DONE", "0.3", "3190")
    (fill,) = fills_of(shop, order_id)
    assert (fill["client_order_id"], fill["order_id"]) == ("two", order_id)


def test_modified_it_stops_its_loss_at_the_new_price(shop: Shop) -> None:
    """Woken by the new stop price, at the new limit, under the last of its names."""
    order_id = shop.placed(**BRACKET)["order_id"]
    modify(shop, stop_price="3085")
    modify(shop, "two", "three", stop_limit_price="3050")
    bid(shop, "3050")
    trade(shop, "3090")
    assert read(shop, "three")["event_type"] == "REPLACED"
    trade(shop, "3085")
    order = read(shop, "three")
    told = (order["order_status"], order["exec_qty"], order["avg_price"], order["stop_price"])
    assert told == ("DONE", "0.5", "3050", "3085")
    (fill,) = fills_of(shop, order_id)
    assert (fill["order_id"], fill["client_order_id"]) == (order_id, "three")


@pytest.mark.parametrize("by", ["order_id", "client_order_id", "all"])
def test_modified_it_is_canceled_whole(shop: Shop, by: str) -> None:
    """By its id, its new client id, or with the rest; the old client id names nothing."""
    shop.placed(**BRACKET)
    _, order = modify(shop, price="3210")
    assert shop.cancel("one")[0] == 404
    status, told = shop.cancel_all() if by == "all" else shop.cancel(order[by])
    (canceled,) = told if by == "all" else [told]
    shown = (status, canceled["order_id"], canceled["client_order_id"], canceled["order_status"])
    assert shown == (200, order["order_id"], "two", "DONE")
    assert [] == listed(shop)
    positions = shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]
    assert positions["hold"] == "0"


def test_it_is_modified_with_money_for_the_larger_leg_once(shop: Shop) -> None:
    """What is held is what the bracket would hold if it were placed so."""
    shop.placed(**BRACKET)
    modify(shop, price="3300", size="0.9")
    modified = shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]["hold"]
    shop.cancel("two")
    shop.placed(client_order_id="new", **{**BRACKET, "price": "3300", "size": "0.9"})
    placed = shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]["hold"]
    assert placed == modified != "0"


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "NOTHING_TO_REPLACE"),
        ({"price": "3200", "size": "0.5", "new": "one"}, "DUPLICATE_CLIENT_ORDER_ID"),
        ({"price": "3210", "new": "taken"}, "DUPLICATE_CLIENT_ORDER_ID"),
        ({"price": "3090"}, "INVALID_STOP_PRICE - price, stop_price, stop_limit_price are out"),
        ({"stop_price": "3080"}, "are out of order"),
        ({"stop_limit_price": "3095"}, "are out of order"),
        ({"stop_price": "0"}, "are out of order"),
        ({"stop_limit_price": "0"}, "PRICE_NOT_POSITIVE"),
        ({"price": "0"}, "PRICE_NOT_POSITIVE"),
        ({"size": "0"}, "QTY_NOT_POSITIVE"),
        ({"stop_limit_price": "3080.001"}, "INVALID_STOP_LIMIT_PRICE - invalid stop_limit_price"),
        ({"stop_price": "3085", "size": "100000"}, "POSITION_LIMIT"),
    ],
)
def test_modification_that_is_refused(shop: Shop, changes: dict[str, str], title: str) -> None:
    """Neither leg has other terms, nor the order another name."""
    shop.placed(client_order_id="taken")
    before = shop.placed(**BRACKET)
    status, problem = modify(shop, **changes)
    verdict, _, said = problem["title"].partition("request (")
    assert (status, verdict) == (400, "io.javalin.http.BadRequestResponse: Invalid replace order ")
    assert title in said
    assert before == read(shop)


def test_it_is_not_modified_once_it_acts(shop: Shop) -> None:
    """Triggered or traded in part, nothing of it changes; filled, it is too late."""
    underway = "LIST_UNDERWAY - a linked order has traded, was triggered or is over"
    shop.placed(**BRACKET)
    trade(shop, "3090")
    before = read(shop)
    status, problem = modify(shop, price="3210")
    assert (status, underway in problem["title"]) == (400, True), problem
    bid(shop, "3080", "0.1")
    assert modify(shop, size="0.4")[1]["error"] == "LIST_UNDERWAY"
    assert before["client_order_id"] == read(shop)["client_order_id"]
    bid(shop, "3080", "0.4")
    status, problem = modify(shop, price="3210")
    assert (status, "TOO_LATE_TO_CANCEL - order is already filled" in problem["title"]) == (
        400, True,
    )  # fmt: skip


def test_it_is_not_modified_once_it_has_taken_profit(shop: Shop) -> None:
    """A part is enough, and canceled it is too late."""
    shop.placed(**BRACKET)
    bid(shop, "3200", "0.2")
    assert modify(shop, price="3210")[1]["error"] == "LIST_UNDERWAY"
    shop.cancel("one")
    status, problem = modify(shop, price="3210")
    assert (status, "order is already canceled" in problem["title"]) == (400, True), problem


def test_modification_that_takes_its_time(shop: Shop) -> None:
    """PENDING_REPLACE until its terms are due, and a second modification is refused."""
    shop.desk.engine.enter(SetDelays("coinbase-intx", replace_ns=times.S))
    before = shop.placed(**BRACKET)
    status, order = modify(shop, price="3210")
    told = (status, order["event_type"], order["price"], order["client_order_id"])
    assert told == (200, "PENDING_REPLACE", "3200", "one")
    assert order == read(shop)
    status, problem = modify(shop, price="3220")
    assert (status, problem["error"]) == (400, "ALREADY_PENDING")
    later(shop, 2)
    order = read(shop, "two")
    told = (order["order_id"], order["event_type"], order["price"])
    assert told == (before["order_id"], "REPLACED", "3210")


def test_stop_with_a_cancel_pending_is_shown_as_what_acts(shop: Shop) -> None:
    """Triggered, and not yet canceled."""
    shop.placed(**BRACKET)
    trade(shop, "3090")
    bid(shop, "3080", "0.1")
    shop.desk.engine.enter(SetDelays("coinbase-intx", cancel_ns=times.S))
    status, order = shop.cancel("one")
    assert (status, order["event_type"], order["exec_qty"]) == (200, "PENDING_CANCEL", "0.1")
    later(shop, 2)
    assert (read(shop)["event_type"], read(shop)["order_status"]) == ("CANCELED", "DONE")


# --- previewing


def test_it_is_previewed(shop: Shop) -> None:
    """Its margin is that of the order that is placed then, or it says why not."""
    form = {"side": "SELL", "size": "0.5", "tif": "GTC", "instrument": "ETH-PERP"} | BRACKET
    status, told = preview(shop, form)
    assert (status, told["is_valid"]) == (200, True), told
    assert [] == listed(shop)
    shop.placed(**BRACKET)
    held = shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]["hold"]
    assert Decimal(told["required_margin_delta"]) == Decimal(held) > 0
    status, problem = preview(shop, form)
    assert (status, "only one TAKE_PROFIT_STOP_LOSS" in problem["title"]) == (400, True), problem
    shop.cancel("one")
    told = preview(shop, form | {"size": "100000"})[1]
    assert (told["is_valid"], told["reject_reason"]) == (False, "POSITION_LIMIT")
    status, problem = preview(shop, form | {"stop_price": "3070"})
    assert (status, "are out of order" in problem["title"]) == (400, True), problem


def preview(shop: Shop, form: dict[str, str]) -> tuple[int, Any]:
    """Ask what would become of a bracket."""
    return shop.send("POST", "/orders/preview", form | {"portfolio": shop.main})


def later(shop: Shop, seconds: int) -> None:
    """Let what falls due in so much time happen."""
    shop.desk.clock.ns += seconds * times.S
    shop.desk.engine.enter(AdvanceTime())
