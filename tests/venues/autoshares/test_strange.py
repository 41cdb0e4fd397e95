"""
What the venue's manual and swagger file print, read by our client.

Source: ETNA manual, "Place order", "Get order", "List orders", "List user's accounts", "Get
        account's balance info", "Get user's positions", "Get transactions", "Get equity info",
        "Token", "Two-factor authentication"; the seed's page for ids of 32 bits.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.desk import Desk
from tests.venues.strange import Stranger, said

from countermand.venues import VENUES
from countermand.venues.autoshares.errors import LoginFailed
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.order import (
    OrdStatus,
    OrdType,
    PositionEffect,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import GetAccount, GetQuote, ListFills, ListOpenOrders
from countermand.wire import numbers
from countermand.wire.errors import Malformed
from countermand.wire.operation import Operation

NONE = "0001-01-01T00:00:00Z"
DATE = "2026-03-02T15:04:05.1234567Z"
APPLE = {
    "Id": 4, "Symbol": "AAPL", "Description": "Apple Inc.", "Exchange": "XNAS", "Currency": "USD",
    "AddedDate": "2012-11-29T16:05:43.993Z", "ModifyDate": "2018-12-10T08:00:22.2867686Z",
    "Type": "CommonStock", "Precision": 2, "VolumePrecision": 0, "TickSize": 0.01, "Enabled": True,
    "AllowTrade": True, "AllowMargin": True, "AllowShort": True,
}  # fmt: skip
ACCOUNT = {
    "Id": 6303, "ClearingAccount": "6303", "AccessType": "Owner", "MarginType": "Margin",
    "OwnerType": "IndividualCustomer", "Enabled": True, "ClearingFirm": "PaperTrading",
    "IsAverageAccount": False, "Currency": "USD",
    "Owners": [{"UserId": 7125, "FirstName": "Ann", "Login": "ann", "Role": 0}],
}  # fmt: skip
ORDER: dict[str, Any] = {
    "Id": 90311, "SecurityId": 4, "Symbol": "AAPL", "Quantity": 10, "Price": 180, "StopPrice": 0,
    "ClientId": "1733002911", "ExecutedQuantity": 0, "LastPrice": 0, "LastQuantity": 0,
    "LeavesQuantity": 0, "AveragePrice": 0, "Side": "Buy", "Date": DATE, "TransactionDate": DATE,
    "SettDate": NONE, "Status": "PendingNew", "ExecutionStatus": "PendingNew", "Type": "Limit",
    "RequestStatus": "RequireValidation", "Target": "New", "TimeInForce": "Day",
    "ExecInst": "None", "ExpireDate": "2026-03-02T21:00:00Z", "AccountId": 6303, "UserId": 7125,
    "RequestId": 105990, "StateId": 0, "ParentId": -1, "Legs": [], "CreateDate": DATE,
    "TrailingStopAmountType": "Absolute", "TrailingStopAmount": 0, "InitialType": "Limit",
    "TrailingLimitAmountType": "Absolute", "TrailingLimitAmount": 0, "IsExternal": False,
    "ExecutionInstructions": {}, "TransType": "New", "ValidationsToBypass": 0,
    "ParentRequestId": 0, "SettlementDate": NONE,
}  # fmt: skip


def page(*rows: Any, following: str | None = "") -> dict[str, Any]:
    """Return a page; one kind of documents has null for no link."""
    links = {"NextPageLink": following, "PreviousPageLink": None}
    return {"Result": list(rows), "TotalCount": len(rows), **links}


@pytest.fixture(scope="module")
def strange() -> Stranger:
    """Return our client before the venue as its documents have it."""
    told: dict[Operation, Any] = {
        Operation.LIST_ACCOUNTS: [ACCOUNT],
        Operation.LIST_INSTRUMENTS: page(APPLE, following="https://elsewhere/more"),
    }
    return Stranger(VENUES["autoshares"], told)


def order(strange: Stranger, **changes: Any) -> Any:
    """Return what is read of an order with other fields; one that is None is left out."""
    given = {k: v for k, v in (ORDER | changes).items() if v is not None}
    query = strange.end.find("90311", strange.context)
    return strange.ask(Operation.GET_ORDER, query, given)


def test_names_are_learned(strange: Stranger) -> None:
    """An account without a name goes by its number."""
    (account,) = strange.directory.accounts.values()
    assert (account.account_id, account.name, account.may_borrow) == (6303, "6303", True)
    (market,) = strange.directory.instruments.values()
    assert (numbers.price_text(market, 1), numbers.qty_text(market, 1)) == ("0.01", "1")


@pytest.mark.parametrize("order_id", ["90311", "2147483647"])
def test_id_is_sent_as_it_was_read(strange: Stranger, order_id: str) -> None:
    """A number of 32 bits."""
    query = strange.end.find(order_id, strange.context)
    report = strange.ask(Operation.GET_ORDER, query, ORDER | {"Id": int(order_id)})
    assert f"/accounts/6303/orders/{order_id}" in said(strange.sent[-1])
    assert strange.end.spell(report, strange.context) == order_id
    strange.ask(Operation.CANCEL_ORDER, CancelOrder(strange.account_id, report.order_id), "")
    assert f"/accounts/6303/orders/{order_id}" in said(strange.sent[-1])


@pytest.mark.parametrize(
    ("state", "status", "standing"),
    [
        ("PendingNew", OrdStatus.NEW, Standing.PENDING),
        ("New", OrdStatus.NEW, Standing.RESTING),
        ("PartiallyFilled", OrdStatus.PARTIALLY_FILLED, Standing.RESTING),
        ("PendingCancel", OrdStatus.NEW, Standing.RESTING),
        ("PendingReplace", OrdStatus.NEW, Standing.RESTING),
        ("Suspended", OrdStatus.NEW, Standing.PENDING),
        ("Held", OrdStatus.NEW, Standing.HELD),
        ("Stopped", OrdStatus.NEW, Standing.PENDING),
        ("Calculated", OrdStatus.NEW, Standing.PENDING),
        ("AcceptedForBidding", OrdStatus.NEW, Standing.PENDING),
        ("Filled", OrdStatus.FILLED, Standing.CLOSED),
        ("Canceled", OrdStatus.CANCELED, Standing.CLOSED),
        ("Rejected", OrdStatus.REJECTED, Standing.CLOSED),
        ("Expired", OrdStatus.EXPIRED, Standing.CLOSED),
        ("DoneForDay", OrdStatus.EXPIRED, Standing.CLOSED),
        ("Replaced", OrdStatus.EXPIRED, Standing.CLOSED),
        ("Error", OrdStatus.EXPIRED, Standing.CLOSED),
        ("NeverHeardOf", OrdStatus.NEW, Standing.PENDING),
    ],
)
def test_states(strange: Stranger, state: str, status: OrdStatus, standing: Standing) -> None:
    """Every documented one, and a word that no document has."""
    report = order(strange, Status=state)
    assert (report.ord_status, report.standing) == (status, standing)


@pytest.mark.parametrize(
    ("changes", "ord_type", "tif"),
    [
        ({"ExecInst": 0}, OrdType.LIMIT, TimeInForce.DAY),
        ({"Type": "StopLimit", "StopPrice": 179.5}, OrdType.LIMIT, TimeInForce.DAY),
        ({"Type": "Stop", "Price": 0}, OrdType.MARKET, TimeInForce.DAY),
        ({"Type": "TrailingStop", "Price": 0}, OrdType.MARKET, TimeInForce.DAY),
        ({"TimeInForce": "GoodTillCrossing"}, OrdType.LIMIT, TimeInForce.GTC),
        ({"Target": "CancelReject", "RequestStatus": "Validated"}, OrdType.LIMIT, TimeInForce.DAY),
        ({"Description": None, "ExpireDate": None, "Legs": None}, OrdType.LIMIT, TimeInForce.DAY),
        ({"ClientId": 1733002911, "NewKey": {"a": 1}}, OrdType.LIMIT, TimeInForce.DAY),
        ({"Status": "Canceled", "Description": "By the broker"}, OrdType.LIMIT, TimeInForce.DAY),
    ],
)  # fmt: skip
def test_order_in_another_shape(
    strange: Stranger, changes: dict[str, Any], ord_type: OrdType, tif: TimeInForce
) -> None:
    """A word that our client does not know is read as the nearest."""
    terms = order(strange, **changes).terms
    assert (terms.ord_type, terms.time_in_force) == (ord_type, tif)
    assert (terms.order_qty_lots, terms.position_effect) == (10, PositionEffect.OPEN)


@pytest.mark.parametrize("missing", ["Id", "AccountId", "Status", "Quantity", "ExecutedQuantity"])
def test_nothing_is_made_up(strange: Stranger, missing: str) -> None:
    """An order without what says how it stands is not read."""
    with pytest.raises(Malformed):
        order(strange, **{missing: None})


def test_open_orders_on_two_pages(strange: Stranger) -> None:
    """The second page names a further security; the last link is null."""
    tesla = ORDER | {"Symbol": "TSLA", "SecurityId": 9, "Status": "New"}
    told = strange.ask(
        Operation.LIST_ORDERS, ListOpenOrders((strange.account_id,)),
        page(ORDER, tesla, following=None),
        GET_INSTRUMENT=APPLE | {"Id": 9, "Symbol": "TSLA"},
    )  # fmt: skip
    assert [one.instrument_id for one in told] == [4, 9]
    assert strange.directory.instrument_by_symbol("TSLA") is not None


def test_fills(strange: Stranger) -> None:
    """Out of transactions: a buy's value is below zero, and a price may lie between two ticks."""
    bought = {
        "Id": 7001, "SecurityId": 4, "Symbol": "AAPL", "OrderId": 90311, "OrderStateId": 5,
        "AccountId": 6303, "Date": DATE, "Value": -1801.234, "Quantity": 10, "Price": 180.1234,
        "LeavesQuantity": 0, "Type": "OrderExecution", "IsDayTrade": False, "Description": "x",
        "Fee": {"Id": 1, "CommissionId": "Per Trade Commission", "Value": 1.5, "Seizure": "E"},
    }  # fmt: skip
    sold = bought | {"Id": 7003, "Value": 900.0, "Quantity": 5, "Price": 180, "Fee": None}
    paid = bought | {"Id": 7002, "Type": "Commission"}
    other = bought | {"Id": 7004, "Type": "Payment"}
    query = ListFills((strange.account_id,), strange.end.find("90311", strange.context).order_id)
    told = strange.ask(Operation.LIST_FILLS, query, page(sold, paid, bought, other))

    assert "filter=OrderId = 90311" in said(strange.sent[-1])
    assert [(f.terms.side, f.last_px_ticks, f.last_qty_lots, f.fee_minor) for f in told] == [
        (Side.SELL, 18_000, 5, 0), (Side.BUY, 18_012, 10, 15 * 10**9),
    ]  # fmt: skip


def test_holdings(strange: Stranger) -> None:
    """Numbers that are the nearest a double comes to."""
    query = GetAccount(strange.account_id)
    info = {
        "cash": 1084543.57, "marketValue": 0.30000000000000004, "openPL": 0.1,
        "maintenanceMargin": 0, "pendingCash": 12.5, "dayTrades": 0, "newKey": None,
    }  # fmt: skip
    (dollars,) = strange.ask(Operation.LIST_BALANCES, query, info)
    assert (dollars.total_minor, dollars.hold_minor) == (10845437700000000, 125_000_000_000)
    position = {
        "Id": 1, "AccountId": 6303, "SecurityId": 4, "Symbol": "AAPL", "Name": "AAPL",
        "CostBasis": 720, "DailyCostBasis": 720, "CreateDate": DATE, "ModifyDate": DATE,
        "Quantity": 4, "RealizedProfitLoss": 0, "AverageOpenPrice": 180, "SecurityType": "X",
    }  # fmt: skip
    (held,) = strange.ask(Operation.LIST_POSITIONS, query, page(position))
    assert (held.net_lots, held.cost_minor, held.mark_price_ticks) == (4, 720 * 10**10, 0)


def test_quote_of_a_preview(strange: Stranger) -> None:
    """The preview is the only answer with a quote."""
    quotes = [{"Ask": 180.02, "Bid": 180, "Last": 0, "Volume": 1, "Symbol": "AAPL"}]
    told = {"IsSuccessful": False, "ErrorDescription": "InitialMargin", "Quotes": quotes}
    market = next(iter(strange.directory.instruments))
    quote = strange.ask(Operation.GET_QUOTE, GetQuote(market), None, PREVIEW_ORDER=told)

    assert (quote.bid_px_ticks, quote.ask_px_ticks, quote.last_px_ticks) == (18_000, 18_002, 0)


TOKEN = "bG9jYWwtdG9rZW4="
INTERIM = {
    "State": "Expecting",
    "Step": "VerificationCode",
    "Reason": "Expecting confirmation code",
}


def login(**changes: Any) -> Stranger:
    """Return our client with a login and no token."""
    seen, venue = Desk(VENUES["autoshares"]).credential(), VENUES["autoshares"]
    held = replace(seen.held, token="", login="ann", password="secret", **changes)  # type: ignore[attr-defined]
    told: dict[Operation, Any] = {
        Operation.LIST_ACCOUNTS: [ACCOUNT], Operation.LIST_INSTRUMENTS: page(APPLE),
    }  # fmt: skip
    stranger = Stranger(venue, told)
    stranger.credential = replace(seen, held=held)  # type: ignore[call-overload]
    stranger.sent.clear()
    return stranger


def headers(stranger: Stranger, at: int) -> dict[bytes, bytes]:
    """Return the headers of a request that was sent."""
    return dict(stranger.sent[at].headers)


def test_login() -> None:
    """Everything it says is in headers, and the token signs from then on."""
    stranger = login(verification_code="", pin=None)
    key = stranger.log_in({"State": "Succeeded", "Token": TOKEN, "Image": "x"})
    assert headers(stranger, 0).items() >= {b"username": b"ann", b"password": b"secret"}.items()
    assert b"authorization" not in headers(stranger, 0)
    assert key.held.token == TOKEN
    stranger.credential = key
    stranger.ask(Operation.LIST_ORDERS, ListOpenOrders((stranger.account_id,)), page())
    assert headers(stranger, 1)[b"authorization"] == f"Bearer {TOKEN}".encode()


def test_login_with_a_code() -> None:
    """The person is asked for it, and it is sent with the token of the first step."""
    stranger = login(verification_code="", pin=None)
    first = INTERIM | {"Token": "aW50ZXJpbQ=="}
    key = stranger.log_in(first, {"State": "Succeeded", "Token": TOKEN}, said="123456")
    second = headers(stranger, 1)

    assert second[b"verificationcode"] == b"123456"
    assert (second[b"authorization"], key.held.token) == (b"Bearer aW50ZXJpbQ==", TOKEN)
    assert key.held.verification_code == ""


def test_login_with_a_pin() -> None:
    """Likewise, where it is not known."""
    stranger = login(verification_code="", pin=None)
    first = {"State": "Expecting", "Step": "SecutityPin", "Reason": "Invalid pin", "Token": None}
    stranger.log_in(first, {"State": "Succeeded", "Token": TOKEN}, said="0000")

    assert headers(stranger, 1)[b"pincode"] == b"0000"


def test_step_that_is_not_known() -> None:
    """An unknown step of a login is refused."""
    stranger = login(verification_code="", pin=None)
    with pytest.raises(LoginFailed, match="look into the camera"):
        stranger.log_in({"State": "Expecting", "Step": "Face", "Reason": "look into the camera"})
