"""Reading: orders, fills, instruments and fees, with their filters and pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.venues.coinbase_intx.shop import Shop
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.venues.coinbase_intx import ids
from countermand.wire import times
from countermand.wire.http import Request


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
def test_unknown_paths_and_names(shop: Shop, target: str) -> None:
    """The answer is a 404 with an object."""
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


def test_fees_are_what_instruments_say(shop: Shop) -> None:
    """Per type, in both lists."""
    rates = shop.send("GET", "/portfolios/fee-rates")[1]
    tiers = shop.send("GET", "/fee-rate-tiers?instrument_type=PERP")[1]

    assert [(r["instrument_type"], r["taker_fee_rate"]) for r in rates] == [
        ("SPOT", "0.0006"),
        ("PERPETUAL_FUTURE", "0.0004"),
    ]
    assert [t["maker_fee_rate"] for t in tiers] == ["0.0002"]


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
