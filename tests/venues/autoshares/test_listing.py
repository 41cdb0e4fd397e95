"""
Lists of orders: that they are searched by what is shown, and made for no more than is shown.

Source: ETNA manual, "List orders"; the swagger file, `/orders/consolidated`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.venues.autoshares.office import Office, decoded

from countermand.venues.autoshares import show, tables

TEXTS = ("Symbol", "ClientId", "Side", "Type", "TimeInForce")
NUMBERS = (
    "Id", "SecurityId", "AccountId", "Quantity", "Price", "ExecutedQuantity", "LeavesQuantity",
    "AveragePrice",
)  # fmt: skip
MOMENTS = ("CreateDate", "Date", "TransactionDate", "ExpireDate")


def listed(office: Office, **query: Any) -> Any:
    """Return a page of the margin account's orders."""
    text = "&".join(f"{name}={quote(str(value))}" for name, value in query.items())
    return decoded(office.call(f"GET {office.orders()}", query=text))


def busy(**settings: Any) -> Office:
    """Return an office where orders have come to every end that is quickly reached."""
    office = Office(**settings)
    office.clock.ns += 123_456_789
    office.place(Quantity=3, ClientId="it's mine")
    office.place("bob/margin", Side="SellShort", Quantity=2, Price=179.5)
    office.place(Price=150.25, TimeInforce="GoodTillCancel")
    office.cancel(office.place(Price=151))
    office.place(Symbol="NOPE", Quantity=0.5, Price=1.001)
    office.place(Symbol="AAPL", Type="Pegged", StopPrice=3)
    office.place(Symbol="AAPL", Type="Market")
    ends = {"TimeInforce": "GoodTillDate", "ExpireDate": "2027-03-01T10:00:00Z"}
    office.place(Type="StopLimit", StopPrice=190, Price=140, **ends)
    office.place(Symbol="MSFT", Side="SellShort", Price=500, TimeInForce="IOC")
    return office


@pytest.mark.parametrize("pending_ms", [0, 3_600_000])
def test_orders_are_found_by_the_values_they_show(pending_ms: int) -> None:
    """For each field an order shows, a filter for its value finds the order."""
    office = busy(pending_ms=pending_ms)
    orders = listed(office, pageSize=100)["Result"]

    missed = []
    for order in orders:
        asked = [f"{name} = '{order[name].replace(chr(39), chr(39) * 2)}'" for name in TEXTS]
        asked += [f"{name} = {order[name]}" for name in NUMBERS]
        asked += [f"{name} = #{order[name]}#" for name in MOMENTS if order[name] > "0001-01-02"]
        asked.append(f"Status = {tables.STATUS_CODES[order['Status']]}")
        for condition in asked:
            found = listed(office, filter=condition, pageSize=100)
            if order["Id"] not in [one["Id"] for one in found["Result"]]:
                missed.append((order["Id"], condition))

    assert len(orders) == 8
    assert [] == missed


def test_orders_later_than_the_last_that_was_seen() -> None:
    """Do not have it among them: what is compared is the date as it is shown."""
    office = busy()
    last = listed(office, sortField="CreateDate", desc="true")["Result"][0]

    assert 0 == listed(office, filter=f"CreateDate > #{last['CreateDate']}#")["TotalCount"]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "Status = 4"},
        {"filter": "Status in (4,8) and CreateDate > #2020-01-01#"},
        {"filter": "Symbol = 'AAPL' and Side = 'Buy' and Quantity > 1"},
        {"sortField": "Price"},
        {"sortField": "CreateDate", "filter": "Status in (0,1,10)"},
    ],
)
def test_only_a_page_is_made(monkeypatch: pytest.MonkeyPatch, query: dict[str, Any]) -> None:
    """However many orders there are, those that are not shown are looked at and not written."""
    office, made, make = Office(), [], show.show_order
    for price in range(100, 130):
        office.cancel(office.place(Price=price))
        office.place(Price=price)

    def counted(*given: Any, **named: Any) -> Any:
        made.append(given)
        return make(*given, **named)

    monkeypatch.setattr(show, "show_order", counted)
    page = listed(office, pageSize=2, **query)

    assert (2, True) == (len(page["Result"]), page["TotalCount"] >= 30)
    assert 2 == len(made)


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("Status = 2", [2]),
        ("Status in (4,8)", [4, 8]),
        ("Status in (0,2,15)", [0, 2]),
        ("Status = 3", [3]),
        ("Status = 12", [12]),
        ("Status > 3 and Status < 9", [4, 8]),
        ("Status = 2.5", []),
        ("Status = 2 and Status = 4", []),
    ],
)
def test_orders_of_a_status(condition: str, codes: list[int]) -> None:
    """The list has the orders that show the status, in any history of the account."""
    office = busy()
    office.place("bob/margin", Side="SellShort", Quantity=1, Price=179.5)
    office.place(Price=120)
    office.place(Price=121, TimeInforce="GoodTillDate", ExpireDate="2027-01-16T00:00:00Z")
    office.wait(3 * 24 * 3_600_000)
    office.place(Price=122)
    every = listed(office, pageSize=100)["Result"]
    wanted = [one["Id"] for one in every if tables.STATUS_CODES[one["Status"]] in codes]
    found = listed(office, filter=condition, pageSize=100)

    assert wanted == [one["Id"] for one in found["Result"]]
    assert {0, 2, 3, 4, 8, 12} == {tables.STATUS_CODES[one["Status"]] for one in every}


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        ("CreateDate > #{2}#", [3, 4]),
        ("CreateDate >= #{2}#", [2, 3, 4]),
        ("CreateDate < #{2}#", [0, 1]),
        ("CreateDate <= #{2}#", [0, 1, 2]),
        ("CreateDate = #{2}#", [2]),
        ("CreateDate between #{1}# and #{3}#", [1, 2, 3]),
        ("CreateDate between #{3}# and #{1}#", []),
        ("CreateDate in (#{1}#, #{4}#)", [1, 4]),
        ("CreateDate > #{0}# and CreateDate < #{2}# and Status = 4", [1]),
    ],
)
def test_orders_of_a_time(condition: str, places: list[int]) -> None:
    """Are those whose date as shown is within it, ends as they are written."""
    office, orders = Office(), []
    for place in range(5):
        office.clock.ns += 1_000_050
        orders.append(office.place(Price=100 + place))
    office.cancel(orders[1])
    dates = [office.read(order_id)["CreateDate"] for order_id in orders]
    found = listed(office, filter=condition.format(*dates))

    assert [orders[place] for place in places] == [one["Id"] for one in found["Result"]]


def test_orders_of_a_security() -> None:
    """Have those among them that were refused before they came into its market."""
    office = busy()
    every = listed(office, pageSize=100)["Result"]
    apple = next(one["SecurityId"] for one in every if one["Symbol"] == "AAPL")
    wanted = [one["Id"] for one in every if one["Symbol"] == "AAPL"]
    found = listed(office, filter=f"SecurityId in ({apple}, 2.5, 99)", pageSize=100)

    assert wanted == [one["Id"] for one in found["Result"]]
    assert "Rejected" in [one["Status"] for one in found["Result"]]


def test_links_of_a_consolidated_list() -> None:
    """Lead to the pages beside it, though the same body asks for the first."""
    office = busy()
    account_ids = [office.numbers["alice/margin"], office.numbers["alice/cash"]]
    office.place("alice/cash", Price=100)
    body = {"AccountIds": account_ids, "PageSize": 4, "SortField": "Id"}
    line, seen, links = "POST /v1.0/orders/consolidated", [], []
    query = "filter=Id%20%3E%200"
    for _ in range(5):
        page = decoded(office.call(line, body, query=query))
        seen += [one["Id"] for one in page["Result"]]
        links.append(page["PreviousPageLink"].partition("?")[2])
        if not page["NextPageLink"]:
            break
        query = page["NextPageLink"].partition("?")[2]

    assert page["TotalCount"] == 9
    assert (sorted(seen), 9) == (seen, len(set(seen)))
    assert ["", "pageNumber=0&filter=Id%20%3E%200", "pageNumber=1&filter=Id%20%3E%200"] == links


@pytest.mark.parametrize("number", ["x", "-1", "2147483648", "", "1.0", "%D9%A3"])
def test_page_of_a_consolidated_list_that_is_none(number: str) -> None:
    """Is 400 and named, as in other lists."""
    body = {"AccountIds": [Office().numbers["alice/margin"]]}
    answer = Office().call("POST /v1.0/orders/consolidated", body, query=f"pageNumber={number}")

    assert (400, "invalid pageNumber") == (answer.status, decoded(answer)["Message"])


def test_filter_of_a_consolidated_list_that_is_no_text() -> None:
    """Is an invalid body's answer: the query beside it is not UTF-8."""
    body = {"AccountIds": [Office().numbers["alice/margin"]]}
    answer = Office().call("POST /v1.0/orders/consolidated", body, query="filter=%FF")

    assert 422 == answer.status
    assert {"placeParams": ["query is not valid UTF-8"]} == decoded(answer)["ModelState"]


def test_links_beyond_the_end() -> None:
    """Lead back to the last page there is, and nowhere on."""
    office = busy()
    page = listed(office, pageNumber=9, pageSize=3)

    assert ([], "", 8) == (page["Result"], page["NextPageLink"], page["TotalCount"])
    assert page["PreviousPageLink"].endswith("?pageNumber=2&pageSize=3")
