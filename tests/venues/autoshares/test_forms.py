"""
The vendor's own order forms, sample by sample: each is taken, and told back as it was sent.

Source: Autoshares API, "Place order", "SDKs" (the Python class), "Conditional orders"; comments and
        trailing commas, which no JSON has, are left out.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.office import Office, decoded

_CHARGES = {"PerTradeCommission": "1", "PerContractCommission": "1"}
_AAPL = {"Symbol": "AAPL", "Side": "Buy"}
_ALL = _AAPL | {
    "ExecInst": "AllOrNone", "TimeInforce": "GoodTillCancel", "Exchange": "XNAS",
    "ExecutionInstructions": _CHARGES,
}  # fmt: skip


def _leg(symbol: str, kind: str, side: str, quantity: int, **prices: float) -> dict[str, Any]:
    return {"Symbol": symbol, "Type": kind, "Side": side, "Quantity": quantity, **prices}


_SPREAD = [
    {"Quantity": 2, "Side": "SellShort", "Symbol": "AAPL  200214C00327500"},
    {"Quantity": 2, "Side": "Buy", "Symbol": "AAPL  200214C00380000"},
]
_TWO = [
    _leg("AAPL", "Limit", "Buy", 100, Price=150),
    _leg("TSLA", "Limit", "Buy", 100, Price=100),
]
_THREE = [
    _leg("AAPL", "Limit", "Buy", 100, Price=180),
    _leg("AAPL", "Limit", "Sell", 100, Price=195),
    _leg("AAPL", "Stop", "Sell", 100, StopPrice=170),
]
_NOT_OFFERED = "InvalidOrderType"

# What was sent, and the code it is rejected with; none: it trades or rests.
SAMPLES: dict[str, tuple[dict[str, Any], str]] = {
    "smallest limit": (_leg("AAPL", "Limit", "Buy", 100, Price=170), ""),
    "smallest stop": (_leg("AAPL", "Stop", "Buy", 100, StopPrice=150), ""),
    "smallest stop-limit": (
        _leg("AAPL", "StopLimit", "Buy", 100, StopPrice=149, Price=150), "",
    ),
    "option": (
        {
            "Symbol": "STNE  190517P00055000", "ExpireDate": "2019-03-24T17:32:28.824Z",
            "Type": "Limit", "Side": "Buy", "Price": 170, "ExecInst": "AllOrNone",
            "TimeInforce": "Day", "Quantity": 1,
        },
        "SecurityUndefined",
    ),
    "option with shares": (
        {
            "Symbol": "AAPL  190503C00165000", "ExpireDate": "2019-03-30T17:00:00.824Z",
            "Type": "Limit", "Side": "Buy", "Price": 170, "ExecInst": "AllOrNone",
            "TimeInforce": "Day", "Quantity": 1, "Legs": [_leg("AAPL", "Market", "Buy", 100)],
        },
        _NOT_OFFERED,
    ),
    "option with option": (
        {
            "Legs": _SPREAD, "ExecInst": "AllOrNone", "Price": 0.5, "Quantity": 2, "Symbol": "",
            "ExpireDate": "2020-11-04T08:44:17.738365+00:00", "TimeInForce": "Day", "Type": "Limit",
        },
        _NOT_OFFERED,
    ),
    "trailing stop": (
        _ALL | {
            "Type": "TrailingStop", "Quantity": 105, "ExtendedHours": "REGPOST",
            "TrailingStopAmountType": "Persentage", "TrailingStopAmount": 2,
        },
        "",
    ),
    "trailing stop-limit": (
        _ALL | {
            "Type": "TrailingStopLimit", "Quantity": 1, "ExtendedHours": "REGPOST",
            "TrailingLimitAmountType": "Absolute", "TrailingLimitAmount": 4,
            "TrailingStopAmountType": "Absolute", "TrailingStopAmount": 10,
        },
        # Whole or not at all, of one share.
        "AonOrderQuantity",
    ),
    "one triggers the other": (
        {"Type": "OneTriggerOther", "Symbol": "", "Legs": _TWO}, "SecurityUndefined",
    ),
    "one cancels the other": (
        {"Type": "OneCancelOther", "Symbol": "", "Legs": _TWO}, "SecurityUndefined",
    ),
    "bracket of the script": (
        {"Type": "OneTriggerOneCancelOther", "Symbol": "", "Legs": _THREE}, "",
    ),
    "bracket of the shell": (
        {
            "Type": "OneTriggerOneCancelOther",
            "Legs": [leg | {"TimeInForce": "GTC", "Exchange": "Auto"} for leg in _THREE],
        },
        "",
    ),
}  # fmt: skip

_TIF = "TimeInForce"
_ANSWERED_AS = {"TimeInforce": "TimeInForce"}


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_taken_and_told_back(office: Office, name: str) -> None:
    """A 200 for each; one that is not offered is Rejected later, with all it was sent with."""
    form, code = SAMPLES[name]
    answer = office.call(f"POST {office.orders()}", form)
    assert answer.status == 200, answer.body
    told = office.read(decoded(answer)["Id"])

    assert code == told.get("Description", "")
    assert code == "" or told["Status"] == "Rejected"
    sent = {_ANSWERED_AS.get(field, field): value for field, value in form.items() if value != ""}
    if "ExpireDate" in sent:
        sent["ExpireDate"] = sent["ExpireDate"].replace("+00:00", "Z")
    legs = zip(sent.pop("Legs", []), told["Legs"], strict=True)
    assert sent == {field: told.get(field) for field in sent}
    for leg, shown in legs:
        said = leg | ({"TimeInForce": "GoodTillCancel"} if "Id" in shown and _TIF in leg else {})
        assert said == {field: shown.get(field) for field in said}


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_is_previewed(office: Office, name: str) -> None:
    """A preview of it is a 200 with the same code."""
    form, code = SAMPLES[name]
    path = office.orders().replace("/orders", "/preview/orders")
    told = decoded(office.call(f"POST {path}", form))

    assert (not code, code) == (told["IsSuccessful"], told.get("ErrorDescription", ""))


def test_order_has_eight_legs_at_most(office: Office) -> None:
    """More than any strategy of the venue has; one leg more is refused by the field's name."""
    form = SAMPLES["option with option"][0]
    legs = [_leg("AAPL", "Market", "Buy", 1)] * 9
    line = f"POST {office.orders()}"

    assert office.call(line, form | {"Legs": legs[:8]}).status == 200
    assert office.call(line, form | {"Legs": legs}).status == 422


@pytest.mark.parametrize("text", ["x", "tomorrow", "2027-02-01"])
def test_expiry_that_is_no_date_is_no_order(office: Office, text: str) -> None:
    """Whether the order could have traded or not: it would have to be told back as a date."""
    form = SAMPLES["option with option"][0] | {"ExpireDate": text}

    assert 422 == office.call(f"POST {office.orders()}", form).status


# A list and what else it must be asked.
LISTS = {
    "/accounts/{}/orders": "pageNumber=0&pageSize=99&sortField={}&desc={}",
    "/accounts/{}/positions": "pageNumber=0&pageSize=99&sortField={}&desc={}",
    "/accounts/{}/transactions": "pageNumber=0&pageSize=99&sortBy={}&isDesc={}",
    "/equities": "pageNumber=0&pageSize=99&sortField={}&desc={}",
}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("descending", ["false", "true"])
def test_any_list_is_sorted_by_any_field(office: Office, path: str, descending: str) -> None:
    """Rows with empty fields are sorted too; the fields are those that the refusal lists."""
    office.call(f"POST {office.orders()}", SAMPLES["bracket of the script"][0])
    office.place(Symbol="NOPE", Quantity=0, ExpireDate="2027-02-01T00:00:00")
    office.place()
    office.place("bob/margin", Side="SellShort", Quantity=4)
    line = f"GET /v1.0{path.format(office.numbers['alice/margin'])}"
    refusal = office.call(line, query=LISTS[path].format("NoSuchField", descending))
    fields = decoded(refusal)["Message"].partition("one of ")[2].split(", ")
    assert len(fields) > 5

    answers = {
        field: office.call(line, query=LISTS[path].format(field, descending)).status
        for field in fields
    }
    assert dict.fromkeys(fields, 200) == answers
