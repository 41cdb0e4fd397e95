"""
Canceling: every state an order can be in, and everybody who may not.

Source: API reference, "Cancel Order" (200, 400, 404, 500; the two bodies) and "Cancel All Orders";
        live answers as reported by clients for 400/4200 on a cancel of nothing; the rest is our
        proposal (README).
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.deltadefi.booth import ADA, NIGHT, NOT_FOUND, NOT_OPEN, Booth, limit

from countermand.venues.deltadefi import ids
from countermand.vocabulary.instrument import TradingState
from countermand.wire.errors import IntakeClosed, Internal, Overloaded, Unavailable
from countermand.wire.http import Request

UNAUTHORIZED = (401, {"error": "Unauthorized access", "code": 4010})
NO_PAGE = (404, b"404 page not found", b"text/plain")


def rest(booth: Booth, owner: str = "alice", symbol: str = ADA) -> str:
    """Place an order that rests, and return its id."""
    price, quantity = ("0.9", "100") if symbol == ADA else ("0.04", "1000")
    form = limit("buy", quantity, price) | {"symbol": symbol}
    return str(booth.place(form, owner)["id"])


def test_open_order(booth: Booth) -> None:
    """The answer is its id, and the money is free again."""
    before = booth.balances()
    order_id = rest(booth)
    assert ("9999910", "90") == booth.balances()["USDM"]

    assert (200, {"order_id": order_id}) == booth.cancel(order_id)
    assert "cancelled" == booth.shown(order_id)["status"]
    assert before == booth.balances()
    assert () == booth.book().bids


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"order_id": "0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01"}',
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"symbol":"NIGHTUSDM"}',
    ],
)
def test_body_is_not_read(booth: Booth, body: bytes) -> None:
    """The Python SDK sends the id, TypeScript nothing; only the path says which order."""
    order_id = rest(booth)

    assert (200, {"order_id": order_id}) == booth.post(f"/order/{order_id}/cancel", body)


def test_part_filled_order(booth: Booth) -> None:
    """The rest is canceled, the fills stay."""
    order_id = rest(booth)
    booth.place(limit("sell", "40", "0.9"), "bob")

    assert (200, {"order_id": order_id}) == booth.cancel(order_id)
    order = booth.shown(order_id)
    assert ("cancelled", "40", "36", "0", "0") == (
        order["status"],
        order["executed_base_qty"],
        order["executed_quote_qty"],
        order["ob_open_order_base_qty"],
        order["locked_quote_qty"],
    )
    assert [("40", "maker")] == [
        (it["filled_base_qty"], it["role"]) for it in order["order_execution_records"]
    ]


def test_unknown_order(booth: Booth) -> None:
    """An id that could be one, and is none."""
    assert NOT_FOUND == booth.cancel(ids.order_text(10**6))  # type: ignore[arg-type]  # any number


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "abc",
        "0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01",
        "0b0e7d52%2F7c0a",
        "-1",
        "%00",
        "x" * 500,
        ids.ACCOUNT.uuid(7),
    ],
)
def test_malformed_id(booth: Booth, text: str) -> None:
    """The refusal is that of an unknown id; a UUID that was never emitted has it too."""
    assert NOT_FOUND == booth.cancel(text)


def test_id_in_upper_case_is_another(booth: Booth) -> None:
    """Ids are text, and are spelled in one way."""
    order_id = rest(booth)

    assert NOT_FOUND == booth.cancel(order_id.upper())
    assert "open" == booth.shown(order_id)["status"]


def test_repeat(booth: Booth) -> None:
    """A cancel is not idempotent: a second one is told that the order is not open."""
    order_id = rest(booth)
    booth.cancel(order_id)

    assert NOT_OPEN == booth.cancel(order_id)
    assert NOT_OPEN == booth.cancel(order_id)


def test_closed_order(booth: Booth) -> None:
    """A filled order cannot be canceled."""
    order_id = rest(booth)
    booth.place(limit("sell", "100", "0.9"), "bob")

    assert NOT_OPEN == booth.cancel(order_id)
    assert "closed" == booth.shown(order_id)["status"]


def test_failed_order(booth: Booth) -> None:
    """An order that was refused when it was submitted is there, and is not open."""
    built = booth.build(limit("buy", "100", "0.9"))
    booth.keep_only("alice", "USDM", 10)
    assert 400 == booth.submit(built)[0]

    assert NOT_OPEN == booth.cancel(built["order_id"])
    assert "failed" == booth.shown(built["order_id"])["status"]


def test_building_order(booth: Booth) -> None:
    """An order that was not submitted cannot be canceled, and can still be submitted."""
    built = booth.build(limit("buy", "100", "0.9"))

    assert NOT_OPEN == booth.cancel(built["order_id"])
    assert "building" == booth.shown(built["order_id"])["status"]
    assert 200 == booth.submit(built)[0]


def test_building_order_whose_time_is_over(booth: Booth) -> None:
    """The order was dropped, so it is unknown."""
    built = booth.build(limit("buy", "100", "0.9"))
    booth.wait(121)

    assert NOT_FOUND == booth.cancel(built["order_id"])


def test_order_of_another(booth: Booth) -> None:
    """The answer is that of an unknown order to the byte, open or building, and the order stays."""
    order_id = rest(booth)
    built = booth.build(limit("buy", "100", "0.9"))
    unknown = booth.raw("POST", f"/order/{ids.order_text(10**6)}/cancel", owner="bob")  # type: ignore[arg-type]  # any number

    assert unknown == booth.raw("POST", f"/order/{order_id}/cancel", owner="bob")
    assert unknown == booth.raw("POST", f"/order/{built['order_id']}/cancel", owner="bob")
    assert "open" == booth.shown(order_id)["status"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/order/cancel"),
        ("POST", "//order/x/cancel"),
        ("GET", "/order/x/cancel"),
        ("DELETE", "/order/x/cancel"),
        ("DELETE", "/order/x/build"),
        ("DELETE", "/order/submit"),
        ("DELETE", "/order/cancel-all/build"),
        ("DELETE", "/order/cancel-all/submit"),
    ],
)
def test_paths_that_are_not_there(booth: Booth, method: str, path: str) -> None:
    """Among them the two-step cancel of 2025: the router answers, in plain text."""
    rest(booth)
    response = booth.raw(method, path, b"{}")

    assert NO_PAGE == (response.status, response.body, response.content_type)
    assert 1 == len(booth.book().bids)


def test_no_key(booth: Booth) -> None:
    """Without a key no order is canceled."""
    order_id = rest(booth)

    assert UNAUTHORIZED == booth.cancel(order_id, None)
    assert UNAUTHORIZED == booth.cancel("abc", None)
    assert "open" == booth.shown(order_id)["status"]


@pytest.mark.parametrize("key", ["", "nobody", "0adc53b4e2dfb6772001eb1801f5213e"])
def test_bad_key(booth: Booth, key: str) -> None:
    """An empty one is what the Python SDK sends without a key."""
    order_id = rest(booth)
    bad = replace(booth.desk.credential(), key=key)
    request = Request("POST", f"/order/{order_id}/cancel".encode())

    assert UNAUTHORIZED == booth.desk.send(request, bad)
    assert "open" == booth.shown(order_id)["status"]


def test_key_that_may_only_look(booth: Booth) -> None:
    """A world may have one; this is our proposal."""
    order_id = rest(booth)
    looker = booth.desk.credential("alice", 1)
    request = Request("POST", f"/order/{order_id}/cancel".encode())

    status, answer = booth.desk.send(request, looker)
    assert (403, 4010) == (status, answer["code"])


@pytest.mark.parametrize("state", TradingState)
def test_state_of_the_market_does_not_matter(booth: Booth, state: TradingState) -> None:
    """Canceling is possible when trading is locked: our proposal, where the venue may say 5002."""
    order_id = rest(booth)
    booth.become(state)

    assert (200, {"order_id": order_id}) == booth.cancel(order_id)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Internal("bug"), 500, 5000),
        (Unavailable("disk"), 500, 5000),
        (Overloaded("busy"), 503, 5001),
        (IntakeClosed("stopping"), 503, 5001),
    ],
)
def test_internal_fault(booth: Booth, fault: Any, status: int, code: int) -> None:
    """The venue's envelope says whether the cancel may have happened, and nothing of the fault."""
    response = booth.desk.pipeline.refuse(fault)

    assert status == response.status
    assert b'"code":%d' % code in response.body


# --- all of a symbol


def test_cancel_all(booth: Booth) -> None:
    """One's own open orders of that symbol, and no others."""
    mine = [rest(booth) for _ in range(3)]
    elsewhere, other = rest(booth, symbol=NIGHT), rest(booth, "bob")
    built = booth.build(limit("buy", "100", "0.9"))

    assert (200, {"symbol": ADA, "order_ids": mine}) == booth.post(
        "/order/cancel-all", {"symbol": ADA}
    )
    assert ["cancelled"] * 3 == [booth.shown(order_id)["status"] for order_id in mine]
    assert "open" == booth.shown(elsewhere)["status"]
    assert "open" == booth.shown(other, "bob")["status"]
    assert "building" == booth.shown(built["order_id"])["status"]


def test_cancel_all_of_nothing(booth: Booth) -> None:
    """Without open orders it is an error, with the code of an unknown order and another status."""
    nothing = (400, {"error": "Order not found", "code": 4200})
    rest(booth, "bob")
    rest(booth, symbol=NIGHT)

    assert nothing == booth.post("/order/cancel-all", {"symbol": ADA})


def test_cancel_all_twice(booth: Booth) -> None:
    """The second finds nothing."""
    rest(booth)
    assert 200 == booth.post("/order/cancel-all", {"symbol": ADA})[0]
    assert 400 == booth.post("/order/cancel-all", {"symbol": ADA})[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"symbol": "ADAUSDX"}, (400, 4106, "Invalid trading pair symbol")),
        ({"symbol": ""}, (400, 4106, "Invalid trading pair symbol")),
        ({}, (422, 4000, "Invalid request data: symbol is missing")),
        ({"symbol": 7}, (422, 4000, "Invalid request data: invalid symbol")),
        (b"", (400, 4000, "Invalid request data: body is not valid JSON")),
        (b"[]", (400, 4000, "Invalid request data: body must be a JSON object")),
    ],
)
def test_malformed_cancel_all(booth: Booth, body: Any, expected: tuple[int, int, str]) -> None:
    """No order is canceled."""
    order_id = rest(booth)
    status, answer = booth.post("/order/cancel-all", body)

    assert expected == (status, answer["code"], answer["error"])
    assert "open" == booth.shown(order_id)["status"]


def test_envelope_has_two_keys_in_the_venues_order(booth: Booth) -> None:
    """`error` first, to the byte."""
    response = booth.raw("POST", "/order/x/cancel")

    assert b'{"error":"Order not found","code":4200}' == response.body


def test_switch_tells_the_text_twice() -> None:
    """Under `msg` too, where the world asks for it; the router's text stays what it is."""
    booth = Booth(msg=True)

    assert (
        b'{"error":"Order not found","code":4200,"msg":"Order not found"}'
        == booth.raw("POST", "/order/x/cancel").body
    )
    assert b"404 page not found" == booth.raw("POST", "/order/x/y/cancel").body


def test_empty_id_is_the_id_of_no_order(booth: Booth) -> None:
    """The documented 404 with its code, and the key is looked at first."""
    assert NOT_FOUND == booth.post("/order//cancel")
    assert UNAUTHORIZED == booth.post("/order//cancel", owner=None)
