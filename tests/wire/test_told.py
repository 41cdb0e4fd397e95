"""Replies of another shape than their messages: read as far as they go, and nothing is made up."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from countermand.wire import codec
from countermand.wire.conversation import Op
from countermand.wire.errors import InvalidField, Malformed, MissingField
from countermand.wire.http import Response
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route


class Part(Struct, rename="camel"):
    """A part of an answer."""

    unit_price: str


class Answer(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A message with a field of each kind."""

    word: Literal["A", "B"] = "A"
    text: str
    money: Decimal
    count: Annotated[int, Meta(ge=1)]
    is_open: bool
    number: Raw
    note: str | None
    more: str | UnsetType = UNSET
    part: Part
    parts: list[Part]
    rows: list[tuple[str, ...]]
    by_name: dict[str, Part] = field(default_factory=dict)
    either: bool | str = False
    anything: Any = None


ROW = Route(
    Operation.GET_ORDER, "GET", "/", Access.PUBLIC, Op(Answer, Answer, lambda *_: iter(())), ""
)


def read(**given: Any) -> Any:
    """Return a reply with just these keys, as it is read."""
    return codec.decode_reply(ROW, Response(200, msgspec.json.encode(given)))


@pytest.mark.parametrize(
    ("key", "given", "name", "expected"),
    [
        ("word", "NEVER_HEARD_OF", "word", "NEVER_HEARD_OF"),
        ("text", 12, "text", "12"),
        ("text", Decimal("1.50"), "text", "1.50"),
        ("money", "1.50", "money", Decimal("1.50")),
        ("count", "7", "count", 7),
        ("count", 0, "count", 0),
        ("isOpen", "true", "is_open", True),
        ("number", "0.07", "number", Raw(b"0.07")),
        ("number", 7, "number", Raw(b"7")),
        ("note", None, "note", None),
        ("more", None, "more", UNSET),
        ("rows", [[1, "x"]], "rows", [("1", "x")]),
        ("either", "yes", "either", "yes"),
        ("either", True, "either", True),
        ("anything", {"a": 1}, "anything", {"a": 1}),
    ],
)  # fmt: skip
def test_field_in_another_shape(key: str, given: Any, name: str, expected: Any) -> None:
    """The value has the type that the message declares."""
    got = getattr(read(**{key: given}), name)
    assert (got, type(got)) == (expected, type(expected))


def test_parts_are_read_alike() -> None:
    """Messages in lists and maps too; an undocumented key is passed over."""
    told = read(part={"unitPrice": 1}, parts=[{"unitPrice": "2", "x": 0}], byName={"a": {}}, x=1)

    assert (told.part.unit_price, told.parts[0].unit_price) == ("1", "2")
    with pytest.raises(MissingField, match="unitPrice is missing"):
        _ = told.by_name["a"].unit_price


@pytest.mark.parametrize("given", [{}, {"text": None}])
def test_missing_field(given: dict[str, Any]) -> None:
    """A missing field raises where it is used, unless it has a default."""
    told = read(**given)
    with pytest.raises(MissingField, match="text is missing"):
        _ = told.text
    assert (told.note, told.more, told.by_name, told.word) == (None, UNSET, {}, "A")
    assert getattr(told, "text", "stood in for") == "stood in for"


@pytest.mark.parametrize(
    ("key", "name", "given"),
    [
        ("text", "text", ["no text"]), ("text", "text", True), ("money", "money", "a lot"),
        ("count", "count", 1.5), ("isOpen", "is_open", "maybe"), ("part", "part", "none"),
        ("parts", "parts", {"unitPrice": "1"}), ("either", "either", [1]),
    ],
)  # fmt: skip
def test_value_of_another_type(key: str, name: str, given: Any) -> None:
    """No value is made up for it."""
    with pytest.raises(InvalidField, match=f"invalid {key}"):
        getattr(read(**{key: given}), name)


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"<html>", b"", b"\xff", b"null"])
def test_reply_that_is_none(body: bytes) -> None:
    """The reply is refused whole."""
    with pytest.raises(Malformed):
        codec.decode_reply(ROW, Response(200, body))


def test_no_such_field() -> None:
    """A message has the fields it has."""
    with pytest.raises(AttributeError):
        _ = read().wrong
