"""What is signed of a request: every published base string, and every client's reading of it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from tests.venues.loopring.published import VECTORS, request_of

from countermand.venues.loopring.base_string import (
    collapsed,
    documented,
    message,
    parameters,
    readings,
)
from countermand.wire.http import Request

ROWS: list[dict[str, Any]] = VECTORS["requests"]
NAMED = {row["name"]: row for row in ROWS}
NAMES = list(NAMED)
# Rows that are encoded as another client does it than the documents.
OTHERS = {"cancel-odd-id-npm-sdk", "cancel-odd-id-single-encoded"}

BASE = "https://api3.loopring.io"
HASH = b"0x05a97490e92ded027f65c4bebf3bad63813f4ce8c7255335894566b2eee90206"


def cancel(query: bytes, path: bytes = b"/api/v3/order") -> Request:
    """Return a cancel with a query as it is sent."""
    return Request("DELETE", path, query)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_published_base_strings(row: dict[str, Any]) -> None:
    """The documents' reading where it is one, and one of the readings in any case."""
    request, expected = request_of(row), row["signatureBase"].encode()

    assert (documented(request, row["baseUrl"]) == expected) is (row["name"] not in OTHERS)
    assert expected in list(readings(request, [row["baseUrl"]]))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_published_messages(row: dict[str, Any]) -> None:
    """The SHA-256 of a base string, as a big-endian number modulo P."""
    base_string = row["signatureBase"].encode()

    assert int(row["sha256"], 16) == int.from_bytes(sha256(base_string).digest(), "big")
    assert int(row["message"]) == message(base_string)


def test_plain_values_have_one_reading() -> None:
    """But for the slash that a base URL may end in."""
    row = NAMED["cancel-both"]
    base = row["signatureBase"].encode()
    slashed = base.replace(b"loopring.io%2Fapi", b"loopring.io%2F%2Fapi")

    assert [base, slashed] == list(readings(request_of(row), [row["baseUrl"]]))


def test_special_values_are_read_as_each_client_does() -> None:
    """The documents first, then the npm SDK, then those who encode once."""
    rows = ["cancel-odd-id-double-encoded", "cancel-odd-id-npm-sdk", "cancel-odd-id-single-encoded"]
    expected = [NAMED[name]["signatureBase"].encode() for name in rows]

    assert expected == list(readings(request_of(NAMED[rows[0]]), [BASE]))[:3]


@pytest.mark.parametrize(
    "query",
    [
        b"accountId=10010&clientOrderId=a%20b",
        b"accountId=10010&clientOrderId=a+b",
        b"clientOrderId=a%20b&accountId=10010",
        b"accountId=10010&clientOrderId=a+b&accountId=10010&clientOrderId=a%20b",
        b"&accountId=10010&&clientOrderId=a+b&",
    ],
)
def test_one_request_however_it_is_written(query: bytes) -> None:
    """Spaces, order and the doubled parameters of the sample client make no difference."""
    expected = (
        b"DELETE&https%3A%2F%2Fapi3.loopring.io%2Fapi%2Fv3%2Forder"
        b"&accountId%3D10010%26clientOrderId%3Da%2520b"
    )

    assert expected == documented(cancel(query), BASE)


def test_different_values_of_one_name_both_stay() -> None:
    """Only equal pairs are dropped: what was not signed must not be left out of sight."""
    assert [(b"a", b"1"), (b"a", b"2")] == parameters(b"a=1&a=2&a=1")


def test_absent_names_may_be_signed_empty() -> None:
    """As LoopringSharp does, which signs all three and sends those that say something."""
    expected = (
        b"DELETE&https%3A%2F%2Fapi3.loopring.io%2Fapi%2Fv3%2Forder"
        b"&accountId%3D10010%26clientOrderId%3D%26orderHash%3D" + HASH
    )
    found = list(readings(cancel(b"accountId=10010&orderHash=" + HASH), [BASE]))

    assert expected == found[1]


@pytest.mark.parametrize(
    ("sent", "signed"),
    [
        (b"&clientOrderId=&orderHash=1", b"%26orderHash%3D1"),
        (b"&clientOrderId=x&orderHash=", b"%26clientOrderId%3Dx"),
        (b"&clientOrderId=&orderHash=", b""),
        (b"&clientOrderId=&orderHash=1", b"%26clientOrderId%3D%26orderHash%3D1"),
        (b"&clientOrderId=&orderHash=", b"%26clientOrderId%3D%26orderHash%3D"),
    ],
)
def test_empty_parameters_may_be_signed_as_absent(sent: bytes, signed: bytes) -> None:
    """As the npm SDK does, whose `clientOrderId` is empty where there is a hash."""
    expected = (
        b"DELETE&https%3A%2F%2Fapi3.loopring.io%2Fapi%2Fv3%2Forder&accountId%3D10010" + signed
    )

    assert expected in list(readings(cancel(b"accountId=10010" + sent), [BASE]))


def test_names_are_added_to_a_cancel_only() -> None:
    """Nothing else is known to be signed with what is not there."""
    batch = cancel(b"accountId=10010", b"/api/v3/orders/byHash")
    key = Request("GET", b"/api/v3/apiKey", b"accountId=10010")

    assert [] == [
        text for r in (batch, key) for text in readings(r, [BASE]) if b"orderHash" in text
    ]


@pytest.mark.parametrize("path", [b"/api/v3/order", b"//api/v3/order"])
@pytest.mark.parametrize("signed", [b"%2Fapi", b"%2F%2Fapi"])
def test_a_slash_too_many(path: bytes, signed: bytes) -> None:
    """Whoever sends or signs one, both forms are read; the one that was sent comes first."""
    found = list(readings(cancel(b"accountId=1&orderHash=0&clientOrderId=x", path), [BASE]))
    expected = (
        b"DELETE&https%3A%2F%2Fapi3.loopring.io" + signed + b"%2Fv3%2Forder"
        b"&accountId%3D1%26clientOrderId%3Dx%26orderHash%3D0"
    )

    assert (found[0] == expected) is (path.count(b"/") == signed.count(b"%2F") + 2)
    assert expected in found
    assert b"/api/v3/order" == collapsed(path)


def test_slashes_are_one_wherever_they_stand() -> None:
    """A base URL may end in the path's first part."""
    assert b"/api/v3/order" == collapsed(b"//api//v3///order")


def test_a_body_is_signed_as_sent() -> None:
    """Blanks and all; to parse and print it again would lose them."""
    request = Request("POST", b"/api/v3/apiKey", b"", (), b'{"accountId": 10010}')
    expected = (
        b"POST&https%3A%2F%2Fapi3.loopring.io%2Fapi%2Fv3%2FapiKey&%7B%22accountId%22%3A%2010010%7D"
    )

    assert expected == documented(request, BASE)


def test_a_key_update_may_be_signed_without_blanks() -> None:
    """As LoopringAPI does, which sends it with a blank; a broken body has one reading."""
    stem = b"POST&https%3A%2F%2Fapi3.loopring.io%2Fapi%2Fv3%2F"
    compact = b"%7B%22accountId%22%3A10010%7D"
    key, order, broken = (
        list(readings(Request("POST", b"/api/v3/" + path, b"", (), body), [BASE]))
        for path, body in (
            (b"apiKey", b'{"accountId": 10010}'),
            (b"order", b'{"accountId": 10010}'),
            (b"apiKey", b'{"accountId"'),
        )
    )

    assert stem + b"apiKey&" + compact in key
    assert stem + b"order&" + compact not in order
    assert 2 == len(broken)


def test_any_bytes_have_a_reading() -> None:
    """Also such as are no text."""
    assert documented(cancel(b"%ff=%fe&\xfd=\xfc"), BASE).isascii()
