"""
Orders in the book: commissions, execution records, slippage; and the spellings of paths.

Source: API reference, "Build Place Order", "Order Types", "Status Codes"; the rest is our proposal
        (README).
"""

from __future__ import annotations

import json

import pytest
from tests.venues.deltadefi.booth import Booth, limit, market

from countermand.wire.http import Request


def test_commission_is_taken_from_what_is_received(booth: Booth) -> None:
    """A buyer pays in base, a seller in quote, a thousandth each, truncated."""
    maker = booth.place(limit("buy", "100.05", "0.9333"))
    taker = booth.place(limit("sell", "100.05", "0.9333"), "bob")

    assert ("closed", "93.376665", "0.9333", "USDM", "0.093376") == tuple(
        taker[name]
        for name in (
            "status",
            "executed_quote_qty",
            "executed_price",
            "commission_unit",
            "commission",
        )
    )
    bought = booth.shown(maker["id"])
    assert ("closed", "100.05", "ADA", "0.10005") == tuple(
        bought[name] for name in ("status", "executed_base_qty", "commission_unit", "commission")
    )
    assert {"ADA": ("10000099.94995", "0"), "USDM": ("9999906.623335", "0")} == {
        symbol: held for symbol, held in booth.balances().items() if symbol != "NIGHT"
    }
    assert ("10000093.283289", "0") == booth.balances("bob")["USDM"]


def test_execution_records(booth: Booth) -> None:
    """The same in every answer; both sides of a match are told one counter party id."""
    first = booth.place(limit("sell", "30", "0.93"), "bob")
    booth.place(limit("sell", "30", "0.94"), "bob")
    taken = booth.place(limit("buy", "50", "0.95"))
    records = taken["order_execution_records"]

    assert [("0.93", "30", "27.9", "taker"), ("0.94", "20", "18.8", "taker")] == [
        tuple(it[n] for n in ("execution_price", "filled_base_qty", "filled_quote_qty", "role"))
        for it in records
    ]
    assert {taken["id"]} == {it["order_id"] for it in records}
    assert records == booth.shown(taken["id"])["order_execution_records"]
    (made,) = booth.shown(first["id"], "bob")["order_execution_records"]
    assert ("maker", "USDM", "0.0279") == (
        made["role"],
        made["commission_unit"],
        made["commission"],
    )
    assert made["counter_party_order_id"] == records[0]["counter_party_order_id"]
    assert made["id"] != records[0]["id"]
    assert "0.934" == taken["executed_price"]


def test_market_order_rests_at_the_best_price_it_found(booth: Booth) -> None:
    """The rest stays at the best price that the order found when it came."""
    booth.place(limit("sell", "30", "0.93"), "bob")
    booth.place(limit("sell", "30", "0.94"), "bob")
    booth.place(limit("sell", "30", "0.99"), "bob")
    form = market("buy", base_quantity="100", max_slippage_basis_point="200")
    order = booth.place(form)

    assert ("open", "60", "40", "0", 200, "0.9486", "37.2") == tuple(
        order[name]
        for name in (
            "status",
            "executed_base_qty",
            "ob_open_order_base_qty",
            "price",
            "slippage_bp",
            "market_order_limit_price",
            "locked_quote_qty",
        )
    )
    assert ((9300, 4000),) == booth.book().bids
    assert (200, {"order_id": order["id"]}) == booth.cancel(order["id"])


def test_market_sell_with_slippage(booth: Booth) -> None:
    """The bound is rounded up: toward fewer trades."""
    booth.place(limit("buy", "30", "0.9333"), "bob")
    booth.place(limit("buy", "30", "0.9286"), "bob")
    order = booth.place(market("sell", base_quantity="50", max_slippage_basis_point=50))

    assert ("30", "0.9287") == (order["executed_base_qty"], order["market_order_limit_price"])
    assert ((9333, 2000),) == booth.book().asks


@pytest.mark.parametrize(("points", "executed"), [(None, "90"), (10_000, "90"), (0, "30")])
def test_how_far_a_market_order_goes(booth: Booth, points: int | None, executed: str) -> None:
    """Without a slippage it takes every level; with one of 0 the best price only."""
    for price in ("0.93", "1.2", "1.8"):
        booth.place(limit("sell", "30", price), "bob")
    form = market("buy", base_quantity="100", max_slippage_basis_point=points, price="0.5")

    assert executed == booth.place(form)["executed_base_qty"]


@pytest.mark.parametrize(
    ("side", "price", "points", "limit_price"),
    [
        ("sell", "0.9", 9_989, "0.001"),
        ("sell", "0.9", 10_000, "0.001"),
        ("buy", "60", 6_666, "99.996"),
        ("buy", "60", 6_667, "100"),
        ("buy", "60", 10_000, "100"),
    ],
)
def test_slippage_ends_at_the_limits_of_the_market(
    booth: Booth, side: str, price: str, points: int, limit_price: str
) -> None:
    """Every slippage there may be is taken; orders trade from 0.001 to 100 on this market."""
    booth.place(limit("buy" if side == "sell" else "sell", "10", price), "bob")
    form = market(side, base_quantity="10", max_slippage_basis_point=points)
    order = booth.place(form)

    assert ("closed", price, limit_price) == (
        order["status"],
        order["executed_price"],
        order["market_order_limit_price"],
    )


def test_market_order_for_an_amount_of_quote(booth: Booth) -> None:
    """Never more than it."""
    booth.place(limit("sell", "30", "0.93"), "bob")
    booth.place(limit("sell", "100", "0.94"), "bob")
    bought = booth.place(market("buy", quote_quantity="50"))
    assert ("closed", "53.51", "49.9994", "50") == tuple(
        bought[name] for name in ("status", "base_qty", "executed_quote_qty", "quote_qty")
    )

    booth.place(limit("buy", "100", "0.9"), "bob")
    sold = booth.place(market("sell", quote_quantity=45))
    assert ("closed", "50", "45") == tuple(
        sold[name] for name in ("status", "base_qty", "executed_quote_qty")
    )


def test_own_orders_trade_with_each_other(booth: Booth) -> None:
    """No rule against it is documented; this is our proposal."""
    booth.place(limit("sell", "30", "0.93"))
    order = booth.place(limit("buy", "30", "0.93"))

    assert "closed" == order["status"]
    assert ["taker"] == [it["role"] for it in order["order_execution_records"]]


def test_documented_spellings_of_the_paths(booth: Booth) -> None:
    """The reference writes `/orders/build`; clients call `/order/build`."""
    status, built = booth.post("/orders/build", limit("buy", "100", "0.93"))
    assert 200 == status
    body = {"order_id": built["order_id"], "signed_tx": booth.sign(built["tx_hex"])}
    status, order = booth.post("/orders/submit", body)

    assert (200, "open") == (status, order["status"])
    assert order == booth.get(f"/account/order?id={order['id']}")


def test_key_that_may_only_look(booth: Booth) -> None:
    """A read-only key builds no order."""
    looker = booth.desk.credential("alice", 1)
    body = json.dumps(limit("buy", "100", "0.93")).encode()
    request = Request("POST", b"/order/build", b"", (), body)

    assert 403 == booth.desk.send(request, looker)[0]


def test_limit_of_requests() -> None:
    """Per key, off in the demo; the code of the table."""
    booth = Booth(rate_limit_per_s=2)
    codes = [booth.ask("GET", "/accounts/balance")[0] for _ in range(3)]

    assert [200, 200, 429] == codes
    limited = {"error": "Rate limit exceeded, please try again later", "code": 4290}
    assert (429, limited) == booth.ask("GET", "/accounts/balance")
