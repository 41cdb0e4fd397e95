"""
Orders: placing and its answer, the codes of refusals, reading.

Source: ETNA manual, "Place order", "Get order", "Order statuses",
        "Order validation"; the swagger file; what they leave
        open is named as ours in the README.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.office import FORM, Office, decoded

FRESH = {
    "Symbol": "AAPL", "Quantity": 10, "Price": 180, "StopPrice": 0, "ClientId": "abc-1",
    "ExecutedQuantity": 0, "LastPrice": 0, "LastQuantity": 0, "LeavesQuantity": 0,
    "AveragePrice": 0, "Side": "Buy", "SettDate": "0001-01-01T00:00:00Z", "Status": "PendingNew",
    "ExecutionStatus": "PendingNew", "Type": "Limit", "RequestStatus": "RequireValidation",
    "Target": "New", "TimeInForce": "Day", "ExecInst": "None",
    "ExpireDate": "2027-01-15T21:00:00Z", "StateId": 0, "ParentId": -1, "Legs": [],
    "TrailingStopAmountType": "Absolute", "TrailingStopAmount": 0,
    "TrailingLimitAmountType": "Absolute", "TrailingLimitAmount": 0, "InitialType": "Limit",
    "IsExternal": False, "ExecutionInstructions": {}, "TransType": "New",
    "ValidationsToBypass": 0, "ParentRequestId": 0, "SettlementDate": "0001-01-01T00:00:00Z",
    "Date": "2027-01-15T08:00:00Z", "CreateDate": "2027-01-15T08:00:00Z",
    "TransactionDate": "2027-01-15T08:00:00Z",
}  # fmt: skip


def test_answer_to_placing(office: Office) -> None:
    """Is the documented sample: pending, nothing left of it yet, the day's close as its end."""
    answer = office.call(f"POST {office.orders()}", FORM)
    told = decoded(answer)

    assert answer.status == 200
    assert FRESH == {name: told[name] for name in FRESH}
    assert told["AccountId"] == office.numbers["alice/margin"]
    assert {"Description", "ExecId", "Exchange"}.isdisjoint(told)


def test_order_is_new_once_it_is_looked_at(office: Office) -> None:
    """Leaves are the quantity then."""
    order_id = office.place()
    told = office.read(order_id)

    assert ("New", "New", "Complete", 10) == (
        told["Status"],
        told["ExecutionStatus"],
        told["RequestStatus"],
        told["LeavesQuantity"],
    )


def test_pending_may_last() -> None:
    """A world says for how long; the exchange has decided all the same."""
    office = Office(pending_ms=200)
    order_id = office.place()
    assert office.core(order_id).is_open
    first = office.read(order_id)
    office.wait(201)

    assert ("PendingNew", 0) == (first["Status"], first["LeavesQuantity"])
    assert ("New", 10) == (office.read(order_id)["Status"], office.read(order_id)["LeavesQuantity"])


def test_pending_order_does_not_say_what_will_become_of_it() -> None:
    """A bad one has no code as long as it is shown as pending, and then the code."""
    office = Office(pending_ms=200)
    order_id = office.place(Symbol="NOPE")
    first = office.read(order_id)
    office.wait(201)
    then = office.read(order_id)

    assert ("PendingNew", False) == (first["Status"], "Description" in first)
    assert ("Rejected", "SecurityUndefined") == (then["Status"], then["Description"])


def test_synchronous_twin_waits(office: Office) -> None:
    """The answer is the order after the exchange decided."""
    path = office.orders().replace("orders", "syncorders")
    new = decoded(office.call(f"POST {path}", FORM))
    bad = decoded(office.call(f"POST {path}", FORM | {"Symbol": "NOPE"}))
    hit = FORM | {"Side": "SellShort", "Quantity": 4}
    filled = decoded(
        office.call(
            f"POST {office.orders('bob/margin')}".replace("orders", "syncorders"), hit, user="bob"
        )
    )

    assert ("New", 10) == (new["Status"], new["LeavesQuantity"])
    assert ("Rejected", "SecurityUndefined") == (bad["Status"], bad["Description"])
    assert ("Filled", 4, 180, 180) == (
        filled["Status"],
        filled["LastQuantity"],
        filled["LastPrice"],
        filled["AveragePrice"],
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"symbol": "AAPL", "type": "Limit", "side": "Buy", "quantity": 10, "price": 180},
        {"SYMBOL": "AAPL", "Type": "limit", "Side": "BUY", "QuaNTity": 10, "price": "180"},
        {**FORM, "TimeInForce": "GTC"},
        {**FORM, "timeinforce": None, "Comment": None},
    ],
)
def test_keys_in_any_case(office: Office, keys: dict[str, Any]) -> None:
    """`TimeInforce` and `TimeInForce` are one key, as are all that differ in case alone."""
    answer = office.call(f"POST {office.orders()}", keys)

    assert (200, "New") == (answer.status, office.read(decoded(answer)["Id"])["Status"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("GTC", "GoodTillCancel"),
        ("GoodTillCancel", "GoodTillCancel"),
        ("IOC", "ImmediateOrCancel"),
        ("FOK", "FillOrKill"),
        (None, "Day"),
    ],
)
def test_short_words(office: Office, text: str | None, told: str) -> None:
    """Are read, and answered in full."""
    assert told == office.read(office.place(TimeInforce=text))["TimeInForce"]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"Symbol": "NOPE"}, "SecurityUndefined"),
        ({"Symbol": ""}, "SecurityUndefined"),
        ({"Price": None}, "LimitPriceUndefined"),
        ({"Price": 0}, "LimitPriceUndefined"),
        ({"Price": None, "StopPrice": 180}, "LimitPriceUndefined"),
        ({"Price": 180.001}, "PricePrecisionIsOutOfRange"),
        ({"Type": "Stop"}, "StopPriceUndefined"),
        ({"Type": "Stop Limit", "StopPrice": 170, "Price": None}, "LimitPriceUndefined"),
        ({"Type": "Pegged"}, "InvalidOrderType"),
        ({"Legs": [{"Symbol": "AAPL"}, {"Symbol": "MSFT"}]}, "InvalidOrderType"),
        ({"ExecInst": "CashAmountOrder"}, "InvalidOrderType"),
        ({"Quantity": None}, "IncorrectOrderQuantity"),
        ({"Quantity": 0}, "IncorrectOrderQuantity"),
        ({"Quantity": -10}, "IncorrectOrderQuantity"),
        ({"Quantity": 1.5}, "IncorrectOrderQuantity"),
        ({"Quantity": 10_000_001}, "OrderQuantity"),
        ({"Quantity": 1, "ExecInst": "AllOrNone"}, "AonOrderQuantity"),
        ({"Type": "Market", "TimeInforce": "GTC"}, "MarketOrderIsGtc"),
        ({"TimeInforce": "AtTheClose"}, "IncorrectTimeInForce"),
        ({"TimeInforce": "GoodTillDate"}, "InvalidOrderExpiration"),
        (
            {"TimeInforce": "GoodTillDate", "ExpireDate": "2020-01-01T00:00:00Z"},
            "InvalidOrderExpiration",
        ),
        ({"Type": "Market", "ExtendedHours": "PRE"}, "ExtendedHoursOnlyLimitOrders"),
        ({"Quantity": 10_000_000, "Price": 180}, "InitialMargin"),
        ({"Side": "Sell"}, "UnexpectedSellOrder"),
        ({"Side": "BuyToCover"}, "UnexpectedBuyToCoverOrder"),
    ],
)
def test_bad_order_is_an_order(terms: dict[str, Any], code: str) -> None:
    """A bad order gets 200 and an id, and is Rejected with ETNA's code when it is read."""
    office = Office(strict_market_orders=True)
    order_id = office.place(**terms)
    told = office.read(order_id)
    preview = office.call(
        f"POST {office.orders().replace('orders', 'preview/orders')}", FORM | terms
    )

    assert ("Rejected", code, 0) == (told["Status"], told["Description"], told["LeavesQuantity"])
    assert told["Symbol"] == terms.get("Symbol", "AAPL")
    assert (200, False, code) == (
        preview.status,
        decoded(preview)["IsSuccessful"],
        decoded(preview)["ErrorDescription"],
    )


def test_position_rules(office: Office) -> None:
    """A side says what it is for, and against the position, or beyond it, it is refused."""
    office.place("bob/margin", Side="SellShort", Quantity=10)
    office.place(Quantity=10)

    def code(of: str, **terms: Any) -> str:
        return str(office.read(office.place(of, **terms), of)["Description"])

    assert code("alice/margin", Side="SellShort") == "UnexpectedSellShortOrder"
    assert code("alice/margin", Side="Sell", Quantity=11) == "LongPositionCrossZero"
    assert code("bob/margin", Side="Buy") == "UnexpectedBuyOrder"
    assert code("bob/margin", Side="BuyToCover", Quantity=11) == "ShortPositionCrossZero"
    assert code("alice/cash", Side="SellShort") == "UnsupportedOrderSide"
    closing = office.place(Side="Sell", Quantity=10, Price=181)
    assert office.read(closing)["Status"] == "New"


def test_order_that_would_meet_its_own(office: Office) -> None:
    """Is a wash trade."""
    office.place("bob/margin", Side="SellShort", Quantity=5, Price=181)
    office.place(Quantity=10, Price=181)
    selling = office.place(Side="Sell", Quantity=5, Price=181)

    assert office.read(selling)["Description"] == "WashTradeAttempt"


@pytest.mark.parametrize(
    ("terms", "key"),
    [
        (b"", "placeParams.Type"),
        (b"{", "placeParams"),
        (b"[]", "placeParams"),
        ({"Type": None}, "placeParams.Type"),
        ({"Type": "Sideways"}, "placeParams.Type"),
        ({"Type": 7}, "placeParams.Type"),
        ({"Side": None}, "placeParams.Side"),
        ({"Side": "Long"}, "placeParams.Side"),
        ({"TimeInforce": "Forever"}, "placeParams.TimeInForce"),
        ({"Quantity": "ten"}, "placeParams.Quantity"),
        ({"Quantity": True}, "placeParams.Quantity"),
        ({"Price": [1]}, "placeParams.Price"),
        (b'{"Type":"Limit","Side":"Buy","Quantity":1e999999999}', "placeParams.Quantity"),
        (b'{"Type":"Limit","Side":"Buy","Price":NaN}', "placeParams"),
        (b'{"Type":"Limit","Side":"Buy","Price":"NaN"}', "placeParams.Price"),
        ({"TimeInforce": "GoodTillDate", "ExpireDate": "tomorrow"}, "placeParams.ExpireDate"),
        ({"ClientId": "x" * 129}, "placeParams.ClientId"),
        ({"ExecInst": "Often"}, "placeParams.ExecInst"),
    ],
)
def test_body_that_is_no_order(office: Office, terms: Any, key: str) -> None:
    """Is 422 and names the field; nothing is entered."""
    before = office.engine.exchange.seq
    body = terms if isinstance(terms, bytes) else FORM | terms
    answer = office.call(f"POST {office.orders()}", body)

    assert (422, [key]) == (answer.status, list(decoded(answer)["ModelState"]))
    assert before == office.engine.exchange.seq


def test_unknown_trading_hours(office: Office) -> None:
    """Unknown trading hours are refused in ETNA's own sentence."""
    answer = office.call(f"POST {office.orders()}", FORM | {"ExtendedHours": "NIGHT"})
    sentence = "Invalid trading session. Must be PRE, POST or ALL, but was NIGHT"

    assert decoded(answer)["ModelState"] == {"placeParams.ExtendedHours": [sentence]}


@pytest.mark.parametrize(("text", "told"), [("REGPRE", "PREREG"), ("post", "POST"), ("ALL", "ALL")])
def test_extended_hours_are_told_back(office: Office, text: str, told: str) -> None:
    """The hours are in the documents' spelling."""
    assert told == office.read(office.place(ExtendedHours=text))["ExtendedHours"]


@pytest.mark.parametrize(
    ("hours", "end", "until_ms"),
    [
        ("", "2027-01-15T21:00:00Z", 13 * 3_600_000),
        ("REG", "2027-01-15T21:00:00Z", 13 * 3_600_000),
        ("PRE", "2027-01-15T14:30:00Z", 6 * 3_600_000 + 30 * 60_000),
        ("POST", "2027-01-16T01:00:00Z", 17 * 3_600_000),
        ("ALL", "2027-01-16T01:00:00Z", 17 * 3_600_000),
    ],
)
def test_day_ends_with_its_hours(office: Office, hours: str, end: str, until_ms: int) -> None:
    """New York opens at 9:30, closes at 16:00, late at 20:00; it is 3:00, and a minute is added."""
    order_id = office.place(ExtendedHours=hours)
    told = office.read(order_id)["ExpireDate"]
    office.wait(until_ms + 59_999)
    last = office.read(order_id)["Status"]
    office.wait(1)

    assert (end, "New") == (told, last)
    assert office.read(order_id)["Status"] == "DoneForDay"


def test_fields_beyond_the_exchange_are_told_back(office: Office) -> None:
    """A comment, instructions, a destination, and a client id that need not be unique."""
    terms = {
        "ClientId": "mine", "Comment": "for the fund", "Exchange": "XNAS",
        "ExecutionInstructions": {"PerTradeCommission": "1"},
    }  # fmt: skip
    first, second = office.place(**terms), office.place(**terms)

    assert [terms, terms] == [
        {name: office.read(order_id)[name] for name in terms} for order_id in (first, second)
    ]


def test_market_order(office: Office) -> None:
    """Trades with what is there, and is done; its day has an end all the same."""
    office.place("bob/margin", Side="SellShort", Quantity=4)
    order_id = office.place(Type="Market", Price=None, Quantity=10)
    told = office.read(order_id)

    assert ("Canceled", 4, "Day", 0) == (
        told["Status"],
        told["ExecutedQuantity"],
        told["TimeInForce"],
        told["Price"],
    )
    assert told["ExpireDate"] == "2027-01-15T21:00:00Z"


def test_average_is_exact(office: Office) -> None:
    """JSON numbers are written from integers: one at 180.01 and two at 180.02 average so."""
    for price, quantity in ((180.01, 1), (180.02, 2)):
        office.place("bob/margin", Side="SellShort", Quantity=quantity, Price=price)
    order_id = office.place(Price=181, Quantity=3)
    raw = office.call(f"GET {office.orders()}/{order_id}").body

    assert b'"AveragePrice":180.01666666666667,' in raw
    assert b'"LastPrice":180.02,' in raw


def test_all_or_none(office: Office) -> None:
    """Waits until it can be filled whole."""
    order_id = office.place(Quantity=10, ExecInst="AllOrNone")
    office.place("bob/margin", Side="SellShort", Quantity=6)
    waiting = office.read(order_id)
    office.place("bob/margin", Side="SellShort", Quantity=4)

    assert ("New", "AllOrNone", 0) == (
        waiting["Status"],
        waiting["ExecInst"],
        waiting["ExecutedQuantity"],
    )
    assert office.read(order_id)["Status"] == "Filled"


def test_unknown_order(office: Office) -> None:
    """Is 404 when it is read."""
    answer = office.call(f"GET {office.orders()}/2147483647")

    assert (404, {"Message": "Order was not found."}) == (answer.status, decoded(answer))
