"""The limits of an account: the largest order that it may place. Numbers are worked out here."""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.window import Window

from countermand.vocabulary.order import Side


def limits(window: Window, rest: str = "", name: str = "margin") -> dict[str, Any]:
    """Return how much alice could buy and sell."""
    return dict(window.seen(window.path(f"/preview/limits/AAPL{rest}", name=name)))


def test_limits_of_a_margin_account(window: Window) -> None:
    """100,000,000 at half of 180 a share; without quotes the mark is the price."""
    account_id = window.account().account_id

    assert {
        "BuyPrice": 180, "SellPrice": 180, "BuyLimit": 1111111, "SellLimit": 1111111,
        "AccountId": account_id, "Symbol": "AAPL",
    } == limits(window)  # fmt: skip
    # 100,000,000 / 100
    assert (200, 1_000_000) == (
        limits(window, "?price=200")["BuyPrice"],
        limits(window, "?price=200")["BuyLimit"],
    )


def test_limits_of_a_cash_account(held: Window) -> None:
    """Its limit to buy is its cash, and to sell its shares without those it is selling already."""
    held.order(held.account(name="cash"), Side.SELL, "50", "170")
    said = limits(held, "?price=100", name="cash")

    # 976,514.50 / 100
    assert (9765, 100) == (said["BuyLimit"], said["SellLimit"])
    assert 0 == limits(held.__class__(), name="cash")["SellLimit"]


def test_limits_take_the_prices_of_the_book(window: Window) -> None:
    """The ask to buy at, the bid to sell at."""
    window.order(window.account("bob"), Side.BUY, "1", "179")
    window.order(window.account("bob"), Side.SELL, "1", "181")
    said = limits(window)

    assert (181, 179) == (said["BuyPrice"], said["SellPrice"])


def test_short_sale_below_the_bid_is_counted_at_the_bid(window: Window) -> None:
    """That is where it would be filled: 100,000,000 at half of 200 a share, not of 50."""
    window.order(window.account("bob"), Side.BUY, "1", "200")
    said = limits(window, "?price=50")

    assert (50, 1_000_000) == (said["SellPrice"], said["SellLimit"])


def test_short_position_can_be_bought_back(held: Window) -> None:
    """One order cannot buy more than the short position."""
    said = held.seen(held.path("/preview/limits/AAPL", "bob"), "bob")

    assert 149 == said["BuyLimit"]


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize("price", ["180", "179.37", "0.01", "333.33"])
def test_limit_is_what_the_exchange_takes(side: Side, price: str) -> None:
    """An order of that size is accepted, and one of a share more is not."""
    for more, accepted in ((0, True), (1, False)):
        window = Window()
        said = limits(window, f"?price={price}")
        most = said["BuyLimit"] if side is Side.BUY else said["SellLimit"]
        if most == 10_000_000:
            # The largest order there is, for any money.
            assert "0.01" == price
            continue
        receipt = window.order(window.account(), side, str(most + more), price)

        assert accepted is bool(receipt.orders)


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        ("/preview/limits/NONE", 404),
        ("/preview/limits/AAPL?price=180.001", 422),
        ("/preview/limits/AAPL?price=0", 422),
        ("/preview/limits/AAPL?price=-1", 422),
        ("/preview/limits/AAPL?price=abc", 422),
        ("/preview/limits/AAPL?price=NaN", 422),
        ("/preview/limits/AAPL?price=1e999999999", 422),
    ],
)
def test_limits_that_cannot_be_counted(window: Window, rest: str, status: int) -> None:
    """An unknown security is 404; a price that is none of its is 422 and named."""
    answer, body = window.get(window.path(rest))

    assert status == answer
    if status == 422:
        assert ["price"] == list(body["ModelState"])
