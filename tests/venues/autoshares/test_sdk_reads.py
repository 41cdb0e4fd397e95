"""
Plain `requests` over a real socket, as a stranger would write it from the manual alone: log in,
find the account, look at what is in it, page through lists by their own links.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from tests.served import Served

NAME = "autoshares"
TIMEOUT_S = 10


class Customer:
    """A user who is logged in, with the headers of the published snippets."""

    def __init__(self, venue: dict[str, Any], owner: str, base: str = "/api") -> None:
        self.known = venue["accounts"][owner]
        self.base_url = venue["base_url"] + base
        self.session = requests.Session()
        self.session.headers["Et-App-Key"] = self.known["app_key"]
        facts = {"Username": self.known["login"], "Password": self.known["password"]}
        answer = self.session.post(f"{self.base_url}/token", headers=facts, timeout=TIMEOUT_S)
        assert answer.json()["State"] == "Succeeded", answer.text
        self.session.headers["Authorization"] = f"Bearer {answer.json()['Token']}"

    def answer(self, path: str, **query: Any) -> requests.Response:
        """Ask for something below the version."""
        url = path if path.startswith("http") else f"{self.base_url}/v1.0{path}"
        return self.session.get(url, params=query, timeout=TIMEOUT_S)

    def get(self, path: str, **query: Any) -> Any:
        """Likewise, and return what is shown."""
        answer = self.answer(path, **query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/json")
        return answer.json()

    @property
    def account(self) -> str:
        """The path of the first account, found as the manual says."""
        return f"/accounts/{self.get('/users/@me/accounts')[0]['Id']}"

    def place(self, side: str, quantity: int, price: float, symbol: str = "AAPL") -> None:
        """Place a limit order."""
        order = {
            "Symbol": symbol, "Type": "Limit", "Side": side, "Quantity": quantity, "Price": price,
            "TimeInforce": "GoodTillCancel",
        }  # fmt: skip
        url = f"{self.base_url}/v1.0{self.account}/orders"
        assert self.session.post(url, json=order, timeout=TIMEOUT_S).status_code == 200


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    """An exchange on which alice bought 10, 20 and 30 shares from bob, who sold them short."""
    with Served.with_empty_books(NAME) as served:
        known = served.venue(NAME)
        alice, bob = Customer(known, "alice"), Customer(known, "bob")
        for symbol, quantity, price in (("AAPL", 10, 156.57), ("MSFT", 20, 420), ("SPY", 30, 600)):
            bob.place("SellShort", quantity, price, symbol)
            alice.place("Buy", quantity, price, symbol)
        yield known


@pytest.fixture(params=["", "/api"])
def alice(request: pytest.FixtureRequest, venue: dict[str, Any]) -> Customer:
    """Alice, with a base URL that ends in `/api` or does not."""
    return Customer(venue, "alice", request.param)


def test_user_leads_to_accounts_and_accounts_to_balances(alice: Customer) -> None:
    """The first steps of the manual; the ids are those of the ready line."""
    user = alice.get("/users/@me/info")
    accounts = alice.get(f"/users/{user['UserId']}/accounts")

    assert (alice.known["user_id"], alice.known["account_id"]) == (
        user["UserId"],
        accounts[0]["Id"],
    )
    assert accounts[0] == alice.get(alice.account)
    assert (
        accounts[0]["ClearingAccount"] == alice.get(f"{alice.account}/details")["ClearingAccount"]
    )


def test_balances_add_up(alice: Customer) -> None:
    """Cash, shares and gains, digit for digit."""
    raw = alice.answer(f"{alice.account}/info").text
    said = json.loads(raw, parse_float=Decimal, parse_int=Decimal)

    # 10 * 156.57 + 20 * 420 + 30 * 600
    assert Decimal(100000000) - Decimal("27965.7") == said["cash"]
    assert said["cash"] + said["marketValue"] == said["equityTotal"]
    assert Decimal("27965.7") == said["marketValue"] == said["stockLongMarketValue"]
    assert said["excess"] == said["equityTotal"] - said["maintenanceMargin"] - said["pendingCash"]
    assert 2 * said["excess"] == said["stockBuyingPower"]


def test_both_sides_of_a_trade(alice: Customer, venue: dict[str, Any]) -> None:
    """The seller owes the shares that the buyer holds, and got the money that the buyer paid."""
    bob = Customer(venue, "bob")
    query = {"pageNumber": 0, "pageSize": 100, "sortBy": "Date", "isDesc": True}
    paid, got = (one.get(f"{one.account}/transactions", **query)["Result"] for one in (alice, bob))
    mine, his = (one.get(f"{one.account}/positions")["Result"] for one in (alice, bob))

    assert [-18000, -8400, -1565.7] == [one["Value"] for one in paid]
    assert [18000, 8400, 1565.7] == [one["Value"] for one in got]
    assert [10, 20, 30] == [one["Quantity"] for one in mine]
    assert [-10, -20, -30] == [one["Quantity"] for one in his]


def test_lists_are_read_by_their_links(alice: Customer) -> None:
    """A link is asked for as it stands, and the last page has none."""
    page = alice.get(f"{alice.account}/positions", pageNumber=0, pageSize=1, sortField="Symbol")
    seen = [page["Result"][0]["Symbol"]]
    while page["NextPageLink"]:
        page = alice.get(page["NextPageLink"])
        seen.append(page["Result"][0]["Symbol"])

    assert ["AAPL", "MSFT", "SPY"] == seen
    assert "MSFT" == alice.get(page["PreviousPageLink"])["Result"][0]["Symbol"]


def test_filters_are_encoded_by_the_client(alice: Customer) -> None:
    """Spaces, quotes and the `#` of a date arrive as they were meant."""
    wanted = "Symbol in ('AAPL', 'SPY') and ModifyDate >= #2020-01-01T00:00:00#"
    page = alice.get(f"{alice.account}/positions", filter=wanted, sortField="Quantity", desc=True)
    bad = alice.answer(f"{alice.account}/positions", filter="Symbol like 'A%'")

    assert ["SPY", "AAPL"] == [one["Symbol"] for one in page["Result"]]
    assert (400, True) == (bad.status_code, bad.json()["Message"].endswith(" at 7"))


def test_securities_are_looked_up_either_way(alice: Customer) -> None:
    """The manual says `mask`, the published snippets `symbol`."""
    (by_mask,) = alice.get("/equities/lookup", mask="apple", count=5)
    (by_symbol,) = alice.get("/equities/lookup", symbol="AAPL")

    assert by_mask == by_symbol == alice.get("/equities/AAPL")
    assert by_mask == alice.get(f"/equities/{by_mask['Id']}")


def test_limits_before_an_order(alice: Customer) -> None:
    """Alice sells what she has, and could buy much more."""
    said = alice.get(f"{alice.account}/preview/limits/AAPL", price=100)

    assert (100, 10) == (said["SellPrice"], said["SellLimit"])
    assert said["BuyLimit"] > 1_000_000


def test_required_parameter_missing_looks_like_a_wrong_path(alice: Customer) -> None:
    """404 that repeats the URL; a wrong path says the same."""
    answer = alice.answer("/equities", pageNumber=0, pageSize=2, sortField="Type")

    assert 404 == answer.status_code
    assert f"'{answer.url}'" in answer.json()["Message"]


def test_account_of_another(alice: Customer, venue: dict[str, Any]) -> None:
    """Each request for it is 401, and the token stays valid."""
    foreign = venue["accounts"]["bob"]["account_id"]

    for rest in ("", "/info", "/details", "/positions", "/preview/limits/AAPL"):
        assert 401 == alice.answer(f"/accounts/{foreign}{rest}").status_code
    assert alice.get("/users/@me/info")


def test_streamers_are_told(alice: Customer, venue: dict[str, Any]) -> None:
    """The answer has the server's own address, with a session that can be asked for again."""
    said = alice.get("/streamers")
    url = f"{alice.base_url}/v1.0/streamers/session/recover"
    again = alice.session.put(url, params={"sessionType": 1}, timeout=TIMEOUT_S).json()

    assert venue["base_url"].replace("http", "ws") == said["DataAddresses"][0]["Url"]
    assert again["Id"] == said["QuoteAddresses"][0]["SessionId"]


def test_content_type_without_a_body_does_no_harm(alice: Customer) -> None:
    """The Go client sends it with every request."""
    headers = {"Content-Type": "application/json"}
    answer = alice.session.get(
        f"{alice.base_url}/v1.0/users/@me/info", headers=headers, timeout=TIMEOUT_S
    )

    assert 200 == answer.status_code
