"""
The decision table of a cancel, row by row and in its order, and what follows from it.

Source: Orders API reference, "Cancel order" (200, 204, 401, 403, 409, 422, 500); ETNA manual,
        "Cancel order", "Common mistakes"; what they leave open is named as ours in the README.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.venues.autoshares.office import APP_KEY, Office, decoded

from countermand.engine.sequencer import IntakeStopped, QueueFull, Undecided
from countermand.vocabulary.commands import SetTradingState
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.instrument import TradingState
from countermand.wire.http import Request

DENIED = {"Message": "Authorization has been denied for this request."}
NO_KEY = {"error": "Application key is not defined or does not exist"}
BROKEN = "An error occurred while processing your request"


@pytest.mark.parametrize("key", [None, "", "another", APP_KEY + " "])
def test_row_1_application_key(office: Office, key: str | None) -> None:
    """A missing or unknown key is 403, before the token and the ids are looked at."""
    order_id = office.place()
    headers = {} if key is None else {"Et-App-Key": key}
    for token in ({}, {"Authorization": f"Bearer {office.token('alice')}"}):
        answer = office.call(f"DELETE {office.orders()}/{order_id}", headers=headers | token)

        assert (403, NO_KEY) == (answer.status, decoded(answer))
    assert office.call("DELETE /v1/accounts/x/orders/y", headers=headers).status == 403
    assert office.core(order_id).is_open


@pytest.mark.parametrize(
    "token",
    [None, "", "Bearer", "Bearer ", "Bearer bm9ib2R5", "Basic YTpi", "{bare}", "Bearer  {bare}"],
)
def test_row_2_token(office: Office, token: str | None) -> None:
    """Missing, malformed or unknown: 401, before the ids are looked at."""
    order_id, headers = office.place(), {"Et-App-Key": APP_KEY}
    if token is not None:
        headers["Authorization"] = token.format(bare=office.token("alice"))
    for line in (f"DELETE {office.orders()}/{order_id}", "DELETE /v1/accounts/x/orders/y"):
        answer = office.call(line, headers=headers)

        assert (401, DENIED) == (answer.status, decoded(answer))
    assert office.core(order_id).is_open


TEXTS = [
    "abc",
    "1.0",
    "1e3",
    "0x10",
    "99999999999",
    "2147483648",
    "9" * 400,
    "%31%2F2",
    "mutual-funds",
]


@pytest.mark.parametrize("text", TEXTS)
def test_row_3_ids_that_are_none(office: Office, text: str) -> None:
    """An id that is no 32-bit integer is 422 with its parameter's name, the account's first."""
    own = office.numbers["alice/margin"]
    for path, name in (
        (f"/v1.0/accounts/{own}/orders/{text}", "orderId"),
        (f"/v1.0/accounts/{text}/orders/1", "accountId"),
        (f"/v1.0/accounts/{text}/orders/{text}", "accountId"),
        (f"/v1.0/accounts/999999/orders/{text}", "orderId"),
    ):
        answer = office.call(f"DELETE {path}")

        assert (422, [name]) == (answer.status, list(decoded(answer)["ModelState"]))
        assert decoded(answer)["Message"] == "Validation error occured while processing entity"


@pytest.mark.parametrize("text", TEXTS)
def test_row_3_as_etna_answers_it(text: str) -> None:
    """With ETNA's oddities it is 400, as on its sibling paths."""
    office = Office(etna_oddities=True)
    answer = office.call(f"DELETE {office.orders()}/{text}")

    assert (400, {"Message": "The request is invalid."}) == (answer.status, decoded(answer))


@pytest.mark.parametrize("text", ["0", "-1", "-2147483647", "-0"])
@pytest.mark.parametrize("odd", [False, True])
def test_row_4_ids_that_are_not_positive(text: str, odd: bool) -> None:
    """Are integers, and 422 either way."""
    office = Office(etna_oddities=odd)
    for path in (f"{office.orders()}/{text}", f"/v1.0/accounts/{text}/orders/1"):
        assert office.call(f"DELETE {path}").status == 422


def test_row_5_account_that_does_not_exist(office: Office) -> None:
    """Is 401 like anybody else's, and with ETNA's oddities 500; a user's id is no account's."""
    user = 1_000_000_000 + office.numbers["alice/margin"]
    for number in (999_999, user):
        assert office.call(f"DELETE /v1.0/accounts/{number}/orders/1").status == 401
        answer = Office(etna_oddities=True).call(f"DELETE /v1.0/accounts/{number}/orders/1")

        expected = {"message": BROKEN, "error": "Unexpected server error"}
        assert (500, expected) == (answer.status, decoded(answer))


@pytest.mark.parametrize("odd", [False, True])
def test_row_6_account_of_another(odd: bool) -> None:
    """Is 401, whether the order exists or not."""
    office = Office(etna_oddities=odd)
    order_id = office.place()
    for number in (order_id, 2_000_000_000):
        answer = office.cancel(number, user="bob")

        assert (401, DENIED) == (answer.status, decoded(answer))
    assert office.core(order_id).is_open


def test_row_6_right_that_is_too_low(office: Office) -> None:
    """A token that may only look is told the same."""
    order_id = office.place()
    viewer = {"Et-App-Key": APP_KEY, "Authorization": f"Bearer {office.token('alice', 1)}"}
    answer = office.call(f"DELETE {office.orders()}/{order_id}", headers=viewer)

    assert (401, DENIED) == (answer.status, decoded(answer))
    assert office.core(order_id).is_open


def test_row_7_order_that_is_unknown(office: Office) -> None:
    """Is 409 without a body, also where another account of the same user has it."""
    order_id = office.place()
    for answer in (office.cancel(2_147_483_647), office.cancel(order_id, of="alice/cash")):
        assert (409, b"", b"") == (answer.status, answer.body, answer.content_type)
    assert office.core(order_id).is_open


def test_row_8_order_that_is_filled(office: Office) -> None:
    """Is 409, and stays what it is."""
    order_id = office.place()
    office.place("bob/margin", Side="SellShort")
    before = office.core(order_id)

    assert (409, b"") == (office.cancel(order_id).status, office.cancel(order_id).body)
    assert before == office.core(order_id)
    assert office.read(order_id)["Status"] == "Filled"


def _rejected(office: Office) -> int:
    return office.place(Quantity=0)


def _expired(office: Office) -> int:
    order_id = office.place(TimeInforce="GoodTillDate", ExpireDate="2027-01-15T09:00:00Z")
    office.wait(3_600_000)
    return order_id


def _done_for_day(office: Office) -> int:
    order_id = office.place()
    office.wait(24 * 3_600_000)
    return order_id


def _canceled(office: Office) -> int:
    order_id = office.place()
    assert office.cancel(order_id).status == 204
    return order_id


@pytest.mark.parametrize(
    ("ended", "status"),
    [
        (_canceled, "Canceled"),
        (_rejected, "Rejected"),
        (_expired, "Expired"),
        (_done_for_day, "DoneForDay"),
    ],
)
def test_row_9_order_that_has_ended(office: Office, ended: Any, status: str) -> None:
    """Is 409, and stays what it is."""
    order_id = ended(office)
    before = office.read(order_id)
    assert before["Status"] == status

    assert (409, b"") == (office.cancel(order_id).status, office.cancel(order_id).body)
    assert before == office.read(order_id)


def test_row_10_order_that_is_being_canceled() -> None:
    """Is 204 again, and nothing happens a second time."""
    office = Office(pending_ms=500)
    order_id = office.place()
    office.wait(501)
    assert office.cancel(order_id).status == 204
    shown = office.read(order_id)
    assert ("PendingCancel", "Cancel", 10) == (
        shown["Status"],
        shown["Target"],
        shown["LeavesQuantity"],
    )
    before = office.core(order_id)

    assert office.cancel(order_id).status == 204
    assert before == office.core(order_id)
    office.wait(501)
    assert (office.read(order_id)["Status"], office.cancel(order_id).status) == ("Canceled", 409)


def test_row_11_order_that_is_open(office: Office) -> None:
    """Is 204 without a body; what was executed stays executed."""
    fresh, part = office.place(), office.place(Price=181, ClientId="part")
    office.place("bob/margin", Side="SellShort", Quantity=4, Price=181)
    for order_id in (fresh, part):
        answer = office.cancel(order_id)
        assert (204, b"", b"") == (answer.status, answer.body, answer.content_type)

    shown = office.read(part)
    expected = {
        "Status": "Canceled", "ExecutionStatus": "Canceled", "Target": "Cancel",
        "RequestStatus": "Complete", "LeavesQuantity": 0, "ExecutedQuantity": 4,
        "AveragePrice": 181, "LastPrice": 181, "LastQuantity": 4, "ClientId": "part",
    }  # fmt: skip
    assert expected == {name: shown[name] for name in expected}
    assert shown["TransactionDate"] == shown["Date"]


def test_row_11_order_that_is_still_pending() -> None:
    """New or replaced: a cancel is taken in either state."""
    office = Office(pending_ms=500)
    new, replaced = office.place(), office.place()
    assert office.read(new)["Status"] == "PendingNew"
    assert office.cancel(new).status == 204
    office.wait(501)
    office.call(f"PUT {office.orders()}/{replaced}", {"Quantity": 5})
    assert office.read(replaced)["Status"] == "PendingReplace"
    assert office.cancel(replaced).status == 204
    office.wait(501)

    assert ["Canceled", "Canceled"] == [office.read(n)["Status"] for n in (new, replaced)]


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (QueueFull("full"), "Server overloaded - the request was not executed"),
        (
            IntakeStopped("the journal is full"),
            "Service unavailable - the request was not executed: the journal is full",
        ),
        (
            Undecided("lost"),
            "Service unavailable - whether the request was executed is not known",
        ),
        (RuntimeError("a bug"), "Unexpected server error"),
    ],
)
def test_row_12_exchange_that_fails(
    office: Office, monkeypatch: pytest.MonkeyPatch, failure: Exception, text: str
) -> None:
    """Is 500, and `error` says whether anything was done, as far as that is known."""
    order_id = office.place()

    def fail(command: Any, reply: Any, *, cancels_first: bool = True) -> None:
        raise failure

    monkeypatch.setattr(office.engine, "put", fail)
    answer = office.cancel(order_id)

    assert (500, {"message": BROKEN, "error": text}) == (answer.status, decoded(answer))


def test_success_with_a_body() -> None:
    """The switch answers 200 and an empty object, and nothing else changes."""
    office = Office(cancel_answers_ok=True)
    order_id = office.place()

    assert (200, b"{}") == (office.cancel(order_id).status, office.cancel(office.place()).body)
    assert office.cancel(order_id).status == 409
    assert office.read(order_id)["Status"] == "Canceled"


def test_repeated_cancel(office: Office) -> None:
    """The first wins, and every other is a conflict, never 404 or 410."""
    order_id = office.place()

    assert [204, 409, 409] == [office.cancel(order_id).status for _ in range(3)]


@pytest.mark.parametrize("cancel_first", [True, False])
def test_fill_races_the_cancel(office: Office, cancel_first: bool) -> None:
    """Exactly one wins, and the loser shows as documented."""
    order_id = office.place()
    hit = {"Side": "SellShort", "TimeInforce": "ImmediateOrCancel"}
    if cancel_first:
        answer = office.cancel(order_id)
        taker = office.place("bob/margin", **hit)
    else:
        taker = office.place("bob/margin", **hit)
        answer = office.cancel(order_id)
    ours, theirs = office.read(order_id), office.read(taker, "bob/margin")

    expected = (204, "Canceled", 0, "Canceled") if cancel_first else (409, "Filled", 10, "Filled")
    told = (answer.status, ours["Status"], ours["ExecutedQuantity"], theirs["Status"])
    assert expected == told


def test_simultaneous_cancels(office: Office) -> None:
    """One of many simultaneous cancels succeeds."""
    request = Request("DELETE", f"{office.orders()}/{office.place()}".encode())
    signed = office.venue.auth.sign(request, office.credential(), office.clock.now_ns())

    async def race() -> list[int]:
        answers = await asyncio.gather(*(office.pipeline.handle(signed) for _ in range(8)))
        return sorted(answer.status for answer in answers)

    assert [204] + [409] * 7 == asyncio.run(race())


def test_mutual_fund_is_no_order_id(office: Office) -> None:
    """The path of mutual funds' orders is another one, and there are no such orders."""
    order_id = office.place()
    base = office.orders().removesuffix("/orders")

    assert office.call(f"DELETE {base}/orders/mutual-funds/{order_id}").status == 409
    assert office.call(f"DELETE {base}/orders/mutual-funds/x").status == 422
    assert office.core(order_id).is_open


@pytest.mark.parametrize("prefix", ["/api/v1.0", "/api/v1", "/api/v2.0", "/v1.0", "/v1", "/v2.0"])
@pytest.mark.parametrize("name", ["orders", "syncorders"])
def test_spellings_of_the_path(office: Office, prefix: str, name: str) -> None:
    """Paths with and without `/api`, in three versions, and the synchronous twin."""
    order_id, number = office.place(), office.numbers["alice/margin"]

    assert office.call(f"DELETE {prefix}/accounts/{number}/{name}/{order_id}").status == 204


@pytest.mark.parametrize(
    "path", ["/v3/accounts/6/orders/1", "/v/accounts/6/orders/1", "/api/accounts/6/orders/1"]
)
def test_unknown_versions(office: Office, path: str) -> None:
    """Other versions are unknown paths, and the answer has the whole path."""
    answer = office.call(f"DELETE {path}")
    text = f"No HTTP resource was found that matches the request URI 'http://venue.test{path}'."

    assert (404, {"Message": text}) == (answer.status, decoded(answer))


@pytest.mark.parametrize("target", ["/api/v1.0/nothing", "/api/v1.0/equities?pageSize=1"])
def test_404_has_the_public_url(target: str) -> None:
    """The 404's URL has the public host, as a page's links have, also behind a proxy."""
    office = Office(public_url="https://broker.example/")
    path, _, query = target.partition("?")
    told = decoded(office.call(f"GET {path}", query=query))["Message"]

    text = "No HTTP resource was found that matches the request URI"
    assert f"{text} 'https://broker.example{target}'." == told


@pytest.mark.parametrize("version", ["v1", "v1.0", "v2.0", "api/v1.0"])
@pytest.mark.parametrize("name", ["token", "logout"])
def test_login_has_no_version(office: Office, version: str, name: str) -> None:
    """A login path with a version is an unknown path, with any credentials."""
    assert office.call(f"POST /{version}/{name}").status == 404
    assert office.call(f"POST /{version}/{name}", user=None).status == 404


def test_unknown_method(office: Office) -> None:
    """A 405, in ETNA's sentence."""
    answer = office.call(f"PATCH {office.orders()}/1")
    text = "The requested resource with API version '1.0' does not support HTTP method 'PATCH'."

    assert (405, {"Message": text}) == (answer.status, decoded(answer))


def test_body_of_a_cancel_is_not_looked_at(office: Office) -> None:
    """Some clients send a content type, some a body; neither is a reason to refuse."""
    order_id = office.place()

    assert office.call(f"DELETE {office.orders()}/{order_id}", b"not json").status == 204


def test_market_that_is_closed_does_not_keep_orders(office: Office) -> None:
    """A cancel is accepted while the market is closed."""
    order_id = office.place()
    office.engine.enter(SetTradingState(InstrumentId(3), TradingState.HALTED))

    assert office.cancel(order_id).status == 204
