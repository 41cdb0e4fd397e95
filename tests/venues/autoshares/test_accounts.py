"""
Users, accounts and balances.

Vectors: samples of the ETNA manual, "Get account's balance info": a million in cash, 150 Apple
shares bought at 156.57, worth 169.42 later. Other numbers are worked out beside the assertion.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.window import ALL, Window

from countermand.vocabulary.order import Side

DENIED = {"Message": "Authorization has been denied for this request."}


FAILED = {
    "message": "An error occurred while processing your request",
    "error": "Unexpected server error",
}


def info(window: Window, owner: str = "alice", name: str = "margin") -> dict[str, Any]:
    """Return what is in an account."""
    return dict(window.seen(window.path("/info", owner, name), owner))


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/info",
        "/details",
        "/positions",
        "/positions/AAPL",
        "/positions/groups",
        "/positions/top",
        f"/transactions?{ALL}",
        "/preview/limits/AAPL",
    ],
)
def test_account_shows_itself_to_its_owner_alone(window: Window, rest: str) -> None:
    """No key and another user's key get the same denial; a read-only token is enough."""
    path = window.path(rest)

    assert (403, b'{"error":"Application key is not defined or does not exist"}') == window.raw(
        path, None
    )
    assert (401, DENIED) == window.get(path, "bob")
    assert 200 == window.get(path)[0]
    assert 200 == window.get(path, key=1)[0]


@pytest.mark.parametrize("number", ["abc", "1.5", "2147483648", "99999999999999999999", "@me"])
def test_account_id_that_is_no_int32(window: Window, number: str) -> None:
    """422 that names the parameter; where ETNA's oddities are kept, its 400."""
    status, body = window.get(f"/v1.0/accounts/{number}/info")
    odd = Window(etna_oddities=True).get(f"/v1.0/accounts/{number}/info")

    assert (422, ["accountId"]) == (status, list(body["ModelState"]))
    assert (400, {"Message": "The request is invalid."}) == odd


@pytest.mark.parametrize("number", ["0", "-7"])
def test_account_id_that_is_not_positive(window: Window, number: str) -> None:
    """422 that names the parameter."""
    status, body = window.get(f"/v1.0/accounts/{number}/info")

    assert (422, ["accountId"]) == (status, list(body["ModelState"]))


def test_user_id_in_place_of_the_account(window: Window) -> None:
    """The manual's common mistake: 401 here, and the bare 500 where ETNA's oddities are kept."""
    user_id = window.seen("/v1.0/users/@me/info")["UserId"]
    path = f"/v1.0/accounts/{user_id}/info"

    assert (401, DENIED) == window.get(path)
    assert (500, FAILED) == Window(etna_oddities=True).get(path)


def test_account_that_does_not_exist(window: Window) -> None:
    """404 of the account itself, as the swagger file has it there and nowhere below."""
    assert 404 == window.get("/v1.0/accounts/2147483647")[0]
    assert 401 == window.get("/v1.0/accounts/2147483647/positions")[0]


def test_user_info(window: Window) -> None:
    """The user of the token, in the documented fields."""
    said = window.seen("/v1.0/users/@me/info")
    user_id = said["UserId"]

    assert {
        "UserId": user_id, "FirstName": "Alice", "MiddleName": "", "LastName": "Example",
        "Login": "alice", "Email": "alice@example.com", "Role": 0,
        "AddedDate": "0001-01-01T00:00:00Z", "Salutation": "NoSalutation", "Suffix": "NoSuffix",
    } == said  # fmt: skip
    assert said == window.seen(f"/v1.0/users/{user_id}/info")
    assert user_id not in window.desk.directory.accounts


def test_accounts_of_a_user(window: Window) -> None:
    """The default one first; `Id` is what all paths take."""
    first, second = window.seen("/v1.0/users/@me/accounts")
    margin = window.account()

    assert {
        "Id": margin.account_id, "ClearingAccount": str(margin.account_id), "AccessType": "Owner",
        "MarginType": "Margin", "OwnerType": "IndividualCustomer", "Enabled": True,
        "Alias": "margin", "ClearingFirm": "PaperTrading", "IsAverageAccount": False,
        "Currency": "USD", "Owners": [window.seen("/v1.0/users/@me/info")],
    } == first  # fmt: skip
    assert ("cash", "Cash") == (second["Alias"], second["MarginType"])
    assert first == window.seen(window.path())


def test_read_only_access_type(window: Window) -> None:
    """`AccessType` is the token's."""
    (first, _) = window.get("/v1.0/users/@me/accounts", key=1)[1]

    assert "ReadOnly" == first["AccessType"]


@pytest.mark.parametrize("what", ["info", "accounts"])
def test_user_who_is_not_me(window: Window, what: str) -> None:
    """A login as the id is a 400, another user's id a 401, an unknown id the documented 500."""
    bob = window.get("/v1.0/users/@me/info", "bob")[1]["UserId"]

    assert (400, {"Message": "The request is invalid."}) == window.get(f"/v1.0/users/alice/{what}")
    assert (401, DENIED) == window.get(f"/v1.0/users/{bob}/{what}")
    assert (
        500,
        {"Model": None, "Errors": ["User was not found."], "StatusCode": 500, "IsSucceed": False},
    ) == window.get(f"/v1.0/users/7/{what}")


def test_untouched_account(window: Window) -> None:
    """All of it is cash, with twice the buying power on margin; every value is a number."""
    said = info(window)

    assert 100_000_000 == said["cash"] == said["excess"] == said["equityTotal"]
    assert 200_000_000 == said["stockBuyingPower"]
    assert [
        "cash", "netCash", "excess", "changeAbsolute", "changePercent", "equityTotal",
        "pendingOrdersCount", "netLiquidity", "stockLongMarketValue", "stockShortMarketValue",
        "optionLongMarketValue", "optionShortMarketValue", "forexLongMarketValue",
        "forexShortMarketValue", "dayTrades", "stockBuyingPower", "optionBuyingPower",
        "forexBuyingPower", "dayTradingBuyingPower", "pendingCash", "maintenanceMargin",
        "optionMaintenanceMargin", "openPL", "openPLDay", "openPLPercent", "closePL",
        "marketValue", "totalPL",
    ] == list(said)  # fmt: skip
    assert {int, float} >= {type(value) for value in said.values()}


def test_account_of_the_manual(held: Window) -> None:
    """
    The sample's numbers, without its commission of 3.75: 1,000,000 - 23,485.50 in cash and 25,413
    in shares, which cost 23,485.50 and, in an account without margin, hold as much.
    """
    said = info(held, name="cash")

    assert 976_514.5 == said["cash"] == said["netCash"]
    assert 25_413 == said["marketValue"] == said["stockLongMarketValue"]
    assert 1_001_927.5 == said["equityTotal"] == said["netLiquidity"]
    assert 1_927.5 == said["openPL"] == said["totalPL"]
    # 1927.5 / 23485.5
    assert 8.2071917 == said["openPLPercent"]
    assert 23_485.5 == said["maintenanceMargin"]
    # Excess = Equity - TMMR - Pending Cash
    assert 978_442 == said["excess"]
    # What is gained on paper buys nothing.
    assert 976_514.5 == said["stockBuyingPower"]


def test_numbers_are_written_exactly(held: Window) -> None:
    """No digit passes through a binary fraction."""
    raw = held.raw(held.path("/info", name="cash"))[1]

    assert b'"cash":976514.5,' in raw
    assert b'"marketValue":25413,' in raw


def test_short_position_is_worth_less_than_nothing(held: Window) -> None:
    """Bob got 23,485.50 and owes 149 shares, one having been bought back at 169.42."""
    said = info(held, "bob")

    # 100,000,000 + 23,485.50 - 169.42
    assert 100_023_316.08 == said["cash"]
    # 149 * 169.42
    assert -25_243.58 == said["marketValue"] == said["stockShortMarketValue"]
    # One share lost 169.42 - 156.57.
    assert -12.85 == said["closePL"]
    # 149 shares lost as much.
    assert -1_914.65 == said["openPL"]
    # Half of 149 * 156.57
    assert 11_664.465 == said["maintenanceMargin"]


def test_open_orders_hold_cash(window: Window) -> None:
    """An order for 10 at 180 holds 1,800 where nothing may be borrowed, half where it may."""
    window.order(window.account(name="cash"), Side.BUY, "10", "180")
    window.order(window.account(), Side.BUY, "10", "180")
    cash, margin = info(window, name="cash"), info(window)

    assert (1, 1_800, 998_200) == (
        cash["pendingOrdersCount"],
        cash["pendingCash"],
        cash["stockBuyingPower"],
    )
    assert (900, 199_998_200) == (margin["pendingCash"], margin["stockBuyingPower"])
    assert (1_000_000, 0) == (cash["cash"], cash["maintenanceMargin"])


def test_details_say_whose_and_how_much(held: Window) -> None:
    """The values of the balances, with the owner's name."""
    said = held.seen(held.path("/details", name="cash"))

    assert ("Alice", "alice", "Cash", "Approved") == (
        said["FirstName"],
        said["Login"],
        said["MarginType"],
        said["Status"],
    )
    assert (976_514.5, 1_001_927.5, 25_413, 1_927.5) == (
        said["Cash"],
        said["EquityTotal"],
        said["MarketValue"],
        said["OpenPL"],
    )
