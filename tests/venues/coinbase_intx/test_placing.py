"""Placing, modifying and previewing: the forms that are taken, and the refusals."""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.coinbase_intx.shop import SELL, Shop
from tests.venues.desk import START_NS

from countermand.wire import times

MONTH_NS = 30 * times.DAY


def test_market_order_may_be_fill_or_kill(shop: Shop) -> None:
    """The venue's documents name IOC alone."""
    killed = shop.placed(type="MARKET", tif="FOK", price=None)

    assert (killed["event_type"], killed["text"]) == ("CANCELED", "fok not filled")


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
