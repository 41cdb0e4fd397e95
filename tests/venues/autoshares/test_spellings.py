"""
Different spellings of one request: paths, bearers, symbols, words, numbers, ids.

Source: Autoshares API, "Environments"; ETNA manual, "Place order" (`ExecInst` as 0, ids in quotes),
        "Get transactions" (a slash at the end); RFC 9110, section 11.1; goetna, whose replacements
        are the form an order was placed with. What no document says is named as ours in the README.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.office import APP_KEY, Office, decoded

from countermand.venues.autoshares.presentation import About

LIMIT = {"Symbol": "AAPL", "Type": "Limit", "Side": "Buy", "Quantity": 10, "Price": 180}


@pytest.mark.parametrize(
    "path",
    ["/api/v1.0{}", "/v1.0{}", "//v1.0{}", "/api//v1.0{}", "/v1.0{}/", "/v1//{}", "/v2.0{}//"],
)
@pytest.mark.parametrize("tail", ["/orders", "/positions", "/info", "/orders/{id}"])
def test_path(office: Office, path: str, tail: str) -> None:
    """Paths with and without `/api`, with a slash too many and at the end."""
    order_id = office.place()
    account = f"/accounts/{office.numbers['alice/margin']}{tail.format(id=order_id)}"

    assert 200 == office.call(f"GET {path.format(account)}").status


@pytest.mark.parametrize("path", ["/token", "/api/token", "//token", "/api/token/"])
def test_path_of_a_login(office: Office, path: str) -> None:
    """Each spelling of the path needs no token."""
    headers = {"Et-App-Key": APP_KEY, "Username": "alice", "Password": "alice-demo-password"}

    assert 200 == office.call(f"POST {path}", headers=headers).status


@pytest.mark.parametrize("line", ["DELETE {}/", "DELETE {}//", "DELETE /v1.0/accounts//orders/7"])
def test_cancel_without_an_id_cancels_nothing(office: Office, line: str) -> None:
    """An empty segment is none, so it is another path."""
    order_id = office.place()

    assert office.call(line.format(office.orders())).status in (404, 405)
    assert office.core(order_id).is_open


@pytest.mark.parametrize("public_url", ["", "https://api.autoshares.dev/"])
def test_unknown_path_is_told_as_the_world_is_reached(public_url: str) -> None:
    """Under `public_url`, or else under the host that was asked."""
    answer = Office(public_url=public_url).call("GET /v1.0/nowhere")
    origin = public_url.rstrip("/") or "http://venue.test"
    text = f"No HTTP resource was found that matches the request URI '{origin}/v1.0/nowhere'."

    assert (404, {"Message": text}) == (answer.status, decoded(answer))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_bearer(office: Office, scheme: str) -> None:
    """A scheme's name is read in any case."""
    headers = {"Et-App-Key": APP_KEY, "Authorization": f"{scheme} {office.token('alice')}"}

    assert 200 == office.call(f"GET {office.orders()}", headers=headers).status


def test_symbol(office: Office) -> None:
    """Any case is read: in an order, a preview, limits, a position, a security, a filter."""
    order_id = office.place(Symbol="aapl")
    office.place("bob/margin", Symbol="Aapl", Side="SellShort", Quantity=4)
    account = f"/v1.0/accounts/{office.numbers['alice/margin']}"
    preview = office.call(f"POST {account}/preview/orders", LIMIT | {"Symbol": "aapl"})
    listed = office.call(f"GET {account}/orders", query="filter=Symbol%20=%20'aapl'")

    assert "AAPL" == office.read(order_id)["Symbol"]
    assert decoded(preview)["IsSuccessful"]
    assert [order_id] == [one["Id"] for one in decoded(listed)["Result"]]
    assert 200 == office.call(f"GET {account}/preview/limits/aapl").status
    assert 1 == len(decoded(office.call(f"GET {account}/positions/aapl")))
    assert "AAPL" == decoded(office.call("GET /v1.0/equities/aapl"))["Symbol"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"type": "LIMIT", "SIDE": "buy", "timeInForce": "gtc"}, {"TimeInForce": "GoodTillCancel"}),
        ({"Type": 1}, {"Type": "Limit"}),
        ({"Type": "1"}, {"Type": "Limit"}),
        ({"Type": 0}, {"Type": "Market"}),
        ({"Type": 2, "StopPrice": 170}, {"Type": "Stop", "StopPrice": 170, "Status": "New"}),
        ({"Type": 19}, {"Type": "TrailingStop", "Description": "StopPriceUndefined"}),
        ({"ExecInst": 0}, {"ExecInst": "None"}),
        ({"Quantity": "10", "Price": "180.5"}, {"Quantity": 10, "Price": 180.5}),
        ({"ParentId": "-1", "ValidationsToBypass": "0"}, {"ParentId": -1}),
        ({"ClientId": 77}, {"ClientId": "77"}),
        ({"Legs": [{"symbol": "MSFT", "TYPE": 1, "Quantity": "3"}]}, {"Status": "Rejected"}),
    ],
)
def test_word_and_number(office: Office, given: dict[str, Any], told: dict[str, Any]) -> None:
    """Keys and words in any case, words by their numbers, numbers in quotes."""
    form = {
        name: value for name, value in LIMIT.items() if name.lower() not in map(str.lower, given)
    }
    answer = office.call(f"POST {office.orders()}", form | given)
    assert 200 == answer.status, answer.body
    shown = office.read(decoded(answer)["Id"])

    assert told == {name: shown[name] for name in told}


@pytest.mark.parametrize("given", [{"Type": 7}, {"Side": 0}, {"ParentId": "x"}, {"Type": True}])
def test_number_that_is_no_word(office: Office, given: dict[str, Any]) -> None:
    """A 422, as for a word the venue does not have."""
    assert 422 == office.call(f"POST {office.orders()}", LIMIT | given).status


def test_id_in_quotes(office: Office) -> None:
    """Quoted ids of a replacement, and of accounts that are listed together."""
    order_id, account_id = office.place(), office.numbers["alice/margin"]
    body = {"Id": str(order_id), "Price": 181}
    listed = office.call("POST /v1.0/orders/consolidated", {"AccountIds": [str(account_id)]})

    assert 200 == office.call(f"PUT {office.orders()}/{order_id}", body).status
    assert [order_id] == [one["Id"] for one in decoded(listed)["Result"]]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, 200),
        ({"Symbol": "aapl", "Side": "buy"}, 200),
        ({"Symbol": "", "Side": ""}, 200),
        ({"Symbol": "MSFT"}, 409),
        ({"Side": "SellShort"}, 409),
        ({"Type": "Market"}, 409),
        ({"Side": "Both"}, 422),
    ],
)
def test_replacement_repeats_its_order(office: Office, more: dict[str, Any], status: int) -> None:
    """Equal terms pass and different ones conflict; the order stays as it was."""
    order_id = office.place()
    answer = office.call(f"PUT {office.orders()}/{order_id}", {"Price": 181} | more)

    assert status == answer.status, answer.body
    assert (181 if status == 200 else 180) == office.read(order_id)["Price"]


@pytest.mark.parametrize("user", ["@me", "{own}"])
def test_user_has_settings_and_exchanges(user: str) -> None:
    """The manual's sample, and where the world's securities trade; another user's are a 401."""
    traded = {"AAPL": About(exchange="XNAS"), "SPY": About(exchange="ARCX")}
    office = Office(securities=traded)
    own = decoded(office.call("GET /v1.0/users/@me/info"))["UserId"]
    path = f"GET /v1.0/users/{user.format(own=own)}"
    settings = decoded(office.call(f"{path}/settings/trading"))

    assert ("Show", 10_000_000) == (settings["SkipVerifyOrder"], settings["MaxStocksQuantity"])
    assert "Market" == settings["Instruments"]["Stocks"]["OrderType"]
    assert ["Auto", "ARCX", "XNAS"] == decoded(office.call(f"{path}/exchanges"))
    assert 401 == office.call(f"GET /v1.0/users/{own}/exchanges", user="bob").status


def test_account_has_a_history_and_transfers(office: Office) -> None:
    """
    The history is of today, transfers are none; a missing parameter is a 404 that names the
    request.
    """
    path = f"/v1.0/accounts/{office.numbers['alice/margin']}"
    span = "startDate=2027-01-01T00:00:00Z&endDate={}T00:00:00Z&step=1"
    history = f"GET {path}/history"
    paged = "pageSize=5&pageNumber=0&sortBy=Id&isDesc=false"

    today = [{"Date": "2027-01-15T00:00:00Z", "Value": 100_000_000}]
    assert today == decoded(office.call(history, query=span.format("2027-02-01")))
    assert [] == decoded(office.call(history, query=span.format("2027-01-02")))
    assert 404 == office.call(history, query="step=1").status
    assert [] == decoded(office.call(f"GET {path}/transfers", query=paged))["Result"]
    assert 404 == office.call(f"GET {path}/transfers").status
    assert 401 == office.call(f"GET {path}/transfers", query=paged, user="bob").status
