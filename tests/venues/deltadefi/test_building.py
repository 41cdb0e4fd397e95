"""
Building an order: the form, the refusals, and the transaction to sign.

Source: API reference, "Build Place Order", "Order Types", "Status Codes"; the rest is our proposal
        (README).
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.deltadefi.booth import ADA, INVALID, NIGHT, Booth, limit, market

from countermand.venues.deltadefi.cardano import transaction
from countermand.vocabulary.instrument import TradingState

NO_NUMBER = (422, 4000, INVALID + "invalid base_quantity: must be a plain number")


TOO_HIGH = (400, 4111, "Price exceeds maximum allowed limit for this market")


TOO_LOW = (400, 4112, "Price below minimum allowed limit for this market")


def test_built_order_holds_nothing(booth: Booth) -> None:
    """The order is found by its id, holds no money, and is not listed."""
    before = booth.balances()
    built = booth.build(limit("buy", "100", "0.93"))

    assert {"order_id", "tx_hex"} == set(built)
    assert before == booth.balances()
    assert () == booth.book().bids
    assert [] == booth.get("/accounts/open-orders?symbol=ADAUSDM")["data"]
    assert [] == booth.get("/accounts/trade-orders?symbol=ADAUSDM")["data"]
    order = booth.shown(built["order_id"])
    assert ("building", "100", "93", "0.93") == tuple(
        order[name] for name in ("status", "base_qty", "quote_qty", "price")
    )


def test_transaction_is_bound_to_the_order(booth: Booth) -> None:
    """The transaction's one input is the hash of the id's text."""
    built = booth.build(limit("buy", "100", "0.93"))

    assert transaction.build(built["order_id"]) == built["tx_hex"]


@pytest.mark.parametrize(
    "form",
    [
        limit("buy", "100", "0.93"),
        limit("buy", 100, 0.93),
        limit("buy", 100.00, "0.9300"),
        limit("buy", None, "0.93", quote_quantity="93", base_quantity=None),
        limit("buy", None, 0.93, quote_quantity=93.0, base_quantity=None) | {"post_only": False},
        {"symbol": ADA, "side": "buy", "type": "limit", "quantity": 100, "price": 0.93}
        | {"limit_slippage": False, "max_slippage_basis_point": None, "post_only": None},
    ],
)
def test_same_order_in_other_words(booth: Booth, form: dict[str, Any]) -> None:
    """Text or numbers, either quantity, its older name, null for nothing, unknown keys."""
    order = booth.place(form)

    assert ("open", "100", "93", "0.93") == (
        order["status"],
        order["base_qty"],
        order["quote_qty"],
        order["price"],
    )


def test_quote_quantity_of_a_limit_is_floored(booth: Booth) -> None:
    """The amount is floored to the pair's lots, so the order costs no more."""
    form = {"symbol": ADA, "side": "buy", "type": "limit", "quote_quantity": "100", "price": "0.93"}
    order = booth.place(form)

    assert ("107.52", "99.9936") == (order["base_qty"], order["quote_qty"])


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({}, (422, 4000, INVALID + "symbol is missing")),
        (limit("buy", "100", "1") | {"symbol": None}, (422, 4000, INVALID + "invalid symbol")),
        (limit("buy", "100", "1") | {"symbol": "ADA"}, (400, 4106, "Invalid trading pair symbol")),
        (limit("BUY", "100", "1"), (422, 4000, INVALID + "invalid side")),
        (limit("buy", "100", "1") | {"type": "stop"}, (422, 4000, INVALID + "invalid type")),
        (limit("buy", "100", None), (422, 4000, INVALID + "price is missing")),
        (limit("buy", None, "1"), (422, 4000, INVALID + "base_quantity is missing")),
        (
            limit("buy", "100", "1", quote_quantity="93"),
            (
                422,
                4000,
                INVALID + "invalid quote_quantity: does not go together with base_quantity",
            ),
        ),
        (
            limit("buy", "100", "1", quantity="93"),
            (422, 4000, INVALID + "invalid quantity: does not go together with base_quantity"),
        ),
        (limit("buy", "1_00", "1"), NO_NUMBER),
        (limit("buy", "NaN", "1"), NO_NUMBER),
        (limit("buy", True, "1"), (422, 4000, INVALID + "invalid base_quantity")),
        (limit("buy", "1e99", "1"), (422, 4000, INVALID + "invalid base_quantity: is too large")),
        (limit("buy", "100", "0"), (400, 4101, "Order price must be greater then 0")),
        (limit("buy", "100", "-1"), (400, 4101, "Order price must be greater then 0")),
        (limit("buy", "100", "0.93001"), (400, 4102, "Price must have at most 4 decimal places")),
        (limit("buy", "100.001", "1"), (400, 4103, "Quantity must have at most 2 decimal places")),
        (
            limit("buy", None, "1", quote_quantity="93.005"),
            (400, 4103, "Quantity must have at most 2 decimal places"),
        ),
        (
            limit("buy", None, "1", quote_quantity="-93"),
            (400, 4107, "Order Quantity must be greater then 0"),
        ),
        (
            limit("buy", None, "0", quote_quantity="93"),
            (400, 4101, "Order price must be greater then 0"),
        ),
        (limit("buy", "0", "1"), (400, 4107, "Order Quantity must be greater then 0")),
        (limit("buy", "-100", "1"), (400, 4107, "Order Quantity must be greater then 0")),
        (limit("buy", "4.99", "1"), (400, 4100, "Order size must be at least 5 ADA")),
        (
            limit("buy", "100", "0.04") | {"symbol": NIGHT},
            (400, 4100, "Order size must be at least 5 USDM"),
        ),
        (limit("buy", "100", "100.0001"), TOO_HIGH),
        (limit("buy", "100", "1e30"), TOO_HIGH),
        (limit("buy", "100", "0.0009"), TOO_LOW),
        (limit("buy", "20000000", "1"), (400, 4050, "Insufficient balance to place order")),
        (limit("sell", "20000000", "1"), (400, 4050, "Insufficient balance to place order")),
        (
            market("buy", base_quantity="100", post_only=True),
            (400, 4105, "Post-only flag can only be used with limit orders"),
        ),
        (
            market("buy", base_quantity="100"),
            (400, 4109, "Insufficient liquidity to execute market order"),
        ),
        (
            market("buy", base_quantity="100", max_slippage_basis_point=10),
            (400, 4109, "Insufficient liquidity to execute market order"),
        ),
    ],
)  # fmt: skip
def test_refused_build(booth: Booth, form: dict[str, Any], expected: tuple[int, int, str]) -> None:
    """Each with its own code, and nothing is built."""
    assert expected == booth.refused(form)


@pytest.mark.parametrize("points", ["-1", "10001", "1.5", 20000, -3, "1e50"])
def test_slippage_out_of_range(booth: Booth, points: Any) -> None:
    """Fractions of a basis point are refused too."""
    booth.place(limit("sell", "100", "0.93"), "bob")
    form = market("buy", base_quantity="10", max_slippage_basis_point=points)

    assert (400, 4108, "Max Slippage basis point must be between 0 and 10000") == booth.refused(
        form
    )


def test_post_only_that_would_match(booth: Booth) -> None:
    """Refused when it is built, and again when it is submitted; then it has failed."""
    built = booth.build(limit("buy", "100", "0.93", post_only=True))
    booth.place(limit("sell", "100", "0.93"), "bob")
    crossing = {"error": "Post-only order would match with existing orders", "code": 4104}

    assert (400, 4104, crossing["error"]) == booth.refused(
        limit("buy", "100", "0.93", post_only=True)
    )
    assert (400, crossing) == booth.submit(built)
    assert "failed" == booth.shown(built["order_id"])["status"]
    assert "open" == booth.place(limit("buy", "100", "0.92", post_only=True))["status"]


def test_market_that_is_closed(booth: Booth) -> None:
    """The one code there is for it."""
    booth.become(TradingState.HALTED)
    locked = "Trading is currently locked, please try again later"

    assert (400, 5002, locked) == booth.refused(limit("buy", "100", "0.93"))


def test_key_without_an_operation_key(booth: Booth) -> None:
    """Without a key to sign with, no order is built."""
    bare = replace(booth.desk.credential(), encrypted_operation_key=None, operation_key_hash=None)
    booth.desk.keys._by_key[bare.key] = bare

    assert (400, 4406, "Account is missing required operation key") == booth.refused(
        limit("buy", "100", "0.93")
    )
    status, answer = booth.ask("GET", "/accounts/operation-key")
    assert (400, 4406) == (status, answer["code"])
