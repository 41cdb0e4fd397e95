"""The peculiarities of this venue, each once, where a client would meet it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from tests.venues.desk import START_NS, Desk

from countermand.venues import VENUES
from countermand.venues.coinbase_intx import ids
from countermand.vocabulary.commands import (
    AdvanceTime,
    ConfigureAccount,
    SetTradingState,
    WithdrawFunds,
)
from countermand.vocabulary.instrument import TradingState
from countermand.wire import times
from countermand.wire.credential import Credential
from countermand.wire.http import Request

MONTH_NS = 30 * times.DAY
SELL: dict[str, Any] = {
    "client_order_id": "one", "side": "SELL", "size": "0.5", "tif": "GTC", "instrument": "ETH-PERP",
    "type": "LIMIT", "price": "3100",
}  # fmt: skip


class Shop:
    """A desk and three who use it: alice, her read-only key, and bob."""

    def __init__(self) -> None:
        self.desk = Desk(VENUES["coinbase-intx"])
        self.alice, self.looker = (self.desk.credential("alice", n) for n in (0, 1))
        self.bob = self.desk.credential("bob")
        self.main, self.second = (ids.PORTFOLIO.uuid(a.account_id) for a in self.desk.accounts())
        self.bobs = ids.PORTFOLIO.uuid(self.desk.accounts("bob")[0].account_id)

    def send(
        self, method: str, target: str, body: Any = None, key: Credential | None = None
    ) -> tuple[int, Any]:
        """Return status and body."""
        path, _, query = target.partition("?")
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        request = Request(method, f"/api/v1{path}".encode(), query.encode(), (), raw)
        return self.desk.send(request, key or self.alice)

    def place(self, key: Credential | None = None, **changes: Any) -> tuple[int, Any]:
        """Place a sell order of alice's, or a change of it; None takes a field out."""
        body = {k: v for k, v in {**SELL, **changes}.items() if v is not None}
        return self.send("POST", "/orders", body, key)

    def placed(self, key: Credential | None = None, **changes: Any) -> Any:
        """Place it and expect that to succeed."""
        status, order = self.place(key, **changes)
        assert status == 200, order
        return order

    def cancel(self, order_id: str, query: str | None = None, **more: Any) -> tuple[int, Any]:
        """Cancel one."""
        terms = f"portfolio={self.main}" if query is None else query
        return self.send("DELETE", f"/orders/{quote(order_id, safe='')}?{terms}", **more)

    def cancel_all(self, query: str = "") -> tuple[int, Any]:
        """Cancel all of alice's."""
        return self.send("DELETE", f"/orders?portfolio={self.main}{query}")

    def open(self) -> list[str]:
        """Return the client ids of alice's open orders, the last touched first."""
        page = self.send("GET", "/orders?result_limit=100")[1]
        return [order["client_order_id"] for order in page["results"]]


@pytest.fixture
def shop() -> Shop:
    """A shop of one's own."""
    return Shop()


# --- canceling one


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


@pytest.mark.parametrize(("instrument", "bid"), [("ETH-PERP", "0"), ("ETH-USDC", None)])
def test_market_that_is_empty(shop: Shop, instrument: str, bid: str | None) -> None:
    """An empty side has no price, but for a perpetual's bids: those are 0, as is no trade."""
    quote = shop.send("GET", f"/instruments/{instrument}/quote")[1]

    assert (quote.get("best_bid_price"), quote["trade_price"]) == (bid, "0")
    assert "best_ask_price" not in quote


@pytest.mark.parametrize(
    ("instrument", "limits"),
    [
        ("BTC-PERP", (1.0, "120000000", "300000000", "3600000000000")),
        ("BTC-USDC", (0.0, "5000000", "26000000", "0")),
    ],
)
def test_limits_are_those_captured(shop: Shop, instrument: str, limits: tuple[Any, ...]) -> None:
    """The exchange has no such limits; a 0 would say that no quantity is allowed."""
    shown = shop.send("GET", f"/instruments/{instrument}")[1]

    assert limits == tuple(
        shown[name]
        for name in (
            "position_limit_adq_pct", "position_notional_limit", "open_interest_notional_limit",
            "funding_interval",
        )
    )  # fmt: skip


def test_market_order_may_be_fill_or_kill(shop: Shop) -> None:
    """The venue's documents name IOC alone."""
    killed = shop.placed(type="MARKET", tif="FOK", price=None)

    assert (killed["event_type"], killed["text"]) == ("CANCELED", "fok not filled")


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


# --- canceling all


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


# --- placing


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"tif": None}, "tif is required"),
        ({"price": None}, "price is a required field"),
        ({"size": None}, "size is a required field"),
        ({"client_order_id": None}, "client_order_id is a required field"),
        ({"type": "MARKET", "price": None}, "Order rejected (INVALID_TIF - market orders must be"),
        ({"type": "MARKET", "tif": "IOC"}, "price does not apply to MARKET orders"),
        ({"type": "TAKE_PROFIT_STOP_LOSS"}, "stop_price is a required field"),
        ({"stop_price": "1"}, "stop_price does not apply"),
        ({"stop_limit_price": "1"}, "stop_limit_price does not apply"),
        ({"tif": "GTT"}, "expire_time is a required field"),
        ({"tif": "GTT", "expire_time": "soon"}, "Order rejected (INVALID_EXPIRE_TIME - invalid"),
        ({"tif": "GTT", "expire_time": times.iso_floor_ms(START_NS)}, "INVALID_EXPIRE_TIME"),
        (
            {"tif": "GTT", "expire_time": times.iso_floor_ms(START_NS + MONTH_NS + times.MS)},
            "INVALID_EXPIRE_TIME",
        ),
        ({"expire_time": "2027-01-16T00:00:00Z"}, "expire_time applies to GTT orders only"),
        (
            {"price": "3100.001"},
            "Order rejected (INVALID_PRICE - invalid price: must be a multiple",
        ),
        ({"size": "0.00001"}, "Order rejected (INVALID_SIZE - invalid size: must be a multiple"),
        ({"tif": "GFD"}, "Order rejected (INVALID_TIF - invalid tif)"),
        ({"type": "ICEBERG"}, "Order rejected (INVALID_TYPE - invalid type)"),
        ({"price": "NaN"}, "invalid price: must be a plain number"),
        ({"price": "1e999999999"}, "invalid price: is too large"),
        ({"price": True}, "invalid price"),
        ({"price": "0"}, "Order rejected (PRICE_NOT_POSITIVE - "),
        ({"price": "-1"}, "Order rejected (PRICE_NOT_POSITIVE - "),
        ({"price": "1000000"}, "Order rejected (PRICE_OUTSIDE_BAND - "),
        ({"size": "0"}, "Order rejected (QTY_NOT_POSITIVE - "),
        ({"size": "0.0001"}, "Order rejected (NOTIONAL_BELOW_MIN - "),
        ({"close_only": True}, "Order rejected (NOT_REDUCING - "),
        ({"post_only": "true", "tif": "IOC"}, "Order rejected (INVALID_EXEC_INST - "),
        ({"post_only": "yes"}, "invalid post_only"),
        ({"side": "Sell"}, "Order rejected (INVALID_SIDE - invalid side)"),
        ({"stp_mode": "ALL"}, "Order rejected (INVALID_STP_MODE - invalid stp_mode)"),
        ({"instrument": "DOGE-PERP"}, "Order rejected (UNKNOWN_INSTRUMENT - "),
        ({"client_order_id": ""}, "invalid client_order_id"),
        ({"client_order_id": "a b c d e f g h i j k"}, "invalid client_order_id"),
        ({"client_order_id": "F346CA69-11B4-4E1B-AE47-85971290C771"}, "invalid client_order_id"),
        ({"client_order_id": "0123456789abcdef0123456"}, "invalid client_order_id"),
    ],
)
def test_order_the_form_does_not_allow(shop: Shop, changes: dict[str, Any], title: str) -> None:
    """A 400 whose title says why, and nothing happened."""
    status, problem = shop.place(**changes)

    assert status == 400
    assert title in problem["title"]
    assert problem["title"].startswith("io.javalin.http.BadRequestResponse: ")
    assert problem["message"] in problem["title"]
    assert shop.open() == []


@pytest.mark.parametrize(
    "cl_ord_id",
    [
        "ccxt",
        "!any #ASCII to 18.",
        "nfqkvdjp-12345678",
        "letters-DIGITS-2026x",
        "abcdef0123456789abcdef012345678",
        "f346ca69-11b4-4e1b-ae47-85971290c771",
    ],
)
def test_four_forms_of_client_ids(shop: Shop, cl_ord_id: str) -> None:
    """Each can be canceled by it, however it has to be escaped."""
    shop.placed(client_order_id=cl_ord_id)

    assert shop.cancel(cl_ord_id)[1]["client_order_id"] == cl_ord_id


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"side":"\xff"}'])
def test_body_that_is_none(shop: Shop, body: bytes) -> None:
    """An object is answered all the same."""
    status, problem = shop.send("POST", "/orders", body)

    assert (status, problem["error"]) == (400, "MALFORMED")


def test_numbers_and_foreign_keys_are_accepted(shop: Shop) -> None:
    """As ccxt sends them."""
    order = shop.placed(price=3100.01, size=0.5, clientOrderId="x", triggerPrice=None)

    assert (order["price"], order["size"]) == ("3100.01", "0.5")


def test_defaults(shop: Shop) -> None:
    """BOTH, the default portfolio, and the venue's month."""
    order = shop.placed()

    assert (order["stp_mode"], order["portfolio_uuid"]) == ("BOTH", shop.main)
    assert "expire_time" not in order
    assert shop.send("GET", "/orders")[1]["pagination"] == {"result_limit": 25, "result_offset": 0}


def test_market_order_without_tif_is_immediate(shop: Shop) -> None:
    """The answer shows IOC, and here no fill."""
    order = shop.placed(type="MARKET", tif=None, price=None)

    assert (order["tif"], order["event_type"], order["order_status"], order["text"]) == (
        "IOC", "CANCELED", "DONE", "ioc remainder",
    )  # fmt: skip
    assert "price" not in order


@pytest.mark.parametrize(("tif", "text"), [("IOC", "ioc remainder"), ("FOK", "fok not filled")])
def test_immediate_order_without_a_match(shop: Shop, tif: str, text: str) -> None:
    """The order ends at once, and its text says why."""
    assert shop.placed(tif=tif)["text"] == text


def test_self_trade_ends_both_by_default(shop: Shop) -> None:
    """Each order's text says why."""
    shop.placed()
    order = shop.placed(side="BUY", client_order_id="two")

    assert (order["event_type"], order["text"]) == ("CANCELED", "self trade prevention")
    assert shop.open() == []


def test_expiry_of_a_gtt_order_is_shown(shop: Shop) -> None:
    """The expiry is in UTC with milliseconds, for any offset it was sent with."""
    order = shop.placed(tif="GTT", expire_time="2027-01-16T01:00:00.25+01:00")

    assert order["expire_time"] == "2027-01-16T00:00:00.250Z"


def test_post_only_that_would_cross(shop: Shop) -> None:
    """The order neither rests nor trades, with the flag in any of its spellings."""
    shop.placed(shop.bob, side="BUY", client_order_id="bid")

    assert shop.place(post_only="true")[1]["error"] == "POST_ONLY_WOULD_CROSS"
    assert shop.placed(price="3101", post_only=True)["post_only"] is True


def test_duplicate_client_id(shop: Shop) -> None:
    """Per portfolio, for ever."""
    shop.placed()
    shop.cancel("one")

    assert "(DUPLICATE_CLIENT_ORDER_ID - " in shop.place()[1]["title"]
    assert shop.place(portfolio=shop.second)[0] == 200


# --- modifying


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"price": "3101", "client_order_id": None}, "client_order_id is a required field"),
        ({"price": "3101", "portfolio": None}, "portfolio is a required field"),
        ({"price": "3101", "client_order_id": "one"}, "Invalid replace order request (DUPLICATE_"),
        ({}, "Invalid replace order request (NOTHING_TO_REPLACE - "),
        ({"price": "0"}, "Invalid replace order request (PRICE_NOT_POSITIVE - "),
        ({"size": "0"}, "Invalid replace order request (QTY_NOT_POSITIVE - "),
        ({"size": "-1"}, "Invalid replace order request (QTY_NOT_POSITIVE - "),
        ({"price": "1000000"}, "Invalid replace order request (PRICE_OUTSIDE_BAND - "),
        ({"price": "3100.001"}, "Invalid replace order request (INVALID_PRICE - invalid price"),
        (
            {"stop_price": "1"},
            "Invalid replace order request (INVALID_STOP_PRICE - stop_price does",
        ),
    ],
)
def test_replacement_that_is_refused(shop: Shop, changes: dict[str, Any], title: str) -> None:
    """The order stands as it stood."""
    before = shop.placed()
    body = {"client_order_id": "two", "portfolio": shop.main, **changes}
    status, problem = shop.send(
        "PUT", "/orders/one", {k: v for k, v in body.items() if v is not None}
    )

    assert status == 400
    assert title in problem["title"]
    after = shop.send("GET", f"/orders/one?portfolio={shop.main}")[1]
    assert before == after


def test_replacement_of_what_is_no_more(shop: Shop) -> None:
    """Unknown or done."""
    change = {"client_order_id": "two", "portfolio": shop.main, "price": "3101"}
    shop.placed()
    shop.cancel("one")

    assert shop.send("PUT", "/orders/nobody", change)[0] == 404
    assert (
        "Invalid replace order request (TOO_LATE"
        in shop.send("PUT", "/orders/one", change)[1]["title"]
    )


def test_replacement(shop: Shop) -> None:
    """The order keeps its id and its submission; the size counts what was done."""
    before = shop.placed()
    shop.placed(shop.bob, side="BUY", size="0.2", client_order_id="hit")
    shop.desk.clock.ns += times.S
    change = {"client_order_id": "two", "portfolio": shop.main, "size": "0.3"}
    after = shop.send("PUT", f"/orders/{before['order_id']}", change)[1]

    assert (after["order_id"], after["submit_time"]) == (before["order_id"], before["submit_time"])
    assert (after["event_type"], after["client_order_id"]) == ("REPLACED", "two")
    assert (after["size"], after["exec_qty"], after["leaves_qty"]) == ("0.3", "0.2", "0.1")
    assert after["event_time"] == "2027-01-15T08:00:01Z"


# --- reading


def test_list_filters(shop: Shop) -> None:
    """Several filters narrow the list together."""
    shop.placed()
    shop.placed(client_order_id="two", portfolio=shop.second)
    for query, names in [
        ("", ["two", "one"]),
        (f"portfolio={shop.second}", ["two"]),
        ("client_order_id=one", ["one"]),
        ("event_type=NEW&order_type=LIMIT&side=SELL&instrument_type=PERP", ["two", "one"]),
        ("event_type=TRADE", []),
        ("order_type=MARKET", []),
        ("order_type=STOP", []),
        ("event_type=REPLACED", []),
        ("event_type=NEW&result_limit=1&result_offset=1", ["one"]),
        ("result_limit=1", ["two"]),
        ("result_limit=1&result_offset=1", ["one"]),
        ("ref_datetime=2020-01-01T00:00:00Z", []),
        ("unheard=of", ["two", "one"]),
    ]:
        status, page = shop.send("GET", f"/orders?{query}")
        assert (status, names) == (200, [o["client_order_id"] for o in page["results"]]), query


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", ""])
def test_page_that_is_too_large(shop: Shop, limit: str) -> None:
    """A title that ccxt reads as BadRequest."""
    status, problem = shop.send("GET", f"/orders?result_limit={limit}")

    assert status == 400
    assert "invalid result_limit" in problem["title"]


def test_pages_of_fills(shop: Shop) -> None:
    """Both routes take every filter, and show the newest first."""
    order_id = shop.placed()["order_id"]
    shop.placed(shop.bob, side="BUY", size="0.2", client_order_id="h1")
    shop.desk.clock.ns += times.S
    shop.placed(shop.bob, side="BUY", size="0.1", client_order_id="h2")
    for query, sizes in [
        ("", ["0.1", "0.2"]),
        (f"portfolio={shop.main}", ["0.1", "0.2"]),
        (f"order_id={order_id}", ["0.1", "0.2"]),
        ("order_id=nonsense", []),
        ("client_order_id=one", ["0.1", "0.2"]),
        ("client_order_id=two", []),
        ("result_limit=1&result_offset=1", ["0.2"]),
        ("time_from=2027-01-15T08:00:01Z", ["0.1"]),
        ("ref_datetime=2027-01-15T08:00:00.5Z", ["0.2"]),
    ]:
        for target in (f"/portfolios/{shop.main}/fills?{query}", f"/portfolios/fills?{query}"):
            status, page = shop.send("GET", target)
            assert (status, sizes) == (200, [f["fill_qty"] for f in page["results"]]), target
    several = f"/portfolios/fills?portfolios={shop.main}&portfolios={shop.second}"
    assert len(shop.send("GET", several)[1]["results"]) == 2
    assert shop.send("GET", f"/portfolios/fills?portfolios={shop.bobs}")[0] == 403
    assert shop.send("GET", "/portfolios/fills?time_from=then")[0] == 400


def test_two_sides_of_a_match_are_two_executions(shop: Shop) -> None:
    """Both have the match's id."""
    shop.placed()
    shop.placed(shop.bob, side="BUY", client_order_id="hit")
    ours = shop.send("GET", "/portfolios/fills")[1]["results"][0]
    theirs = shop.send("GET", "/portfolios/fills", key=shop.bob)[1]["results"][0]

    assert ours["match_id"] == theirs["match_id"]
    assert ours["match_id"].isdigit()
    assert ours["client_id"] == ids.USER.triplet(shop.desk.accounts()[0].account_id)
    assert ours["exec_id"] != theirs["exec_id"]
    assert ours["fill_id"] != theirs["fill_id"]


@pytest.mark.parametrize(
    "target",
    [
        "/instruments/DOGE-PERP",
        "/instruments/DOGE-PERP/quote",
        "/assets/DOGE",
        "/assets/DOGE/networks",
        "/portfolios/zzzzzzzz-1-21",
        "/portfolios/{main}/balances/DOGE",
        "/portfolios/{main}/positions/DOGE-PERP",
        "/portfolios/{main}/positions/BTC-PERP",
        "/orders/nobody?portfolio={main}",
        "/nowhere",
    ],
)
def test_what_is_not_there(shop: Shop, target: str) -> None:
    """Is a 404 with an object."""
    status, problem = shop.send("GET", target.format(main=shop.main))

    assert status == 404
    assert problem["title"].startswith("io.javalin.http.NotFoundResponse: Not Found")


def test_names_ids_and_uuids_are_one(shop: Shop) -> None:
    """Each form of a name that is shown is accepted in requests."""
    private = shop.placed()
    public = shop.send("GET", "/instruments/ETH-PERP")[1]
    spellings = [
        "ETH-PERP", public["instrument_id"], public["instrument_uuid"], private["instrument_id"],
    ]  # fmt: skip
    for spelling in spellings:
        assert shop.send("GET", f"/instruments/{spelling}")[1] == public
    usdc = shop.send("GET", "/assets/USDC")[1]
    balance = shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]
    for spelling in (usdc["asset_id"], usdc["asset_uuid"], balance["asset_id"]):
        assert shop.send("GET", f"/assets/{spelling}")[1] == usdc
    assert shop.send("GET", "/assets/USDC/networks") == (200, [])


def test_only_usdc_is_collateral(shop: Shop) -> None:
    """An asset weighs what a balance of it is worth as collateral."""
    weights = {a["asset_name"]: a["collateral_weight"] for a in shop.send("GET", "/assets")[1]}

    assert weights.pop("USDC") == 1
    assert set(weights.values()) == {0}
    for name in weights:
        assert (
            shop.send("GET", f"/portfolios/{shop.main}/balances/{name}")[1]["collateral_value"]
            == "0"
        )


@pytest.mark.parametrize("size", ["NaN", "Infinity", "1e30", "1e999", "0.00000000001"])
def test_size_that_is_none(shop: Shop, size: str) -> None:
    """Out of range or off the grid, it is the field that is wrong."""
    status, problem = shop.place(size=size)

    assert (status, problem["error"]) == (400, "INVALID_SIZE")
    assert problem["message"].startswith("invalid size: ")


def test_public_answers_need_no_signature(shop: Shop) -> None:
    """A wrong signature is not looked at."""
    request = Request("GET", b"/api/v1/instruments", b"", ((b"cb-access-key", b"nonsense"),))

    assert shop.desk.answer(request).status == 200


def test_unsigned_is_a_401(shop: Shop) -> None:
    """The body has the fields of all the shapes that clients read."""
    response = shop.desk.answer(Request("GET", b"/api/v1/orders"))

    assert json.loads(response.body) == {
        "title": "io.javalin.http.UnauthorizedResponse: Unauthorized (missing CB-ACCESS-KEY)",
        "status": 401,
        "error": "UNAUTHORIZED",
        "message": "missing CB-ACCESS-KEY",
    }


# --- portfolios


def test_portfolios_are_opened_and_renamed(shop: Shop) -> None:
    """200, not 201; a name is unique, and only the name can be changed."""
    status, made = shop.send("POST", "/portfolios", {"name": "third"})
    assert (status, made["name"], made["is_default"]) == (200, "third", False)
    assert shop.send("POST", "/portfolios", {"name": "third"})[1]["error"] == "DUPLICATE_NAME"
    assert (
        shop.send("POST", "/portfolios", {"name": " "})[1]["message"] == "name is a required field"
    )

    path = f"/portfolios/{made['portfolio_id']}"
    assert shop.send("PUT", path, {"name": "3rd"})[1]["name"] == "3rd"
    assert shop.send("PUT", path, {})[1]["message"] == "name is a required field"
    assert shop.send("PATCH", path, {"portfolio_name": "three"})[1]["name"] == "three"
    assert shop.send("PATCH", path, {"auto_margin_enabled": True})[1]["name"] == "three"
    assert shop.send("PATCH", path, {"auto_margin_enabled": "false"})[0] == 400
    assert [p["name"] for p in shop.send("GET", "/portfolios")[1]] == ["main", "second", "three"]


def test_no_more_than_twenty_portfolios(shop: Shop) -> None:
    """Per user."""
    answers = [shop.send("POST", "/portfolios", {"name": f"p{n}"})[0] for n in range(19)]

    assert answers == [200] * 18 + [400]


def test_name_of_a_portfolio_has_a_length(shop: Shop) -> None:
    """A hundred characters; one more is refused by the field's name."""
    longest, longer = "n" * 100, "n" * 101

    assert shop.send("POST", "/portfolios", {"name": longest})[1]["name"] == longest
    status, refused = shop.send("POST", "/portfolios", {"name": longer})
    assert (status, refused["message"]) == (400, "invalid name: no more than 100 characters")


def test_fees_are_what_instruments_say(shop: Shop) -> None:
    """Per type, in both lists."""
    rates = shop.send("GET", "/portfolios/fee-rates")[1]
    tiers = shop.send("GET", "/fee-rate-tiers?instrument_type=PERP")[1]

    assert [(r["instrument_type"], r["taker_fee_rate"]) for r in rates] == [
        ("SPOT", "0.0006"),
        ("PERPETUAL_FUTURE", "0.0004"),
    ]
    assert [t["maker_fee_rate"] for t in tiers] == ["0.0002"]


def test_preview_changes_nothing(shop: Shop) -> None:
    """The preview shows fees and margin, or the reason of a refusal."""
    form = {k: v for k, v in SELL.items() if k != "client_order_id"} | {"portfolio": shop.main}
    good = shop.send("POST", "/orders/preview", form, shop.looker)[1]
    bad = shop.send("POST", "/orders/preview", {**form, "size": "100000"})[1]

    assert good["is_valid"] is True
    assert (good["maker_fee_estimate"], good["taker_fee_estimate"]) == ("0.0002", "0.0004")
    assert "reject_reason" not in good
    assert (bad["is_valid"], bad["reject_reason"]) == (False, "POSITION_LIMIT")
    assert shop.open() == []


@pytest.mark.parametrize(
    "named", ["portfolios=", "portfolios={main},{second}", "portfolios={main}&portfolios={second}"]
)
def test_fills_of_several_portfolios(shop: Shop, named: str) -> None:
    """An empty list is all of them; commas and repetitions are one list."""
    for portfolio in (shop.main, shop.second):
        shop.placed(portfolio=portfolio)
        shop.placed(shop.bob, side="BUY", client_order_id=f"hit {portfolio[-8:]}")
    target = f"/portfolios/fills?{named.format(main=shop.main, second=shop.second)}"
    status, page = shop.send("GET", target)

    assert status == 200
    assert [shop.second, shop.main] == [one["portfolio_uuid"] for one in page["results"]]
    other = shop.send("GET", f"/portfolios/fills?portfolios={shop.main},{shop.bobs}")
    assert other[0] == 403


def test_replacement_below_the_executed_quantity(shop: Shop) -> None:
    """The refusal says so, and the order stands."""
    shop.placed()
    shop.placed(shop.bob, side="BUY", size="0.2", client_order_id="hit")
    change = {"client_order_id": "two", "portfolio": shop.main, "size": "0.1"}
    status, problem = shop.send("PUT", "/orders/one", change)

    assert (status, problem["error"], problem["message"]) == (
        400, "QTY_BELOW_EXECUTED", "quantity must exceed what has been executed",
    )  # fmt: skip
    assert shop.open() == ["one"]


def summed(shop: Shop, *names: str) -> tuple[str, ...]:
    """Return figures of alice's summary."""
    summary = shop.send("GET", f"/portfolios/{shop.main}/summary")[1]
    return tuple(summary[name] for name in names)


def test_summary_counts_open_orders(shop: Shop) -> None:
    """2 at 1500 rest beside a position of 144,000: 147,000 are open, at a margin of a tenth."""
    shop.placed(shop.bob, size="48", price="3000")
    shop.placed(side="BUY", size="48", price="3000", client_order_id="long")
    before = summed(shop, "balance", "position_notional", "open_position_notional", "buying_power")
    shop.placed(side="BUY", size="2", price="1500", client_order_id="rests")
    after = summed(shop, "balance", "position_notional", "open_position_notional", "buying_power")
    collateral = Decimal(before[0])

    assert before[1:3] == ("144000", "144000")
    assert after[:3] == (before[0], "144000", "147000")
    assert Decimal(before[3]) == collateral - 14_400
    assert Decimal(after[3]) == collateral - 14_700


def test_order_that_can_only_close_opens_nothing(shop: Shop) -> None:
    """The larger of what all buys and all sells would leave counts, as margin is asked."""
    shop.placed(shop.bob, size="2", price="3000")
    shop.placed(side="BUY", size="2", price="3000", client_order_id="long")
    figures = []
    for size in ("2", "3"):
        shop.placed(size=size, price="3200", client_order_id=f"out {size}")
        figures += summed(shop, "open_position_notional")

    # Long 6,000; sells of 6,400 could only close, of 16,000 they leave 10,000 short.
    assert figures == ["6000", "10000"]


def test_loss_at_mark_is_no_balance(shop: Shop) -> None:
    """Bought at 3100 and marked at 3000: the balance is less, and so is what it buys."""
    shop.placed(shop.bob, size="10")
    shop.placed(side="BUY", size="10", client_order_id="long")
    for side in ("SELL", "BUY"):
        shop.placed(
            shop.bob, side=side, price="3000", size="0.1", client_order_id=side, stp_mode="NONE"
        )
    collateral, profit, balance, power = map(
        Decimal, summed(shop, "collateral", "unrealized_pnl", "balance", "buying_power")
    )

    assert profit == -1_000
    assert balance == collateral - 1_000
    assert power == balance - 3_000


def test_loss_at_mark_opens_nothing(shop: Shop) -> None:
    """1,000,000 USDC, long 160 BTC at 60000, marked at 50000: only closing is left."""
    usdc = shop.desk.directory.asset_by_symbol("USDC")
    assert usdc is not None
    account_id = shop.desk.accounts()[0].account_id
    had = Decimal(shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]["quantity"])
    more = int((had - 1_000_000) * 10**usdc.scale)
    shop.desk.engine.enter(WithdrawFunds(account_id, usdc.asset_id, more))
    btc = {"instrument": "BTC-PERP", "stp_mode": "NONE"}
    shop.placed(shop.bob, size="160", price="60000", **btc)
    shop.placed(side="BUY", size="160", price="60000", client_order_id="long", **btc)
    assert summed(shop, "buying_power") == ("36160",)
    for side in ("SELL", "BUY"):
        terms = {"side": side, "price": "50000", "size": "0.1", "client_order_id": side}
        shop.placed(shop.bob, **terms, **btc)
    balance = shop.send("GET", f"/portfolios/{shop.main}/balances/USDC")[1]
    status, problem = shop.place(side="BUY", size="0.1", price="40000", client_order_id="n", **btc)

    assert summed(shop, "unrealized_pnl", "buying_power") == ("-1600000", "0")
    assert balance["max_withdraw_amount"] == "0"
    assert (status, problem["error"]) == (400, "INSUFFICIENT_FUNDS")
    assert shop.place(size="160", price="70000", client_order_id="out", **btc)[0] == 200


def test_contribution_to_margin_is_a_fraction(shop: Shop) -> None:
    """Parts of the portfolio's notional, which add up to its initial margin: a tenth here."""
    for instrument, price in (("ETH-PERP", "3000"), ("BTC-PERP", "60000")):
        terms = {"instrument": instrument, "price": price, "size": "1"}
        shop.placed(shop.bob, client_order_id=instrument, **terms)
        shop.placed(side="BUY", client_order_id=f"long {instrument}", **terms)
    positions = shop.send("GET", f"/portfolios/{shop.main}/positions")[1]
    parts = {one["symbol"]: Decimal(one["im_contribution"]) for one in positions}
    whole = shop.send("GET", f"/portfolios/{shop.main}/summary")[1]["portfolio_initial_margin"]

    assert parts == {"ETH-PERP": Decimal("0.004761905"), "BTC-PERP": Decimal("0.095238095")}
    assert float(sum(parts.values())) == whole == 0.1


def test_usdc_tells_what_a_loan_would_ask(shop: Shop) -> None:
    """The fields are as captured; loans do not exist here."""
    assets = {one["asset_name"]: one for one in shop.send("GET", "/assets")[1]}

    assert ("0.1", "3") == tuple(
        assets["USDC"][name] for name in ("loan_initial_margin", "max_loan_leverage")
    )
    assert "loan_initial_margin" not in assets["BTC"]


def test_detail_is_its_parts(shop: Shop) -> None:
    """Summary, balances, positions, each as on its own route."""
    shop.placed()
    shop.placed(shop.bob, side="BUY", client_order_id="hit")
    under = f"/portfolios/{shop.main}"
    detail = shop.send("GET", f"{under}/detail")[1]

    assert list(detail) == ["summary", "balances", "positions"]
    for part in detail:
        assert shop.send("GET", f"{under}/{part}")[1] == detail[part]
    assert detail["positions"][0]["net_size"] == "-0.5"
    assert detail["summary"]["position_notional"] == "1550"


def test_no_title_where_clients_must_back_off() -> None:
    """429 and 5xx are a message alone."""
    venue = VENUES["coinbase-intx"]
    desk = Desk(venue, venue.settings(rate_limit_per_s=1))
    request = Request("GET", b"/api/v1/portfolios")
    answers = [desk.send(request) for _ in range(5)]

    assert (
        429,
        {"message": "Rate limit exceeded - Server allows 1 requests per second"},
    ) in answers


def test_profit_is_what_the_mark_makes_of_the_cost(shop: Shop) -> None:
    """A short of half an ETH at 3100, and a last trade at 3090: five USDC."""
    shop.placed()
    shop.placed(shop.bob, side="BUY", client_order_id="hit")
    shop.placed(shop.bob, price="3090", size="0.1", client_order_id="s", stp_mode="NONE")
    shop.placed(
        shop.bob, side="BUY", price="3090", size="0.1", client_order_id="b", stp_mode="NONE"
    )
    under = f"/portfolios/{shop.main}"
    position = shop.send("GET", f"{under}/positions/ETH-PERP")[1]

    assert (position["entry_vwap"], position["mark_price"]) == ("3100", "3090")
    assert position["unrealized_pnl"] == "5"
    assert shop.send("GET", f"{under}/summary")[1]["unrealized_pnl"] == "5"
