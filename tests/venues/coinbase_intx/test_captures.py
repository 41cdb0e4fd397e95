"""Our messages have the keys and the types of the live venue's captured ones."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.venues.coinbase_intx import ids
from countermand.wire.http import Request

HOLDING = json.loads((Path(__file__).parent / "vectors" / "captures.json").read_text())
CAPTURES: dict[str, dict[str, Any]] = {c["name"]: c for c in HOLDING["captures"]}
SELL = CAPTURES["place"]["request"]["body"]


class Played:
    """A desk at which the captured scene was played: a fill, a resting order, then its cancel."""

    def __init__(self) -> None:
        self.desk = Desk(VENUES["coinbase-intx"])
        account_id = self.desk.accounts()[0].account_id
        self.portfolio = ids.PORTFOLIO.uuid(account_id)
        trade = {**SELL, "portfolio": self.portfolio, "client_order_id": "fill", "stp_mode": "NONE"}
        self.send("POST", "/orders", trade)
        buy = {**trade, "side": "BUY", "client_order_id": "other"}
        bob = self.desk.credential("bob")
        del buy["portfolio"]
        assert self.desk.send(self.request("POST", "/orders", buy), bob)[0] == 200

    def request(self, method: str, path: str, body: Any = None, query: str = "") -> Request:
        """Return a request."""
        raw = b"" if body is None else json.dumps(body).encode()
        return Request(method, f"/api/v1{path}".encode(), query.encode(), (), raw)

    def send(self, method: str, path: str, body: Any = None, query: str = "") -> tuple[int, Any]:
        """Send it as alice."""
        return self.desk.send(self.request(method, path, body, query))

    def answer(self, name: str) -> tuple[int, Any]:
        """Return our answer to a captured request, in our world's ids."""
        under, body = f"/portfolios/{self.portfolio}", {**SELL, "portfolio": self.portfolio}
        match name:
            case "place":
                return self.send("POST", "/orders", body)
            case "duplicate":
                self.send("POST", "/orders", body)
                return self.send("POST", "/orders", body)
            case "cancel":
                order_id = self.send("POST", "/orders", body)[1]["order_id"]
                return self.send(
                    "DELETE", f"/orders/{order_id}", query=f"portfolio={self.portfolio}"
                )
            case "portfolio":
                return self.send("GET", under)
            case "position":
                return self.send("GET", f"{under}/positions/ETH-PERP")
            case "balance":
                return self.send("GET", f"{under}/balances/USDC")
            case "summary":
                return self.send("GET", f"{under}/summary")
            case _:
                return self.send("GET", "/instruments/BTC-PERP")


def shape(value: Any) -> str:
    """Return what kind of thing a value is, as a client's parser sees it."""
    match value:
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case dict():
            return "object"
        case str() if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            return "decimal"
        case str() if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
            return "uuid"
        case str() if re.fullmatch(r"[0-9a-z]+-[0-9]+-[0-9a-z]+", value):
            return "triplet"
        case _:
            return "text"


@pytest.mark.parametrize("name", CAPTURES)
def test_answer_is_shaped_like_the_venue_s(name: str) -> None:
    """The same status, the same keys, the same kinds of values, key for key."""
    capture = CAPTURES[name]
    status, ours = Played().answer(name)
    theirs = capture["response"]

    assert status == capture["status"]
    assert set(theirs) | set(capture["also_sent"]) == set(ours)
    assert {k: shape(v) for k, v in theirs.items()} == {k: shape(ours[k]) for k in theirs}


@pytest.mark.parametrize("name", ["place", "cancel"])
def test_order_says_what_the_venue_s_said(name: str) -> None:
    """Everything that is not an id."""
    ours, theirs = Played().answer(name)[1], CAPTURES[name]["response"]
    own = [key for key in theirs if not key.endswith(("_id", "_uuid"))]

    assert {key: theirs[key] for key in own} == {key: ours[key] for key in own}
    assert theirs["client_order_id"] == ours["client_order_id"]


def test_duplicate_has_the_captured_title() -> None:
    """Which clients branch on."""
    assert CAPTURES["duplicate"]["response"]["title"] == Played().answer("duplicate")[1]["title"]


def test_instrument_s_nested_quote_has_no_ask_price_without_an_ask() -> None:
    """As captured."""
    ours, theirs = Played().answer("instrument")[1]["quote"], CAPTURES["instrument"]["response"]

    assert set(theirs["quote"]) == set(ours)
    assert ours["best_ask_size"] == "0"


def test_fee_is_the_captured_product() -> None:
    """52500 x 0.01 x 0.0002 = 0.105: notional times rate, to the last digit."""
    desk = Desk(VENUES["coinbase-intx"])
    played = Played()
    fills = played.send("GET", f"/portfolios/{played.portfolio}/fills")[1]["results"]
    market = desk.directory.instrument_by_symbol("ETH-PERP")
    assert market is not None
    rate = Decimal(market.maker_fee_ppb) / 10**9
    product = Decimal(fills[0]["fill_price"]) * Decimal(fills[0]["fill_qty"]) * rate

    assert product == Decimal(fills[0]["fee"])
