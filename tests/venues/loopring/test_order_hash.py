"""The order's hash: published orders to published hashes, and orders that have none."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
from tests.venues.loopring import textbook
from tests.venues.loopring.published import VECTORS

from countermand.venues.loopring.order_hash import (
    HashedTerms,
    hash_text,
    order_hash,
    parse_hash,
    parse_order,
    read_terms,
)
from countermand.wire.errors import InvalidField, Malformed, MissingField

ROWS: list[dict[str, Any]] = VECTORS["orders"]
# A Go library tests itself with an order whose flag is 9 and whose addresses are short.
ORDERS = [row for row in ROWS if row["name"] != "go-test-vector"]
ORDER: dict[str, Any] = ORDERS[0]["order"]


def terms_of(order: dict[str, Any]) -> HashedTerms:
    """Return what is hashed of an order that is sent."""
    return read_terms(parse_order(msgspec.json.encode(order)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_published_inputs(row: dict[str, Any]) -> None:
    """Eleven numbers in their published order make the published hash."""
    inputs = [int(text) for text in row["poseidonInputs"]]

    assert int(row["hashDecimal"]) == textbook.poseidon(inputs, 12, 6, 53)


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row["name"])
def test_published_hashes(row: dict[str, Any]) -> None:
    """From the order as it is sent."""
    hashed = order_hash(terms_of(row["order"]))

    assert int(row["hashDecimal"]) == hashed
    assert row["hash"] == hash_text(hashed)
    assert hashed == parse_hash(row["hash"]) == parse_hash(row["hashDecimal"])


def test_a_flag_that_is_neither_is_refused() -> None:
    """The Go library's 9."""
    (row,) = (row for row in ROWS if row not in ORDERS)
    order = row["order"] | {"exchange": ORDER["exchange"], "taker": ""}
    with pytest.raises(InvalidField, match="fillAmountBOrS"):
        terms_of(order)


def test_numbers_may_be_text_and_text_numbers() -> None:
    """LoopringAPI sends amounts as bare integers, hummingbot token ids as text."""
    order = changed("sellToken", {"tokenId": "0", "volume": 90000000000000000000})
    order |= {"storageId": "0", "accountId": "10004", "validUntil": "1700000000"}

    assert terms_of(ORDER) == terms_of(order)


@pytest.mark.parametrize("taker", ["", None, "0x" + 40 * "0"])
def test_nobody_in_particular_may_be_the_taker(taker: str | None) -> None:
    """Absent, empty and zero are the same."""
    assert terms_of(ORDER) == terms_of(ORDER | {"taker": taker})


def test_what_is_not_covered_does_not_matter() -> None:
    """An order's clientOrderId is not part of its name."""
    assert terms_of(ORDER) == terms_of(ORDER | {"clientOrderId": "x", "allOrNone": True})


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the order with one field, or field of a token, another."""
    order = copy.deepcopy(ORDER)
    *outer, name = path.split(".")
    (order[outer[0]] if outer else order)[name] = value
    return order


PATHS = [
    "exchange",
    "storageId",
    "accountId",
    "sellToken",
    "buyToken",
    "sellToken.tokenId",
    "sellToken.volume",
    "buyToken.tokenId",
    "buyToken.volume",
    "validUntil",
    "maxFeeBips",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_field_is_named(path: str) -> None:
    """As the venue spells it."""
    with pytest.raises(MissingField, match=f"^{path} is missing$"):
        terms_of(changed(path, None))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("exchange", "7489DE8c7C1Ee35101196ec650931D7bef9FdAD2"),
        ("exchange", "0x7489"),
        ("exchange", 5),
        ("taker", "0x10"),
        ("storageId", -1),
        ("storageId", 2**32),
        ("accountId", 1.0),
        ("accountId", True),
        ("accountId", "10_004"),
        ("accountId", " 10004"),
        ("accountId", "\u0661"),
        ("accountId", "9" * 5000),
        ("sellToken", "ETH"),
        ("sellToken.tokenId", 65536),
        ("buyToken.volume", str(2**96)),
        ("buyToken.volume", "1e18"),
        ("buyToken.volume", ""),
        ("validUntil", 2**32),
        ("maxFeeBips", 2**16),
        ("fillAmountBOrS", "False"),
        ("fillAmountBOrS", 0.0),
        ("fillAmountBOrS", 2),
    ],
)
def test_a_wrong_field_is_named(path: str, value: Any) -> None:
    """What has no place in the circuit has no hash."""
    with pytest.raises(InvalidField, match=f"^invalid {path}: "):
        terms_of(changed(path, value))


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("false", False), (None, False), (1, True), (0, False)]
)
def test_a_flag_is_absent_or_spelled_as_documents_do(value: Any, *, expected: bool) -> None:
    """DEX API v3, "Submit order": text in older documents, optional in newer ones."""
    assert expected is terms_of(changed("fillAmountBOrS", value)).fill_amount_b_or_s


def test_the_largest_numbers_have_a_hash() -> None:
    """All bits set, in every field that counts bits."""
    row = next(row for row in ROWS if row["name"] == "extremes")

    assert 2**96 - 1 == terms_of(row["order"]).sell_volume


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b'{"a":"\xff"}', b"[" * 100_000])
def test_what_is_no_order_is_malformed(body: bytes) -> None:
    """Whatever it is instead."""
    with pytest.raises(Malformed, match="body must be"):
        parse_order(body)


@pytest.mark.parametrize(
    "text", ["", "0x", "0x12", "12x", "0x" + 65 * "0", "1" * 79, "-1", "\u0661"]
)
def test_texts_that_are_no_hash(text: str) -> None:
    """Neither form."""
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        parse_hash(text)
