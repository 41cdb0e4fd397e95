"""
Transactions: executions and their commissions.

Vectors: samples of the ETNA manual, "Get transactions". Other numbers are worked out beside the
assertion.
"""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace
from tests.venues.autoshares.window import ALL, HOST, Window, answered

from countermand.venues.autoshares import fills
from countermand.venues.autoshares.messages.accounts import ListTransactions
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import ListFills
from countermand.wire import codec


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
        fills.serve_list(asked, held.desk.context()), (replace(fill, fee_minor=37_500),), 1
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
