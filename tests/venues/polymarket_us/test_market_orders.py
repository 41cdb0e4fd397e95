"""
Market orders: how far they go, for how much money, and how they close a position.

Source: Orders API reference, "Create Order", "Close Position Order"; forms that live bots send;
what these leave open is chosen in the venue's README.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.polymarket_us.counter import (
    DAY,
    FOK,
    GTC,
    IOC,
    SYNC,
    Counter,
    executed,
    refusal,
    terms,
)
from tests.venues.polymarket_us.floor import CHAMPION, FED, GAME, dollars

from countermand.venues.polymarket_us.messages.orders import ClosePosition
from countermand.venues.polymarket_us.place import serve_close
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reasons import RejectReason


def test_type_may_be_left_out(counter: Counter) -> None:
    """An order with a price is then a limit order."""
    form = terms("BUY_LONG", "0.40", 1) | {"type": None}

    assert "ORDER_TYPE_LIMIT" == counter.shown(counter.create("alice", form)["id"])["type"]


@pytest.mark.parametrize("tif", [None, DAY, GTC, IOC])
def test_market_order_is_immediate(counter: Counter, tif: str | None) -> None:
    """A market order is IOC with any time in force but fill or kill."""
    counter.place("bob", "BUY_SHORT", "0.55", 4)
    answer = counter.create("alice", terms("BUY_LONG", None, 10, **SYNC) | {"tif": tif})

    assert ("PARTIAL_FILL", "EXPIRED") == tuple(kind for kind, _ in executed(answer)[1:])
    shown = counter.shown(answer["id"])
    assert (dollars("0.55"), IOC, 4) == (shown["price"], shown["tif"], shown["cumQuantity"])


@pytest.mark.parametrize("tif", [IOC, FOK])
@pytest.mark.parametrize(
    "more", [{"quantity": 10}, {"cashOrderQty": dollars("5"), "quantity": None}]
)
def test_market_order_on_an_empty_book(counter: Counter, tif: str, more: dict[str, Any]) -> None:
    """200 and an id, and rejected: there is no liquidity, with a bound or without."""
    answer = counter.create("alice", terms("BUY_LONG", None, 10, tif=tif, **SYNC) | more)
    last = answer["executions"][-1]

    assert [("REJECTED", "REJECTED")] == executed(answer)
    assert ("ORD_REJECT_REASON_NO_LIQUIDITY", "No liquidity for market order") == (
        last["orderRejectReason"], last["text"],
    )  # fmt: skip


PRICES = [
    ("what it was filled at", {}, 14, "0.556"),
    ("what it was filled at, below its bound", {"ticks": 20}, 4, "0.55"),
    ("its bound, where nothing is within it", {"ticks": 4}, 4, "0.54"),
    ("the market's reference, where nothing stands", {"marketSlug": FED}, 4, "0.60"),
    ("nothing, in a market that is unknown", {"marketSlug": "no-such-market"}, 4, "0.00"),
]


@pytest.mark.parametrize(("_says", "changes", "quantity", "price"), PRICES)
def test_price_of_a_market_order(
    counter: Counter, _says: str, changes: dict[str, Any], quantity: int, price: str
) -> None:
    """The price is never null: the official types have it, and clients read its value."""
    counter.place("bob", "BUY_SHORT", "0.55", 4)
    counter.place("bob", "BUY_SHORT", "0.56", 6)
    if "ticks" in changes:
        changes = {"slippageTolerance": {"currentPrice": dollars("0.50")} | changes}
    order_id = counter.create("alice", terms("BUY_LONG", None, quantity) | changes)["id"]

    assert dollars(price) == counter.shown(order_id)["price"]


def test_market_order_with_a_price(counter: Counter) -> None:
    """Is refused, for ignoring the price would do something else."""
    form = terms("BUY_LONG", None, 10) | {"price": dollars("0.50")}

    expected = "invalid price: does not apply to market orders"
    assert expected == refusal(counter.post("/v1/orders", form))


@pytest.mark.parametrize(
    ("tolerance", "cum"),
    [
        ({"ticks": 5}, 4),
        ({"ticks": "5"}, 4),
        ({"ticks": 4}, None),
        ({"bips": 1000}, 4),
        ({"bips": 999}, None),
        ({"ticks": 6, "bips": 1}, 10),
        ({}, 10),
    ],
)
def test_slippage(counter: Counter, tolerance: dict[str, Any], cum: int | None) -> None:
    """From 0.50, 5 ticks or 1,000 bips let a buyer pay 0.55 and no more; ticks win."""
    counter.place("bob", "BUY_SHORT", "0.55", 4)
    counter.place("bob", "BUY_SHORT", "0.56", 20)
    given = {"currentPrice": dollars("0.50")} | tolerance
    answer = counter.create("alice", terms("BUY_LONG", None, 10, slippageTolerance=given, **SYNC))
    last = answer["executions"][-1]

    if cum is None:
        assert ("ORD_REJECT_REASON_NO_LIQUIDITY", "EXECUTION_TYPE_REJECTED") == (
            last["orderRejectReason"], last["type"],
        )  # fmt: skip
    else:
        assert cum == last["order"]["cumQuantity"]


@pytest.mark.parametrize(("ticks", "cum"), [(5, 4), (6, 10), (49, 10), (200, 10)])
def test_slippage_of_a_seller(counter: Counter, ticks: int, cum: int) -> None:
    """Downward, in prices of YES, and no further than the lowest there is."""
    counter.place("bob", "BUY_LONG", "0.45", 4)
    counter.place("bob", "BUY_LONG", "0.44", 20)
    given = {"currentPrice": dollars("0.50"), "ticks": ticks}
    answer = counter.create("alice", terms("BUY_SHORT", None, 10, slippageTolerance=given, **SYNC))

    assert cum == answer["executions"][-1]["order"]["cumQuantity"]


@pytest.mark.parametrize(("bips", "cum"), [(1000, 4), (1050, 4), (1199, 4), (1200, 10)])
def test_slippage_of_a_seller_is_rounded_up(counter: Counter, bips: int, cum: int) -> None:
    """1,050 bips from 0.50 are 0.4475: at 0.45 there may be a trade, at 0.44 none."""
    counter.place("bob", "BUY_LONG", "0.45", 4)
    counter.place("bob", "BUY_LONG", "0.44", 20)
    given = {"currentPrice": dollars("0.50"), "bips": bips}
    answer = counter.create("alice", terms("BUY_SHORT", None, 10, slippageTolerance=given, **SYNC))

    assert cum == answer["executions"][-1]["order"]["cumQuantity"]


@pytest.mark.parametrize(
    ("tolerance", "text"),
    [
        (
            {"ticks": 10**18, "currentPrice": dollars("0.5")},
            "invalid slippageTolerance.ticks: must be 1000000 at most",
        ),
        (
            {"ticks": -1, "currentPrice": dollars("0.5")},
            "invalid slippageTolerance.ticks: must not be negative",
        ),
        (
            {"ticks": 1, "currentPrice": dollars("-0.01")},
            "invalid slippageTolerance.currentPrice.value: must not be negative",
        ),
        ({"ticks": 1}, "slippageTolerance.currentPrice is required"),
        ({"ticks": -1, "currentPrice": dollars("0.5")}, "invalid slippageTolerance.ticks"),
        ({"bips": -1, "currentPrice": dollars("0.5")}, "invalid slippageTolerance.bips"),
        ({"bips": "x", "currentPrice": dollars("0.5")}, "invalid slippageTolerance.bips"),
        (
            {"ticks": 1, "currentPrice": dollars("x")},
            "invalid slippageTolerance.currentPrice.value",
        ),
    ],
)
def test_slippage_that_says_nothing(counter: Counter, tolerance: Any, text: str) -> None:
    """400 names what is wrong."""
    form = terms("BUY_LONG", None, 10, slippageTolerance=tolerance)

    assert refusal(counter.post("/v1/orders", form)).startswith(text)


def test_bound_that_nothing_can_meet(counter: Counter) -> None:
    """Is not taken for none."""
    counter.place("bob", "BUY_SHORT", "0.01", 4)
    given = {"currentPrice": dollars("0.001"), "ticks": 0}
    answer = counter.create("alice", terms("BUY_LONG", None, 1, slippageTolerance=given, **SYNC))

    assert [("REJECTED", "REJECTED")] == executed(answer)


def test_cash_order(counter: Counter) -> None:
    """The money buys contracts at 0.40, and then at 0.50."""
    counter.place("bob", "BUY_SHORT", "0.40", 5)
    counter.place("bob", "BUY_SHORT", "0.50", 20)
    form = terms("BUY_LONG", None, None, cashOrderQty=dollars("5"), **SYNC)
    shown = counter.shown(counter.create("alice", form)["id"])

    assert ("ORDER_STATE_FILLED", 11, 11, dollars("5.00")) == (
        shown["state"], shown["quantity"], shown["cumQuantity"], shown["cashOrderQty"],
    )  # fmt: skip


@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_cash_that_is_none(counter: Counter, value: str) -> None:
    """400, code 3."""
    form = terms("BUY_LONG", None, None, cashOrderQty=dollars(value))

    assert refusal(counter.post("/v1/orders", form)).startswith("invalid cashOrderQty")


def test_preview_of_a_cash_order(counter: Counter) -> None:
    """Shows what it would buy now."""
    counter.place("bob", "BUY_SHORT", "0.50", 20)
    form = terms("BUY_LONG", None, None, cashOrderQty=dollars("5"))
    shown = counter.post("/v1/order/preview", {"request": form})[1]["order"]

    assert (10, dollars("5.00"), None) == (
        shown["quantity"], shown["cashOrderQty"], shown["createTime"],
    )  # fmt: skip


def test_close_short_position(counter: Counter) -> None:
    """A short account holds NO and sells it: it buys YES back, as much as it is short."""
    counter.place("bob", "BUY_LONG", "0.60", 5)
    counter.place("alice", "BUY_SHORT", "0.60", 5)
    counter.place("bob", "BUY_SHORT", "0.61", 50)
    indicator = {"manualOrderIndicator": "MANUAL_ORDER_INDICATOR_MANUAL"}
    status, body = counter.post(
        "/v1/order/close-position", {"marketSlug": GAME, **SYNC, **indicator}
    )
    shown = counter.shown(body["id"])

    assert (200, "ORDER_STATE_FILLED", 5) == (status, shown["state"], shown["cumQuantity"])
    assert ("ORDER_INTENT_SELL_SHORT", "ORDER_SIDE_BUY", "MANUAL_ORDER_INDICATOR_MANUAL") == (
        shown["intent"], shown["side"], shown["manualOrderIndicator"],
    )  # fmt: skip


def test_close_what_is_closed_meanwhile(counter: Counter) -> None:
    """Rejected, for it would open the other side."""
    desk = counter.desk
    counter.place("bob", "BUY_LONG", "0.60", 5)
    counter.place("alice", "BUY_SHORT", "0.60", 5)
    counter.place("bob", "BUY_SHORT", "0.61", 50)
    form = ClosePosition(market_slug=GAME)
    account = desk.accounts()[0].account_id
    seen = desk.engine.exchange.query(GetAccount(account))
    steps = serve_close(form, desk.context())
    next(steps)
    command = steps.send(seen)
    counter.place("alice", "SELL_SHORT", "0.61", 1)
    receipt = desk.engine.enter(command)

    assert RejectReason.NOT_REDUCING is receipt.orders[0].reject_reason


def test_close_against_oneself(counter: Counter) -> None:
    """Is a self match like any other; the resting order stays."""
    counter.place("bob", "BUY_SHORT", "0.60", 5)
    counter.place("alice", "BUY_LONG", "0.60", 5)
    resting = counter.place("alice", "BUY_LONG", "0.55", 1)
    answer = counter.post("/v1/order/close-position", {"marketSlug": GAME, **SYNC})[1]

    assert ("Self Match Prevention", "NEW") == (
        answer["executions"][0]["text"], counter.state(resting),
    )  # fmt: skip


@pytest.mark.parametrize("slug", [GAME, "no-such-market"])
def test_close_nothing(counter: Counter, slug: str) -> None:
    """The 404 names the market, also for a user with a position in another."""
    counter.place("bob", "BUY_LONG", "0.60", 5, marketSlug=CHAMPION)
    counter.place("alice", "BUY_SHORT", "0.60", 5, marketSlug=CHAMPION)
    status, body = counter.post("/v1/order/close-position", {"marketSlug": slug})

    assert (404, 5, f"No open position for market slug {slug}") == (
        status, body["code"], body["message"],
    )  # fmt: skip
