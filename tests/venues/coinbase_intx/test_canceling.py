"""Canceling one order and all orders: every state an order can be in, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.coinbase_intx.shop import Shop

from countermand.venues.coinbase_intx import ids
from countermand.vocabulary.commands import (
    AdvanceTime,
    ConfigureAccount,
    SetTradingState,
)
from countermand.vocabulary.instrument import TradingState
from countermand.wire import times

MONTH_NS = 30 * times.DAY


@pytest.mark.parametrize("spelling", ["order_id", "client_order_id"])
def test_resting_order_is_canceled_by_either_id(shop: Shop, spelling: str) -> None:
    """The answer is its last word, and what was left is still told."""
    status, order = shop.cancel(shop.placed()[spelling])

    assert status == 200
    assert (order["event_type"], order["order_status"], order["text"]) == (
        "CANCELED", "DONE", "client cancel",
    )  # fmt: skip
    assert (order["leaves_qty"], order["exec_qty"], order["size"]) == ("0.5", "0", "0.5")


def test_uuid_of_an_order_is_no_id(shop: Shop) -> None:
    """The UUID is shown, and not accepted as an order's id."""
    assert shop.cancel(shop.placed()["order_uuid"])[0] == 404
    assert shop.open() == ["one"]


def test_decimal_is_a_client_id(shop: Shop) -> None:
    """The documents show decimal order ids, the captured answers do not."""
    order_id = shop.placed(client_order_id="7")["order_id"]
    number = str(ids.ORDER.parse_triplet(order_id))

    assert shop.cancel(number)[0] == 404
    assert shop.cancel("7")[0] == 200


@pytest.mark.parametrize(
    "target", ["/orders?side=BUY&side=BUY", "/portfolios/fills?order_id=a&order_id=b"]
)
def test_key_given_twice(shop: Shop, target: str) -> None:
    """Neither value is chosen, on any route."""
    assert shop.send("GET", target)[0] == 400


def test_partly_filled_order_keeps_what_it_did(shop: Shop) -> None:
    """leaves_qty is size less exec_qty, and the fee is the sum so far."""
    order_id = shop.placed()["order_id"]
    shop.placed(shop.bob, side="BUY", size="0.2", client_order_id="hit")
    order = shop.cancel(order_id)[1]

    assert (order["exec_qty"], order["leaves_qty"], order["avg_price"]) == ("0.2", "0.3", "3100")
    assert order["fee"] == "0.124"


def test_filled_order_was_too_late(shop: Shop) -> None:
    """A 400 that says so, whose title ccxt takes for final: bots retry all but InvalidOrder."""
    order_id = shop.placed()["order_id"]
    shop.placed(shop.bob, side="BUY", client_order_id="hit")
    status, problem = shop.cancel(order_id)

    assert (status, problem) == (400, {
        "title": "io.javalin.http.BadRequestResponse: Order rejected "
        "(TOO_LATE_TO_CANCEL - order is already filled)",
        "status": 400,
        "error": "TOO_LATE_TO_CANCEL",
        "message": "order is already filled",
    })  # fmt: skip


def test_canceled_order_is_not_canceled_again(shop: Shop) -> None:
    """A second 200 would hide which call did it."""
    order_id = shop.placed()["order_id"]
    shop.cancel(order_id)
    status, problem = shop.cancel(order_id)

    assert (status, problem["message"]) == (400, "order is already canceled")


def test_expired_order_says_so(shop: Shop) -> None:
    """Thirty days are the venue's end of a GTC order."""
    order_id = shop.placed()["order_id"]
    shop.desk.clock.ns += MONTH_NS
    shop.desk.engine.enter(AdvanceTime())
    status, problem = shop.cancel(order_id)
    order = shop.send("GET", f"/orders/{order_id}?portfolio={shop.main}")[1]

    assert (status, problem["message"]) == (400, "order has expired")
    assert (order["event_type"], order["order_status"]) == ("EXPIRED", "DONE")
    assert "text" not in order


@pytest.mark.parametrize("order_id", ["zzzzzzzz-1-0", "nobody", "a/b", "ü", "preview"])
def test_unknown_order(shop: Shop, order_id: str) -> None:
    """Every unknown id is the same 404."""
    assert shop.cancel(order_id) == (404, {
        "title": "io.javalin.http.NotFoundResponse: Not Found (UNKNOWN_ORDER - order not found)",
        "status": 404,
        "error": "UNKNOWN_ORDER",
        "message": "order not found",
    })  # fmt: skip


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("", 400, "portfolio is a required field"),
        ("portfolio=", 400, "portfolio is a required field"),
        ("portfolio=nonsense", 400, "invalid portfolio"),
        ("portfolio=cc0958ad-0c7d-4445-a812-1370fe46d0d4", 404, "portfolio not found"),
        ("portfolio=zzzzzzzz-1-21", 404, "portfolio not found"),
        ("portfolio={bobs}", 403, "portfolio is not accessible with this key"),
        ("portfolio={second}", 404, "order not found"),
    ],
)
@pytest.mark.parametrize("one", [True, False], ids=["one", "all"])
def test_portfolio_must_be_right(
    shop: Shop, query: str, status: int, message: str, one: bool
) -> None:
    """No order is canceled for another portfolio, or by another user."""
    order = shop.placed()
    asked = query.format(bobs=shop.bobs, second=shop.second)
    if one:
        assert shop.cancel(order["order_id"], asked)[0] == status
        assert shop.cancel(order["order_id"], asked)[1]["message"] == message
    elif "{second}" in query:
        assert shop.send("DELETE", f"/orders?{asked}") == (200, [])
    else:
        assert shop.send("DELETE", f"/orders?{asked}")[0] == status
    assert shop.open() == ["one"]


@pytest.mark.parametrize("spelling", ["portfolio_id", "portfolio_uuid"])
def test_portfolio_is_spelled_either_way(shop: Shop, spelling: str) -> None:
    """A portfolio is named by either of the forms it is shown in."""
    order = shop.placed()

    assert shop.cancel("one", f"portfolio={order[spelling]}")[0] == 200


def test_empty_id_is_never_a_cancel_of_all(shop: Shop) -> None:
    """A bot that lost its order id must not lose its orders."""
    shop.placed()

    assert shop.send("DELETE", f"/orders/?portfolio={shop.main}")[0] == 404
    assert shop.open() == ["one"]


def test_key_without_trade_permission(shop: Shop) -> None:
    """A title that ccxt reads as PermissionDenied."""
    shop.placed()
    status, problem = shop.cancel("one", key=shop.looker)

    assert status == 403
    assert "Unauthorized (key lacks trade permission)" in problem["title"]
    assert shop.open() == ["one"]


def test_body_of_a_cancel_is_signed_and_not_read(shop: Shop) -> None:
    """The ccxt client repeats the query there."""
    shop.placed()

    assert shop.cancel("one", body=b"\xff not even text")[0] == 200


@pytest.mark.parametrize("state", [s for s in TradingState if s is not TradingState.TRADING])
def test_cancel_is_accepted_in_every_state_of_the_market(shop: Shop, state: TradingState) -> None:
    """A cancel is taken in each trading state, also those that take no order."""
    shop.placed()
    market = shop.desk.directory.instrument_by_symbol("ETH-PERP")
    assert market is not None
    shop.desk.engine.enter(SetTradingState(market.instrument_id, state))

    assert shop.cancel("one")[0] == 200


def test_cancel_is_accepted_of_a_locked_portfolio(shop: Shop) -> None:
    """A new order of it is refused."""
    shop.placed()
    account_id = shop.desk.accounts()[0].account_id
    shop.desk.engine.enter(ConfigureAccount(account_id, trading_locked=True))

    assert shop.place(client_order_id="two")[1]["error"] == "ACCOUNT_LOCKED"
    assert shop.cancel("one")[0] == 200


def test_client_id_that_looks_like_an_order_id_is_still_one(shop: Shop) -> None:
    """The exchange's own id comes first, then the client's."""
    shop.placed(client_order_id="zzzzzzzz-1-0")

    assert shop.cancel("zzzzzzzz-1-0")[0] == 200


def test_retired_client_id_names_nothing(shop: Shop) -> None:
    """After a modify only the new client id names the order."""
    shop.placed()
    change = {"client_order_id": "two", "portfolio": shop.main, "price": "3101"}
    assert shop.send("PUT", "/orders/one", change)[0] == 200

    assert shop.cancel("one")[0] == 404
    assert shop.place()[1]["error"] == "DUPLICATE_CLIENT_ORDER_ID"
    assert shop.cancel("two")[0] == 200


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("", []),
        ("&side=SELL", ["buy"]),
        ("&instrument=BTC-USDC", ["buy", "one"]),
        ("&instrument=ETH-PERP", ["spot"]),
        ("&instrument_type=SPOT", ["buy", "one"]),
        ("&instrument_type=PERPETUAL_FUTURE", ["spot"]),
        ("&instrument_type=PERP&side=BUY", ["spot", "one"]),
        ("&instrument_type=SPOT&instrument=ETH-PERP", ["buy", "spot", "one"]),
    ],
)
def test_cancel_all_takes_the_orders_that_match(shop: Shop, query: str, left: list[str]) -> None:
    """The matching orders are canceled, and listed in order of submission."""
    shop.placed()
    shop.placed(client_order_id="spot", instrument="BTC-USDC", price="61000", size="0.01")
    shop.placed(client_order_id="buy", side="BUY", price="2900")
    status, taken = shop.cancel_all(query)

    assert status == 200
    assert left == shop.open()
    names = [order["client_order_id"] for order in taken]
    assert [n for n in ("one", "spot", "buy") if n not in left] == names
    assert all(order["text"] == "client cancel" for order in taken)


@pytest.mark.parametrize(
    "query",
    [
        "&side=OrderSide.BUY",
        "&side=buy",
        "&instrumentType=SPOT",
        "&instrument_type=FUTURE",
        "&instrument=DOGE-PERP",
        "&instrument=BTC%2FUSDC%3AUSDC",
        "&instrument=",
        "&side=BUY&side=SELL",
        "&limit=1",
        "&=x",
    ],
)
def test_cancel_all_ignores_nothing(shop: Shop, query: str) -> None:
    """A filter that is not understood would cancel too much."""
    shop.placed()

    assert shop.cancel_all(query)[0] == 400
    assert shop.open() == ["one"]


@pytest.mark.parametrize(
    "body", [{"side": "SELL"}, {"side": "BUY"}, {"instrumentType": "SPOT"}, [], b"side=SELL", b"{"]
)
def test_cancel_all_has_no_filters_in_its_body(shop: Shop, body: Any) -> None:
    """A signed body that says more than the query is refused, and nothing is canceled."""
    shop.placed()
    terms = {"portfolio": shop.main, **body} if isinstance(body, dict) else body

    assert shop.send("DELETE", f"/orders?portfolio={shop.main}", terms)[0] == 400
    assert shop.open() == ["one"]


def test_cancel_all_may_say_everything_twice(shop: Shop) -> None:
    """As ccxt sends it, in query and body; a single cancel's body is not read."""
    shop.placed()
    query = f"portfolio={shop.main}&side=SELL"
    body = {"portfolio": shop.main, "side": "SELL"}

    assert len(shop.send("DELETE", f"/orders?{query}", body)[1]) == 1
    assert shop.cancel(shop.placed(client_order_id="two")["order_id"], body=b"{")[0] == 200
