"""
The history of an order.

Source: ETNA manual, "Get order", "Order statuses"; the swagger file; what they leave
        open is named as ours in the README.
"""

from __future__ import annotations

from tests.venues.autoshares.office import Office, decoded


def test_history(office: Office) -> None:
    """A row for each request and each state, in order, with times in milliseconds."""
    order_id = office.place()
    office.clock.ns += 10**9
    office.place("bob/margin", Side="SellShort", Quantity=4)
    office.clock.ns += 10**9
    office.cancel(order_id)
    rows = decoded(office.call(f"GET {office.orders()}/{order_id}/details"))

    assert [
        ("PendingNew", True, 0, 0, 1_800_000_000_000),
        ("New", False, 0, 10, 1_800_000_000_000),
        ("PartiallyFilled", False, 4, 6, 1_800_000_001_000),
        ("PendingCancel", True, 4, 6, 1_800_000_002_000),
        ("Canceled", False, 4, 0, 1_800_000_002_000),
    ] == [
        (
            row["Status"],
            row["IsRequest"],
            row["ExecutedQuantity"],
            row["LeavesQuantity"],
            row["Date"],
        )
        for row in rows
    ]
    assert (4, 180) == (rows[2]["LastQuantity"], rows[2]["LastPrice"])
    assert office.call(f"GET {office.orders()}/2000000000/details").status == 404


def test_history_of_a_rejected_order(office: Office) -> None:
    """Says why."""
    order_id = office.place(Symbol="NOPE")
    rows = decoded(office.call(f"GET {office.orders()}/{order_id}/details"))

    assert ["PendingNew", "Rejected"] == [row["Status"] for row in rows]
    assert rows[-1]["RejectReason"] == "SecurityUndefined"
