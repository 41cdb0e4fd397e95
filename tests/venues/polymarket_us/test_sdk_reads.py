"""
The published polymarket-us 2.4.1, unmodified, over a real socket, in both its forms: everything
that shows something, and what it makes of a refusal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from polymarket_us import (
    AsyncPolymarketUS,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    PolymarketUS,
)
from tests.served import Served, demo_text
from tests.venues.polymarket_us.floor import dollars

NAME = "polymarket-us"
GAME = "aec-nba-ny-sa-2026-06-05"
CHAMPION = "tec-mlb-champ-2026-11-04"
FED = "rdc-usfed-fomc-2026-12-09-cut25"


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    """An exchange on which alice bought 40 at 0.55 of bob, and both quote."""
    with Served.with_empty_books(NAME) as served:
        known = served.venue(NAME)
        for owner, intent, price, quantity in (
            ("alice", "ORDER_INTENT_BUY_LONG", "0.55", 40),
            ("bob", "ORDER_INTENT_BUY_SHORT", "0.55", 40),
            ("alice", "ORDER_INTENT_BUY_LONG", "0.54", 120),
            ("bob", "ORDER_INTENT_BUY_SHORT", "0.56", 80.5),
        ):
            with PolymarketUS(**_arguments(known, owner)) as client:
                client.orders.create(_order(intent, price, quantity))
        yield known


def _order(intent: str, price: str, quantity: float) -> dict[str, Any]:
    return {
        "marketSlug": GAME, "intent": intent, "type": "ORDER_TYPE_LIMIT", "quantity": quantity,
        "price": {"value": price, "currency": "USD"}, "tif": "TIME_IN_FORCE_GOOD_TILL_CANCEL",
    }  # fmt: skip


def _arguments(venue: dict[str, Any], owner: str) -> dict[str, Any]:
    account, url = venue["accounts"][owner], venue["base_url"]
    return {
        "key_id": account["key_id"], "secret_key": account["secret_key"],
        "gateway_base_url": url, "api_base_url": url,
    }  # fmt: skip


class Sdk:
    """One form of the SDK, whose methods are called by name."""

    def __init__(self, form: str, venue: dict[str, Any]) -> None:
        self.form, self.venue = form, venue

    def ask(self, method: str, *given: Any, owner: str = "alice", **changes: Any) -> Any:
        """Call a method, `markets.list` for one, with a user's client."""
        arguments = _arguments(self.venue, owner) | changes
        if self.form == "async":
            return asyncio.run(self._ask(method, given, arguments))
        with PolymarketUS(**arguments) as client:
            return reduce(getattr, method.split("."), client)(*given)  # type: ignore[operator]  # a method, by its name

    async def _ask(self, method: str, given: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
        async with AsyncPolymarketUS(**arguments) as client:
            return await reduce(getattr, method.split("."), client)(*given)  # type: ignore[operator]  # likewise


@pytest.fixture(params=["sync", "async"])
def sdk(request: pytest.FixtureRequest, venue: dict[str, Any]) -> Sdk:
    """Either form."""
    return Sdk(request.param, venue)


# --- markets


def test_markets_are_listed(sdk: Sdk) -> None:
    """The SDK's typed parameters, in its spelling."""
    params = {
        "limit": 10, "offset": 0, "active": True, "closed": False, "archived": False,
        "slug": [GAME, FED], "orderBy": ["slug"], "orderDirection": "desc", "gameId": None,
    }  # fmt: skip

    assert [GAME, CHAMPION, FED] == [m["slug"] for m in sdk.ask("markets.list")["markets"]]
    assert [FED, GAME] == [m["slug"] for m in sdk.ask("markets.list", params)["markets"]]


def test_market_is_retrieved(sdk: Sdk) -> None:
    """By slug, and by id."""
    market = sdk.ask("markets.retrieve_by_slug", GAME)["market"]

    assert ("NY vs SA", 0.54, 0.56) == (market["question"], market["bestBid"], market["bestAsk"])
    assert {"market": market} == sdk.ask("markets.retrieve", int(market["id"]))


def test_book_and_bbo(sdk: Sdk) -> None:
    """The fields of the documents."""
    book = sdk.ask("markets.book", GAME)["marketData"]
    bbo = sdk.ask("markets.bbo", GAME)["marketData"]

    assert [{"px": dollars("0.54"), "qty": "120"}] == book["bids"]
    assert [{"px": dollars("0.56"), "qty": "80.5"}] == book["offers"]
    assert (dollars("0.55"), "40", "40") == (
        book["stats"]["lastTradePx"], book["stats"]["sharesTraded"],
        book["stats"]["openInterest"],
    )  # fmt: skip
    assert (dollars("0.54"), dollars("0.56"), 1, 1) == (
        bbo["bestBid"], bbo["bestAsk"], bbo["bidDepth"], bbo["askDepth"],
    )  # fmt: skip


def test_empty_side_is_none(sdk: Sdk) -> None:
    """An empty side is None in Python."""
    bbo = sdk.ask("markets.bbo", CHAMPION)["marketData"]

    assert (None, None, 0, 0) == (bbo["bestBid"], bbo["bestAsk"], bbo["bidDepth"], bbo["askDepth"])


@pytest.mark.parametrize(
    ("method", "given"),
    [("markets.retrieve_by_slug", "nope"), ("markets.retrieve", 999_999),
     ("markets.book", "nope"), ("markets.bbo", "nope"), ("markets.settlement", GAME),
     ("events.retrieve", 1), ("events.retrieve_by_slug", "nope"), ("series.retrieve", 1)],
)  # fmt: skip
def test_not_found(sdk: Sdk, method: str, given: Any) -> None:
    """NotFoundError, with the code of the body."""
    with pytest.raises(NotFoundError) as caught:
        sdk.ask(method, given)

    assert (404, 5) == (caught.value.status_code, caught.value.body["code"])


def test_settlement_says_which_market(sdk: Sdk) -> None:
    """The one 404 that has a text of its own."""
    with pytest.raises(NotFoundError, match=f"Settlement not found for market {GAME}"):
        sdk.ask("markets.settlement", GAME)


def test_bad_parameter(sdk: Sdk) -> None:
    """BadRequestError, not a list of something else."""
    with pytest.raises(BadRequestError) as caught:
        sdk.ask("markets.list", {"limit": -1})

    assert 3 == caught.value.body["code"]


@pytest.mark.parametrize(
    ("method", "given", "key"),
    [("events.list", {"active": True}, "events"), ("series.list", None, "series"),
     ("sports.list", ..., "sports"), ("sports.teams", {"provider": "x"}, "teams"),
     ("search.query", {"query": "nba finals"}, "events")],
)  # fmt: skip
def test_rest_of_the_gateway(sdk: Sdk, method: str, given: Any, key: str) -> None:
    """Every list is there and empty."""
    answer = sdk.ask(method) if given is ... else sdk.ask(method, given)

    assert not answer[key]


def test_markets_need_no_key(sdk: Sdk) -> None:
    """A client without one sees them, and nothing of anybody's."""
    nobody = {"key_id": None, "secret_key": None}

    assert 3 == len(sdk.ask("markets.list", **nobody)["markets"])
    with pytest.raises(AuthenticationError):
        sdk.ask("account.balances", **nobody)


def test_settlement_of_a_market_that_is_over(tmp_path: Path, sdk: Sdk) -> None:
    """A world may begin with one: YES came true."""
    demo = demo_text(NAME)
    world = tmp_path / "world.toml"
    world.write_text(demo.replace('payout = "1"', 'payout = "1"\nsettlement = "1"', 1))

    with Served(None, "--venue", NAME, "--world", str(world)) as served:
        over = Sdk(sdk.form, served.venue(NAME))
        assert {"slug": GAME, "settlement": 1} == over.ask("markets.settlement", GAME)
        closed = over.ask("markets.list", {"closed": True})["markets"]
        assert [GAME] == [market["slug"] for market in closed]


# --- account and portfolio


def test_balances(sdk: Sdk) -> None:
    """Alice paid 22 dollars, was paid 0.12 for making the market, and 64.80 are in her order."""
    (held,) = sdk.ask("account.balances")["balances"]

    assert ("USD", 9_999_978.12, 64.8, 9_999_913.32) == (
        held["currency"], held["currentBalance"], held["openOrders"], held["buyingPower"],
    )  # fmt: skip


def test_positions(sdk: Sdk) -> None:
    """A map by slug: alice holds YES, bob NO."""
    mine, his = (sdk.ask("portfolio.positions", owner=owner) for owner in ("alice", "bob"))

    assert ("40.0000", dollars("22.00")) == (
        mine["positions"][GAME]["netPositionDecimal"], mine["positions"][GAME]["cost"],
    )  # fmt: skip
    assert ("-40.0000", dollars("18.00")) == (
        his["positions"][GAME]["netPositionDecimal"], his["positions"][GAME]["cost"],
    )  # fmt: skip
    assert (True, "") == (mine["eof"], mine["nextCursor"])


def test_positions_of_one_market(sdk: Sdk) -> None:
    """The SDK sends all three parameters."""
    params = {"market": FED, "limit": 5, "cursor": ""}

    assert {} == sdk.ask("portfolio.positions", params)["positions"]


def test_activities(sdk: Sdk) -> None:
    """One trade; all parameters are sent too."""
    params = {
        "limit": 5, "marketSlug": GAME, "types": ["ACTIVITY_TYPE_TRADE"],
        "sortOrder": "SORT_ORDER_ASCENDING",
    }  # fmt: skip
    page = sdk.ask("portfolio.activities")
    (activity,) = page["activities"]

    assert ("ACTIVITY_TYPE_TRADE", GAME, "40", False) == (
        activity["type"], activity["trade"]["marketSlug"], activity["trade"]["qty"],
        activity["trade"]["isAggressor"],
    )  # fmt: skip
    assert page == sdk.ask("portfolio.activities", params)


def test_rfq_trades(sdk: Sdk) -> None:
    """None, and no cursor to go on with."""
    assert {"trades": [], "cursor": ""} == sdk.ask("rfqs.trades", {"limit": 5})


@pytest.mark.parametrize(
    ("method", "given"),
    [("portfolio.positions", {"cursor": "x"}), ("portfolio.activities", {"types": ["TRADE"]})],
)
def test_bad_page(sdk: Sdk, method: str, given: Any) -> None:
    """BadRequestError."""
    with pytest.raises(BadRequestError):
        sdk.ask(method, given)


@pytest.mark.parametrize(
    "method", ["account.balances", "portfolio.positions", "portfolio.activities", "rfqs.trades"]
)
def test_wrong_secret(sdk: Sdk, method: str) -> None:
    """AuthenticationError: bob's secret proves nothing of alice."""
    with pytest.raises(AuthenticationError) as caught:
        sdk.ask(method, secret_key=sdk.venue["accounts"]["bob"]["secret_key"])

    assert (401, 16) == (caught.value.status_code, caught.value.body["code"])
