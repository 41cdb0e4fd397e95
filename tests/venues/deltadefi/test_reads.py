"""
Reads of orders, trades and balances, in the documents' shapes.

Source: API reference, the page of each call; Python SDK 1.1.1, `responses`; TypeScript SDK 1.1.3,
        `types`; the rest is our proposal (README).
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.deltadefi.booth import ADA, INVALID, NIGHT, USDM_UNIT, Booth, limit

from countermand.venues.deltadefi import read_orders


def test_open_orders_in_pages(booth: Booth) -> None:
    """Ten a page unless said otherwise, the newest first, and how many there are in all."""
    ids = [booth.place(limit("buy", "10", f"0.9{n:02d}"))["id"] for n in range(12)]
    booth.place(limit("buy", "1000", "0.04") | {"symbol": NIGHT})
    booth.place(limit("buy", "10", "0.9"), "bob")

    first = booth.get("/accounts/open-orders?symbol=ADAUSDM")
    assert (12, 2, 10) == (first["total_count"], first["total_page"], len(first["data"]))
    assert ids[:1:-1] == [it["id"] for it in first["data"]]
    second = booth.get("/accounts/open-orders?symbol=ADAUSDM&limit=5&page=3")
    assert (12, 3, ids[1::-1]) == (
        second["total_count"],
        second["total_page"],
        [it["id"] for it in second["data"]],
    )
    assert [] == booth.get("/accounts/open-orders?symbol=ADAUSDM&limit=5&page=4")["data"]


@pytest.mark.parametrize("what", ["open-orders", "trade-orders", "trades"])
def test_list_without_a_symbol_is_of_all(booth: Booth, what: str) -> None:
    """As the Rust SDK asks; the orders are those of the lists by symbol, with their fills."""
    for symbol, price in ((ADA, "0.93"), (NIGHT, "0.04")):
        booth.place(limit("buy", "1000", price) | {"symbol": symbol})
        booth.place(limit("sell", "1000", price) | {"symbol": symbol}, "bob")
        booth.place(limit("buy", "1000", price) | {"symbol": symbol})
    every = booth.get(f"/accounts/{what}")
    one_by_one = [
        one
        for symbol in (NIGHT, ADA)
        for one in booth.get(f"/accounts/{what}?symbol={symbol}")["data"]
    ]

    assert 2 == every["total_count"] == len(one_by_one)
    assert one_by_one == every["data"]


@pytest.mark.parametrize("what", ["open-orders", "trade-orders", "trades"])
def test_list_of_nothing(booth: Booth, what: str) -> None:
    """No page at all."""
    nothing = {"data": [], "total_count": 0, "total_page": 0}

    assert nothing == booth.get(f"/accounts/{what}?symbol=ADAUSDM")


@pytest.mark.parametrize("what", ["open-orders", "trade-orders", "trades"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("symbol=", (400, 4106, "Invalid trading pair symbol")),
        ("symbol=ADA", (400, 4106, "Invalid trading pair symbol")),
        ("symbol=ADAUSDM&page=0", (422, 4000, INVALID + "invalid page")),
        ("symbol=ADAUSDM&page=1001", (422, 4000, INVALID + "invalid page")),
        ("symbol=ADAUSDM&limit=251", (422, 4000, INVALID + "invalid limit")),
        ("symbol=ADAUSDM&limit=x", (422, 4000, INVALID + "invalid limit")),
    ],
)
def test_list_that_cannot_be_understood(
    booth: Booth, what: str, query: str, expected: tuple[int, int, str]
) -> None:
    """Pages from 1 to 1000, of 1 to 250."""
    status, answer = booth.ask("GET", f"/accounts/{what}?{query}")

    assert expected == (status, answer["code"], answer["error"])


def test_trade_orders_are_those_that_are_over(booth: Booth) -> None:
    """Filled, canceled and failed ones, the newest first, with their fills."""
    filled = booth.place(limit("buy", "10", "0.93"))
    booth.place(limit("sell", "10", "0.93"), "bob")
    canceled = booth.place(limit("buy", "10", "0.92"))
    booth.cancel(canceled["id"])
    booth.place(limit("buy", "10", "0.91"))
    page = booth.get("/accounts/trade-orders?symbol=ADAUSDM")

    assert [(canceled["id"], "cancelled", 0), (filled["id"], "closed", 1)] == [
        (it["id"], it["status"], len(it["order_execution_records"])) for it in page["data"]
    ]
    assert (2, 1) == (page["total_count"], page["total_page"])
    last = booth.get("/accounts/trade-orders?symbol=ADAUSDM&limit=1&page=2")
    assert [filled["id"]] == [it["id"] for it in last["data"]]
    assert booth.shown(filled["id"]) == last["data"][0]


def test_open_order_with_fills_is_listed_with_them(booth: Booth) -> None:
    """The list has the order as a single read shows it."""
    order = booth.place(limit("buy", "100", "0.93"))
    booth.place(limit("sell", "10", "0.93"), "bob")
    booth.place(limit("sell", "20", "0.93"), "bob")
    (listed,) = booth.get("/accounts/open-orders?symbol=ADAUSDM")["data"]

    assert booth.shown(order["id"]) == listed
    assert ["10", "20"] == [it["filled_base_qty"] for it in listed["order_execution_records"]]


def test_answer_has_so_many_records(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest of them; the sums are of all, and the trades tell each."""
    monkeypatch.setattr(read_orders, "RECORDS_MAX", 3)
    old = booth.place(limit("buy", "20", "0.94"))
    new = booth.place(limit("buy", "100", "0.93"))
    for quantity in ("10", "10", "11", "12", "13", "14"):
        booth.place(limit("sell", quantity, "0.93"), "bob")

    def sold(page: list[dict[str, Any]]) -> dict[str, list[str]]:
        return {
            it["id"]: [r["filled_base_qty"] for r in it["order_execution_records"]] for it in page
        }

    shown = booth.shown(new["id"])
    assert ("50", {new["id"]: ["12", "13", "14"]}) == (shown["executed_base_qty"], sold([shown]))
    assert [shown] == booth.get("/accounts/open-orders?symbol=ADAUSDM")["data"]
    over = "/accounts/trade-orders?symbol=ADAUSDM"
    assert {old["id"]: ["10", "10"]} == sold(booth.get(over)["data"])
    booth.cancel(new["id"])
    assert {new["id"]: ["12", "13", "14"], old["id"]: []} == sold(booth.get(over)["data"])
    assert 6 == booth.get("/accounts/trades?symbol=ADAUSDM")["total_count"]


def test_trades(booth: Booth) -> None:
    """One record for each fill of the symbol, the newest first."""
    booth.place(limit("sell", "10", "0.93"), "bob")
    booth.place(limit("sell", "20", "0.94"), "bob")
    order = booth.place(limit("buy", "30", "0.94"))
    booth.place(limit("sell", "1000", "0.05") | {"symbol": NIGHT}, "bob")
    booth.place(limit("buy", "1000", "0.05") | {"symbol": NIGHT})
    page = booth.get("/accounts/trades?symbol=ADAUSDM&limit=1")

    assert (2, 2) == (page["total_count"], page["total_page"])
    assert [order["order_execution_records"][1]] == page["data"]
    assert 1 == booth.get("/accounts/trades?symbol=NIGHTUSDM")["total_count"]


@pytest.mark.parametrize("order_id", ["x", "0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01"])
def test_order_that_is_not_there(booth: Booth, order_id: str) -> None:
    """404 with 4200, by either path; without an id the router answers."""
    unknown = (404, {"error": "Order not found", "code": 4200})

    assert unknown == booth.ask("GET", f"/accounts/order/{order_id}")
    assert unknown == booth.ask("GET", f"/account/order?id={order_id}")
    assert b"404 page not found" == booth.raw("GET", "/accounts/order/").body
    assert 422 == booth.ask("GET", "/account/order")[0]


def test_order_of_another_is_not_there(booth: Booth) -> None:
    """Another user's built order is not there either."""
    order = booth.place(limit("buy", "10", "0.93"))
    built = booth.build(limit("buy", "10", "0.93"))

    for order_id in (order["id"], built["order_id"]):
        assert 404 == booth.ask("GET", f"/accounts/order/{order_id}", owner="bob")[0]


def test_balances(booth: Booth) -> None:
    """Each balance has its on-chain unit; the part that open orders hold is locked."""
    booth.place(limit("buy", "100", "0.93"))
    booth.place(limit("sell", "200.5", "0.95"))

    assert [
        {"asset": "ADA", "asset_unit": "lovelace", "free": "9999799.5", "locked": "200.5"},
        {"asset": "USDM", "asset_unit": USDM_UNIT, "free": "9999907", "locked": "93"},
    ] == booth.get("/accounts/balance")[:2]


def test_funds_do_not_move(booth: Booth) -> None:
    """Records are empty, as a list or in pages, and nothing can be deposited."""
    page = {"data": [], "total_count": 0, "total_page": 0}

    assert {"max_deposit": "0"} == booth.get("/accounts/max-deposit")
    for what in ("deposit", "withdrawal", "transferal"):
        assert [] == booth.get(f"/accounts/{what}-records")
        assert page == booth.get(f"/accounts/{what}-records?page=1&limit=10")
    assert [] == booth.get("/accounts/transferal-records?status=pending")
    status, answer = booth.ask("GET", "/accounts/transferal-records?status=done")
    assert (400, 4404) == (status, answer["code"])
    assert (404, {"error": "Transaction not found", "code": 4402}) == booth.ask(
        "GET", "/accounts/transferal-records/00ff"
    )
    for path in ("/accounts/deposit/build", "/accounts/withdrawal/submit", "/app/mock-usdx"):
        assert b"404 page not found" == booth.raw("POST", path, b"{}").body
    assert b"404 page not found" == booth.raw("GET", "/accounts/order-records?status=open").body


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/balance",
        "/accounts/operation-key",
        "/accounts/spot-account",
        "/accounts/api-key",
        "/accounts/new-api-key",
        "/accounts/open-orders?symbol=ADAUSDM",
        "/accounts/order/x",
        "/app/hydra-cycle",
    ],
)
def test_private_reads_need_a_key(booth: Booth, path: str) -> None:
    """Each private read without a key is 401 with code 4010."""
    unauthorized = (401, {"error": "Unauthorized access", "code": 4010})

    assert unauthorized == booth.ask("GET", path, owner=None)
