"""
Previews of new orders, and verification of orders that exist.

Source: ETNA manual, "Verify order"; the swagger file; what they leave
        open is named as ours in the README.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.office import FORM, Office, decoded


def test_preview_of_a_good_order(office: Office) -> None:
    """Says what it costs and what it binds, with the quote; nothing is entered."""
    office.place("bob/margin", Side="SellShort", Price=181)
    before = office.engine.exchange.seq
    told = decoded(office.call(f"POST {office.orders().replace('orders', 'preview/orders')}", FORM))

    expected = {
        "IsSuccessful": True, "Cost": 1800, "NetCost": 1800, "TotalCost": 1800, "Commission": 0,
        "MarginChange": 900, "InitialMarginRate": 0.5, "ErrorDescriptionArgs": [],
    }  # fmt: skip
    assert expected == {name: told[name] for name in expected}
    assert (181, 0, "AAPL") == tuple(told["Quotes"][0][name] for name in ("Ask", "Bid", "Symbol"))
    assert before == office.engine.exchange.seq


@pytest.mark.parametrize(
    ("terms", "cost", "margin"),
    [
        ({"Side": "Buy", "Quantity": 5}, 905, 452.5),
        ({"Side": "SellShort", "Quantity": 5}, 895, 447.5),
        ({"Side": "Buy", "Quantity": 2, "Symbol": "MSFT"}, 840, 0),
    ],
)
def test_preview_of_a_market_order(
    office: Office, terms: dict[str, Any], cost: float, margin: float
) -> None:
    """Costs what the quote says: the ask, the bid, and the reference price where there is none."""
    office.place("bob/margin", Side="SellShort", Price=181)
    office.place("bob/margin", Side="Buy", Price=179, Symbol="AAPL")
    form = {"Symbol": "AAPL", "Type": "Market"} | terms
    told = decoded(office.call(f"POST {office.orders().replace('orders', 'preview/orders')}", form))

    assert (cost, cost, cost) == tuple(told[name] for name in ("Cost", "NetCost", "TotalCost"))
    assert margin == told["MarginChange"]


def test_preview_for_a_cash_account(office: Office) -> None:
    """Binds all it costs, and says that rate."""
    path = office.orders("alice/cash").replace("orders", "preview/orders")
    told = decoded(office.call(f"POST {path}", FORM))

    assert (1800, 1800) == (told["Cost"], told["MarginChange"])
    assert (1, 1) == (told["InitialMarginRate"], told["MaintenanceMarginRate"])


def test_order_that_stands_is_verified_by_standing(office: Office) -> None:
    """The order's own hold and closing quantity do not count against it."""
    office.place("bob/margin", Side="SellShort", Quantity=30)
    office.place("alice/cash", Quantity=30)
    closing = office.place("alice/cash", Side="Sell", Quantity=30, Price=190)
    costly = office.place("alice/cash", Quantity=5_000, Symbol="MSFT", Price=190)
    base = office.orders("alice/cash").removesuffix("/orders")
    told = [
        decoded(office.call(f"GET {base}/verified/orders/{order_id}"))
        for order_id in (closing, costly)
    ]
    office.cancel(closing, "alice/cash")
    office.place("alice/cash", Side="Sell", Quantity=1, Price=190)
    late = decoded(office.call(f"GET {base}/verified/orders/{closing}"))

    assert [True, True] == [one["IsSuccessful"] for one in told]
    assert [5_700, 950_000] == [one["Cost"] for one in told]
    assert (False, "LongPositionCrossZero") == (late["IsSuccessful"], late["ErrorDescription"])


def test_order_that_exists_is_verified(office: Office) -> None:
    """An unknown id is 404, and replacements are for administrators."""
    order_id = office.place()
    base = office.orders().removesuffix("/orders")
    told = decoded(office.call(f"GET {base}/verified/orders/{order_id}"))

    assert (True, order_id) == (told["IsSuccessful"], told["OrderId"])
    assert office.call(f"GET {base}/verified/orders/2000000000").status == 404
    assert office.call(f"PUT {base}/preview/orders/{order_id}", {"Quantity": 5}).status == 401
