"""
Replacing orders.

Source: ETNA manual, "Replace order"; the swagger file; what they leave
        open is named as ours in the README.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.office import Office, decoded


def test_synchronous_replacement_waits(office: Office) -> None:
    """The answer is the replaced order, with the fill that its new price brought."""
    office.place("bob/margin", Side="SellShort", Quantity=4, Price=181)
    path = office.orders().replace("orders", "syncorders")
    told = decoded(office.call(f"PUT {path}/{office.place()}", {"Price": 181}))

    assert ("PartiallyFilled", 181, 4, 181, 6) == (
        told["Status"],
        told["Price"],
        told["LastQuantity"],
        told["LastPrice"],
        told["LeavesQuantity"],
    )


def replaced(office: Office, order_id: int, **terms: Any) -> tuple[int, Any]:
    """Replace an order; return status and body."""
    answer = office.call(f"PUT {office.orders()}/{order_id}", terms)
    return answer.status, decoded(answer) if answer.body else None


def test_replacement(office: Office) -> None:
    """The answer is pending, the order keeps its id, and the next look shows the new terms."""
    order_id = office.place(ClientId="one")
    office.clock.ns += 10**9
    status, told = replaced(office, order_id, Id=order_id, Quantity=5, Price=179.5, ClientId="two")
    read = office.read(order_id)

    assert (200, "PendingReplace", "Modify", "RequireValidation", order_id) == (
        status,
        told["Status"],
        told["Target"],
        told["RequestStatus"],
        told["Id"],
    )
    expected = {
        "Status": "New", "Target": "Modify", "Quantity": 5, "Price": 179.5, "LeavesQuantity": 5,
        "ClientId": "two", "OrigClientId": "one", "CreateDate": "2027-01-15T08:00:00Z",
        "Date": "2027-01-15T08:00:01Z",
    }  # fmt: skip
    assert expected == {name: read[name] for name in expected}


def test_replacement_of_what_is_not_price_or_quantity(office: Office) -> None:
    """Time in force with its end, hours, and what is only told back."""
    order_id = office.place()
    for terms, expected in (
        (
            {"TimeInForce": "GTC"},
            {"TimeInForce": "GoodTillCancel", "ExpireDate": "0001-01-01T00:00:00Z"},
        ),
        ({"TimeInForce": "Day", "ExtendedHours": "POST"}, {"ExpireDate": "2027-01-16T01:00:00Z"}),
        ({"Comment": "later"}, {"Comment": "later", "ExtendedHours": "POST", "TimeInForce": "Day"}),
        (
            {"TimeInForce": "GoodTillDate", "ExpireDate": "2027-02-01T12:00:00"},
            {"TimeInForce": "GoodTillDate", "ExpireDate": "2027-02-01T12:00:00Z"},
        ),
    ):
        assert replaced(office, order_id, **terms)[0] == 200
        read = office.read(order_id)
        assert expected == {name: read[name] for name in expected}


@pytest.mark.parametrize(
    "terms",
    [
        {"Quantity": 4},
        {"Quantity": 3},
        {"Quantity": 0},
        {"Quantity": 0, "Price": 170},
        {"Quantity": -12, "Price": 170},
        {"Quantity": 5.5},
        {"Quantity": 5.5, "Price": 170},
        {"Price": 0},
        {"Price": 0, "Quantity": 12},
        {"Price": -170, "Quantity": 12},
        {"Price": 180.001},
        {"Price": 1e20, "Quantity": 12},
        {"Type": "Market"},
        {"Type": "Market", "Quantity": 12},
        {"StopPrice": 3},
        {"StopPrice": 3, "Quantity": 12},
        {"Legs": [{"Symbol": "AAPL"}], "Quantity": 12},
        {"Quantity": 10},
        {"TimeInForce": "GoodTillDate", "ExpireDate": "2020-01-01T00:00:00Z"},
        {"TimeInForce": "AtTheClose"},
        {"TimeInForce": "GoodTillCancelPlus", "Price": 170},
    ],
)
def test_terms_no_replacement_can_have(office: Office, terms: dict[str, Any]) -> None:
    """Are 409 without a body; the order, of which four are executed, stays as it is."""
    order_id = office.place()
    office.place("bob/margin", Side="SellShort", Quantity=4)
    before = office.read(order_id)

    assert (409, None) == replaced(office, order_id, **terms)
    assert before == office.read(order_id)


def test_replacement_of_what_cannot_be(office: Office) -> None:
    """Unknown and closed orders are 409, another id in the body is 422."""
    order_id = office.place()
    assert replaced(office, order_id, Id=order_id + 1, Quantity=5)[0] == 422
    office.cancel(order_id)

    assert [409, 409] == [replaced(office, n, Quantity=5)[0] for n in (order_id, 2_000_000_000)]
