"""
Positions, and how our client reads them.

Vectors: samples of the ETNA manual, "Get user's positions in a security". Other numbers are worked
out beside the assertion.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.autoshares.window import HOST, Window

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.venues.autoshares.messages.accounts import ListPositions
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetAccount, GetReferenceData
from countermand.wire.operation import Operation


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
