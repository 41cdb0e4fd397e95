"""
Users, accounts, balances, positions, transactions and limits.

Vectors: samples of the ETNA manual, "Get account's balance info", "Get user's positions in a
security", "Get transactions": a million in cash, 150 Apple shares bought at 156.57, worth 169.42
later. Other numbers are worked out beside the assertion.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.venues.autoshares.window import HOST, Window, answered

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues.autoshares import fills
from countermand.venues.autoshares.messages.accounts import ListPositions, ListTransactions
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetAccount, GetReferenceData, ListFills
from countermand.wire import codec
from countermand.wire.operation import Operation

DENIED = {"Message": "Authorization has been denied for this request."}
FAILED = {
    "message": "An error occurred while processing your request",
    "error": "Unexpected server error",
}
ALL = "pageNumber=0&pageSize=100&sortBy=Id&isDesc=false"


@pytest.fixture
def window() -> Window:
    """A window of one's own."""
    return Window()


@pytest.fixture
def held(window: Window) -> Window:
    """The manual's account: 150 shares bought at 156.57 of bob, who paid 169.42 for one later."""
    window.trade(window.account(name="cash"), window.account("bob"), "150", "156.57")
    window.trade(window.account("bob"), window.account("carol"), "1", "169.42")
    return window


def info(window: Window, owner: str = "alice", name: str = "margin") -> dict[str, Any]:
    """Return what is in an account."""
    return dict(window.seen(window.path("/info", owner, name), owner))


# --- who may see what


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


# --- users


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


def test_who_may_only_look_is_told_so(window: Window) -> None:
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


# --- what is in an account


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


# --- positions


def test_position_of_the_manual(held: Window) -> None:
    """The sample's position, in a page; its security's id and the dates are ours."""
    page = held.seen(held.path("/positions", name="cash"))
    (said,) = page["Result"]
    sample = {
        "Symbol": "AAPL", "Name": "AAPL", "CompanyName": "Apple Inc.", "SecurityCurrency": "USD",
        "SecurityType": "CommonStock", "ContractSize": 1, "CostBasis": 23485.5, "Quantity": 150,
        "RealizedProfitLoss": 0, "AverageOpenPrice": 156.57, "AverageClosePrice": 0,
        "StopLossPrice": 0, "TakeProfitPrice": 0, "DailyCloseProfitLoss": 0, "ExcessChanges": 0,
        "DayQuantity": 0,
    }  # fmt: skip

    assert sample == {name: said[name] for name in sample}
    assert {"Id", "AccountId", "SecurityId", "DailyCostBasis", "CreateDate", "ModifyDate",
            "MarketValueEOD"} < set(said)  # fmt: skip
    assert (1_927.5, "Cash") == (said["UnrealizedProfitLoss"], said["MarginType"])
    assert (1, "", "") == (page["TotalCount"], page["NextPageLink"], page["PreviousPageLink"])


def test_position_of_one_security_is_a_list(held: Window) -> None:
    """The list has one element or none, for any symbol."""
    path = held.path("/positions", name="cash")

    assert held.seen(path)["Result"] == held.seen(f"{path}/AAPL") == held.seen(f"{path}/aapl")
    assert [] == held.seen(f"{path}/MSFT") == held.seen(f"{path}/NONE")


def test_short_and_closed_positions(held: Window) -> None:
    """A short position is below zero; a closed one stays, with its profit."""
    held.trade(held.account("bob"), held.account(name="cash"), "150", "169.42")
    (bob,) = held.seen(held.path("/positions", "bob"), "bob")["Result"]
    (alice,) = held.seen(held.path("/positions", name="cash"))["Result"]
    (carol,) = held.seen(held.path("/positions", "carol"), "carol")["Result"]

    # Bob sold 150, and bought 151: one share is left, at the price of the last.
    assert (1, 169.42, 169.42) == (bob["Quantity"], bob["CostBasis"], bob["AverageOpenPrice"])
    assert (0, 0, 1_927.5) == (alice["Quantity"], alice["CostBasis"], alice["RealizedProfitLoss"])
    assert (-1, -169.42, 169.42) == (
        carol["Quantity"],
        carol["CostBasis"],
        carol["AverageOpenPrice"],
    )


def test_order_alone_is_no_position(window: Window) -> None:
    """Only what was traded is listed."""
    window.order(window.account(), Side.BUY, "10", "180")

    assert [] == window.seen(window.path("/positions"))["Result"]


def test_groups_are_shares_and_cash(held: Window) -> None:
    """The documented names; both together are the equity."""
    assert [
        {"Name": "Equity", "MarketValue": 25413},
        {"Name": "Cash", "MarketValue": 976514.5},
    ] == held.seen(held.path("/positions/groups", name="cash"))


def test_top_positions_are_the_largest_either_way(held: Window) -> None:
    """The largest by worth, short or long; `count` says how many."""
    held.trade(held.account("carol"), held.account("bob"), "100", "420", "MSFT")
    held.trade(held.account("carol"), held.account("bob"), "1", "600", "SPY")
    path = held.path("/positions/top", "bob")

    # 100 * 420, 149 * 169.42, 1 * 600, all short
    every = [
        {"Name": "MSFT", "MarketValue": -42000},
        {"Name": "AAPL", "MarketValue": -25243.58},
        {"Name": "SPY", "MarketValue": -600},
    ]
    assert every == held.seen(path, "bob")
    assert every[:2] == held.seen(f"{path}?count=2", "bob")
    assert [] == held.seen(f"{path}?count=0", "bob")


@pytest.fixture
def three(window: Window) -> Window:
    """Alice bought 30 AAPL, 10 MSFT and 20 SPY on margin."""
    for symbol, qty, price in (("AAPL", "30", "180"), ("MSFT", "10", "420"), ("SPY", "20", "600")):
        window.trade(window.account(), window.account("bob"), qty, price, symbol)
    return window


@pytest.mark.parametrize(
    ("query", "symbols"),
    [
        ("", ["AAPL", "MSFT", "SPY"]),
        ("desc=true", ["SPY", "MSFT", "AAPL"]),
        ("sortField=Quantity", ["MSFT", "SPY", "AAPL"]),
        ("sortField=CostBasis&desc=true", ["SPY", "AAPL", "MSFT"]),
        ("sortField=symbol", ["AAPL", "MSFT", "SPY"]),
        ("filter=Quantity%20%3E%2010", ["AAPL", "SPY"]),
        (
            "filter=Quantity%20between%2010%20and%2020%20and%20Symbol%20contains%20'S'",
            ["MSFT", "SPY"],
        ),
        ("filter=SecurityType%3D'ETF'", ["SPY"]),
        ("filter=Quantity=30", ["AAPL"]),
        ("filter=ModifyDate%20%3C%20%232020-01-01%23", []),
        ("pageNumber=1&pageSize=2", ["SPY"]),
        ("pageNumber=7&pageSize=2", []),
        ("pageSize=2147483647", ["AAPL", "MSFT", "SPY"]),
    ],
)
def test_positions_are_filtered_sorted_and_cut(
    three: Window, query: str, symbols: list[str]
) -> None:
    """In this order; without parameters all are listed by id."""
    page = three.seen(three.path(f"/positions?{query}"))

    assert symbols == [one["Symbol"] for one in page["Result"]]


def test_links_lead_through_the_pages(three: Window) -> None:
    """The links are absolute, lead on and back, and keep the other parameters."""
    path = three.path("/positions?sortField=Symbol&pageSize=1&desc=true&pageNumber=0")
    forward, back = [three.seen(path)], []
    while link := forward[-1]["NextPageLink"]:
        assert link.startswith(f"http://{HOST}/v1.0/accounts/")
        forward.append(three.seen(link.removeprefix(f"http://{HOST}")))
    page = forward[-1]
    while link := page["PreviousPageLink"]:
        page = three.seen(link.removeprefix(f"http://{HOST}"))
        back.append(page)

    assert ["SPY", "MSFT", "AAPL"] == [page["Result"][0]["Symbol"] for page in forward]
    assert forward[1::-1] == back
    assert {3} == {page["TotalCount"] for page in forward}


def test_links_begin_with_the_configured_url() -> None:
    """The configured URL is for a server behind another name."""
    window = Window(public_url="https://pub-api.example.com/")
    window.trade(window.account(), window.account("bob"), "1", "180")
    window.trade(window.account(), window.account("bob"), "1", "420", "MSFT")
    page = window.seen(window.path("/positions?pageSize=1"))

    expected = "https://pub-api.example.com" + window.path("/positions?pageNumber=1&pageSize=1")
    assert expected == page["NextPageLink"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("filter=Nothing%20=%201", 400),
        ("filter=Quantity", 400),
        ("sortField=Nothing", 400),
        ("pageNumber=-1", 400),
        ("pageNumber=abc", 400),
        ("pageNumber=2147483648", 400),
        ("pageSize=0", 400),
        ("pageSize=1.5", 400),
        ("pageNumber=0&pageNumber=1", 400),
        ("desc=maybe", 400),
        ("filter=%FF", 422),
    ],
)
def test_list_that_cannot_be_asked_for(window: Window, query: str, status: int) -> None:
    """A bad filter, sort or page is 400 and named; bytes that are no text are 422."""
    answer, body = window.get(window.path(f"/positions?{query}"))

    assert status == answer
    assert body["Message"]


# --- transactions


def test_transactions_of_the_manual(held: Window) -> None:
    """A buy's value is below zero; nothing is left of the order, and no commission was taken."""
    path = held.path(f"/transactions?{ALL}", name="cash")
    page = held.seen(path)
    (said,) = page["Result"]
    stock, account = held.stock(), held.account(name="cash")
    sample = {
        "SecurityId": stock.instrument_id, "AccountId": account.account_id, "Value": -23485.5,
        "Quantity": 150, "Price": 156.57, "LeavesQuantity": 0, "Type": "OrderExecution",
        "IsDayTrade": False, "Symbol": "AAPL",
    }  # fmt: skip

    assert sample == {name: said[name] for name in sample}
    assert said == held.seen(path.replace("sortBy=Id", "sortBy=Quantity"))["Result"][0]
    assert 1 == page["TotalCount"]
    assert "Fee" not in said


def test_transactions_as_the_template_spells_them(held: Window) -> None:
    """The path ends with a slash, which the links keep."""
    path = held.path("/transactions", name="cash")
    query = "pageNumber=1&pageSize=1&sortBy=Quantity&isDesc=true"
    page = held.seen(f"{path}/?{query}")

    assert (1, []) == (page["TotalCount"], page["Result"])
    assert f"http://{HOST}{path}/?{query.replace('=1&', '=0&', 1)}" == page["PreviousPageLink"]


def test_commission_is_a_transaction_of_its_own(held: Window) -> None:
    """As in the sample: 3.75 for the execution before it, whose value is without it."""
    account = held.account(name="cash")
    (fill,) = held.desk.engine.exchange.query(ListFills((account.account_id,)))
    asked = ListTransactions(
        account_id=str(account.account_id), page_number=0, page_size=9, sort_field="Id", desc=False
    )
    page = answered(
        fills.serve_list(asked, held.desk.context()), (replace(fill, fee_minor=37_500),)
    )
    execution, commission = msgspec.json.decode(codec.encode(page))["Result"]

    assert {
        "Id": 2, "CommissionId": "Per Trade Commission", "Value": 3.75, "Seizure": "Execution",
        "Leverage": 1, "ValueType": "Absolute",
    } == commission["Fee"] == execution["Fee"]  # fmt: skip
    assert ("OrderExecution", -23485.5, 150) == (
        execution["Type"],
        execution["Value"],
        execution["Quantity"],
    )
    assert ("Commission", -3.75, 0) == (
        commission["Type"],
        commission["Value"],
        commission["Quantity"],
    )


def test_partial_executions_say_what_is_left(window: Window) -> None:
    """Ids count up in the order of trading, and sells bring money."""
    alice, bob = window.account(), window.account("bob")
    window.order(alice, Side.BUY, "100", "180")
    window.order(bob, Side.SELL, "40", "180")
    window.order(bob, Side.SELL, "60", "180")
    mine = window.seen(window.path(f"/transactions?{ALL}"))["Result"]
    his = window.seen(window.path(f"/transactions?{ALL}", "bob"), "bob")["Result"]

    assert [(1, -7200, 60), (3, -10800, 0)] == [
        (one["Id"], one["Value"], one["LeavesQuantity"]) for one in mine
    ]
    assert [7200, 10800] == [one["Value"] for one in his]
    assert mine[0]["OrderId"] == mine[1]["OrderId"] != his[0]["OrderId"]


@pytest.mark.parametrize(
    ("query", "quantities"),
    [
        ("pageNumber=0&pageSize=10&sortBy=Quantity&isDesc=true", [60, 40]),
        ("pageNumber=1&pageSize=1&sortBy=Id&isDesc=false", [60]),
        (f"{ALL}&filter=Quantity%20between%200%20and%2050", [40]),
        (f"{ALL}&filter=Type%3D'Commission'", []),
        (f"{ALL}&filter=IsDayTrade%3Dfalse&checkCode=1", [40, 60]),
        (f"{ALL}&filter=Date%20%3E%3D%20%232019-03-18T11:10:14.036Z%23", [40, 60]),
    ],
)
def test_transactions_are_filtered_sorted_and_cut(
    window: Window, query: str, quantities: list[int]
) -> None:
    """The manual's sample filters among them."""
    for qty in ("40", "60"):
        window.trade(window.account(), window.account("bob"), qty, "180")
    page = window.seen(window.path(f"/transactions?{query}"))

    assert quantities == [one["Quantity"] for one in page["Result"]]


@pytest.mark.parametrize("missing", ["pageNumber", "pageSize", "sortBy", "isDesc"])
def test_transactions_need_every_paging_parameter(window: Window, missing: str) -> None:
    """404 that repeats the URL, as if the path were wrong."""
    query = "&".join(pair for pair in ALL.split("&") if not pair.startswith(missing))
    target = window.path(f"/transactions?{query}")
    said = f"No HTTP resource was found that matches the request URI 'http://{HOST}{target}'."

    assert (404, {"Message": said}) == window.get(target)


def test_transactions_by_a_field_there_is_not(window: Window) -> None:
    """400 that names the parameter."""
    status, body = window.get(window.path(f"/transactions?{ALL.replace('=Id', '=Nothing')}"))

    assert 400 == status
    assert body["Message"].startswith("invalid sortBy: must be one of ")


# --- limits


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


# --- our client


def ask(window: Window, operation: Operation, question: Any) -> Any:
    """Ask as alice, through our client."""
    return asyncio.run(
        call(
            window.desk.venue,
            operation,
            question,
            context=window.desk.context(),
            credential=window.desk.credential(),
            transport=InProcessTransport(window.desk.pipeline.handle),
        )
    )


def test_client_reads_accounts_balances_and_positions(held: Window) -> None:
    """The client reads all that the exchange has of an account."""
    account = held.account(name="cash")
    query = GetAccount(account.account_id)
    known = held.desk.engine.exchange.query(query)
    (read,) = ask(held, Operation.LIST_POSITIONS, query)
    (position,) = known.positions

    assert tuple(held.desk.accounts()) == ask(
        held, Operation.LIST_ACCOUNTS, GetReferenceData("autoshares")
    )
    # When a balance last changed is not told here.
    amounts = tuple(replace(one, transact_ns=0) for one in known.balances)
    assert amounts == ask(held, Operation.LIST_BALANCES, query)
    assert (position.net_lots, position.cost_minor, position.mark_price_ticks) == (
        read.net_lots,
        read.cost_minor,
        read.mark_price_ticks,
    )


def test_client_does_not_take_a_page_for_the_whole(
    three: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More positions than a page shows are read from the pages after it."""
    monkeypatch.setattr(ListPositions, "SIZE_MAX", 2)
    query = GetAccount(three.account().account_id)
    known = three.desk.engine.exchange.query(query).positions

    assert len(known) == 3
    assert [one.net_lots for one in known] == [
        one.net_lots for one in ask(three, Operation.LIST_POSITIONS, query)
    ]
