"""
Market orders for an amount of cash: of the outcome that is traded, whichever that is.

Source: Orders API reference, "Create Order", `cashOrderQty`; a contract of NO costs the payout less
the price of YES (Polymarket US documentation, "Collateral").
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.venues.polymarket_us.counter import Counter, terms
from tests.venues.polymarket_us.floor import dollars

from countermand.vocabulary.order import Side


def power(counter: Counter) -> Decimal:
    """Return what alice can spend, digit for digit."""
    raw = counter.raw("/v1/account/balances", "alice")[1]
    return Decimal(raw.partition(b'"buyingPower":')[2].partition(b",")[0].decode())


def spend(counter: Counter, intent: str, cash: str) -> dict[str, Any]:
    """Place alice's order for cash and return it."""
    form = terms(intent, None, None, cashOrderQty=dollars(cash))
    return counter.shown(str(counter.create("alice", form)["id"]))


@pytest.mark.parametrize(
    ("intent", "theirs", "quantity", "price", "left"),
    [
        # 23.33 at 0.30 are 6.999, and 0.0695 * 23.33 * 0.30 * 0.70 are 0.34 of fees.
        ("BUY_LONG", Side.SELL, "23.33", "0.30", "9999992.661"),
        # Ten at 0.70 are 7, and 0.0695 * 10 * 0.30 * 0.70 are 0.15.
        ("BUY_SHORT", Side.BUY, "10", "0.70", "9999992.85"),
    ],
)
def test_bought(
    counter: Counter, intent: str, theirs: Side, quantity: str, price: str, left: str
) -> None:
    """A buy for 7 dollars, where YES trades at 0.30, never costs more."""
    counter.order("bob", theirs, "1000", "0.30")
    shown = spend(counter, intent, "7")

    assert ("ORDER_STATE_FILLED", dollars("7.00"), dollars("0.30")) == (
        shown["state"], shown["cashOrderQty"], shown["avgPx"],
    )  # fmt: skip
    assert Decimal(quantity) == Decimal(str(shown["cumQuantity"]))
    assert Decimal(quantity) * Decimal(price) <= 7
    assert Decimal(left) == power(counter)


@pytest.mark.parametrize(
    ("intent", "held", "quantity", "price", "left"),
    [
        # A hundred cost 50 and a rebate of 0.0125 * 100 * 0.25, which is 0.31, came back.
        ("SELL_LONG", Side.BUY, "23.33", "0.30", "9999956.969"),
        ("SELL_SHORT", Side.SELL, "10", "0.70", "9999957.16"),
    ],
)
def test_sold(
    counter: Counter, intent: str, held: Side, quantity: str, price: str, left: str
) -> None:
    """Of a hundred bought at 0.50, as many are sold as bring 7 dollars where YES trades at 0.30."""
    counter.order("alice", held, "100", "0.50")
    counter.order("bob", held.opposite, "100", "0.50")
    assert Decimal("9999950.31") == power(counter)

    counter.order("bob", held, "1000", "0.30")
    shown = spend(counter, intent, "7")

    assert "ORDER_STATE_FILLED" == shown["state"]
    assert Decimal(quantity) == Decimal(str(shown["cumQuantity"]))
    assert Decimal(quantity) * Decimal(price) <= 7
    assert Decimal(left) == power(counter)


@pytest.mark.parametrize(
    ("intent", "theirs", "quantity"),
    [("BUY_LONG", Side.SELL, 23.33), ("BUY_SHORT", Side.BUY, 10)],
)
def test_previewed(counter: Counter, intent: str, theirs: Side, quantity: float) -> None:
    """The quantity that would be bought."""
    counter.order("bob", theirs, "1000", "0.30")
    form = terms(intent, None, None, cashOrderQty=dollars("7"))
    shown = counter.post("/v1/order/preview", {"request": form})[1]["order"]

    assert (quantity, dollars("7.00")) == (shown["quantity"], shown["cashOrderQty"])


@pytest.mark.parametrize("intent", ["BUY_LONG", "BUY_SHORT"])
def test_cash_is_all_that_is_needed(counter: Counter, intent: str) -> None:
    """The order needs the cash and its fee; a far quote at a dear price does not count."""
    side = Side.SELL if intent == "BUY_LONG" else Side.BUY
    near, far = ("0.30", "0.99") if side is Side.SELL else ("0.70", "0.01")
    counter.order("bob", side, "1000", near)
    counter.order("bob", side, "1000", far)
    counter.keep_only("alice", 8)

    assert 23.33 == spend(counter, intent, "7")["cumQuantity"]


def test_numbers_in_both_forms(counter: Counter) -> None:
    """The order's numbers are written digit for digit."""
    counter.order("bob", Side.BUY, "1000", "0.30")
    order_id = str(spend(counter, "BUY_SHORT", "7")["id"])

    assert b'"quantity":10,"cumQuantity":10,' in counter.raw(f"/v1/order/{order_id}", "alice")[1]
