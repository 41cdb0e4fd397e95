"""The codec is strict about what it reads and lenient only where a rule says so."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta, Struct
from msgspec.structs import replace

from countermand.wire import codec
from countermand.wire.conversation import Op, reply
from countermand.wire.errors import InvalidField, Malformed, MissingField, UnknownField
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Form, Route

SERVE = reply(lambda message, _: message)


class Place(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A body without path parameters."""

    side: Literal["BUY", "SELL"]
    price: Decimal | None = None
    post_only: bool = False


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A body beside a path parameter."""

    id: str
    price: Decimal | None = None


class Find(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A query beside a path parameter."""

    id: str
    limit: Annotated[int, Meta(ge=1, le=100)] = 25
    tags: list[str] = []
    exact: bool = False


class Sweep(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A query in which nothing may be ignored."""

    account: str
    side: Literal["BUY", "SELL"] | None = None


def route(request: type[Struct], path: str, *, body: bool = False) -> Route:
    """Return a row that carries a message."""
    operation, access = Operation.GET_ORDER, Access.PUBLIC
    op = Op(request, Sweep, SERVE)
    return Route(operation, "POST", path, access, op, "nowhere", Form(body=body))


PLACE = route(Place, "/place", body=True)
CHANGE = route(Change, "/change/{id}", body=True)
FIND = route(Find, "/find/{id}")
SWEEP = route(Sweep, "/sweep")


def decode(row: Route, body: bytes = b"", query: bytes = b"", **params: str) -> Any:
    """Decode a request of a row."""
    return codec.decode_request(row, Request("POST", b"/", query, (), body), params)


CASES = [
    (PLACE, Place(side="BUY", price=Decimal("1E-7")), b"", b'{"side":"BUY","price":"0.0000001"}'),
    (PLACE, Place(side="SELL", post_only=True), b"", b'{"side":"SELL","post_only":true}'),
    (CHANGE, Change(id="a b", price=Decimal(10)), b"", b'{"price":"10"}'),
    (FIND, Find(id="7", limit=3, tags=["a&b", "ü"], exact=True),
     b"limit=3&tags=a%26b&tags=%C3%BC&exact=true", b""),
    (SWEEP, Sweep("main", "BUY"), b"account=main&side=BUY", b""),
]  # fmt: skip


@pytest.mark.parametrize(("row", "message", "query", "body"), CASES)
def test_message_is_written(row: Route, message: Any, query: bytes, body: bytes) -> None:
    """Path, query and body carry it between them."""
    request = codec.encode_request(row, message)

    assert (query, body) == (request.query, request.body)


@pytest.mark.parametrize(("row", "message", "query", "body"), CASES)
def test_message_is_read(row: Route, message: Any, query: bytes, body: bytes) -> None:
    """The query and the body of each case decode to its message."""
    params = {"id": message.id} if row.param_names else {}

    assert message == decode(row, body, query, **params)


def test_numbers_keep_every_digit() -> None:
    """A JSON number is its text, not a float."""
    text = "3000.10000000000000000000001"

    assert decode(PLACE, b'{"side":"BUY","price":%b}' % text.encode()).price == Decimal(text)
    assert decode(CHANGE, b'{"price":%b}' % text.encode(), id="7").price == Decimal(text)


def test_unknown_keys_are_ignored() -> None:
    """Bodies and queries may have unknown keys, unless the message forbids them."""
    assert decode(PLACE, b'{"side":"BUY","clientOrderId":"x"}') == Place(side="BUY")
    assert decode(CHANGE, b'{"nonsense":1.5}', id="7") == Change(id="7")
    assert decode(FIND, query=b"nonsense=1&nonsense=2&&=", id="7") == Find(id="7")
    with pytest.raises(UnknownField, match="instrumentType is not known"):
        decode(SWEEP, query=b"account=a&instrumentType=SPOT")


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"account":"7"}', b'{"side":"SELL","account":"7"}', b'{"account":7}']
)
def test_body_beside_a_strict_query_may_repeat_it(body: bytes) -> None:
    """Some clients send everything twice."""
    assert decode(SWEEP, body, b"account=7&side=SELL") == Sweep("7", "SELL")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"account":"7","side":"SELL"}', InvalidField),
        (b'{"account":"8"}', InvalidField),
        (b'{"account":null}', InvalidField),
        (b'{"account":["7"]}', InvalidField),
        (b'{"account":{}}', InvalidField),
        (b'{"account":"7","more":"x"}', UnknownField),
        (b'{"":""}', UnknownField),
        (b"[]", Malformed),
        (b"null", Malformed),
        (b"{", Malformed),
        (b"\xff", Malformed),
        (b"account=7&side=SELL", Malformed),
    ],
)
def test_body_beside_a_strict_query_may_add_nothing(body: bytes, kind: type[Malformed]) -> None:
    """A filter in such a body would be ignored, so it is refused."""
    with pytest.raises(Malformed) as caught:
        decode(SWEEP, body, b"account=7")
    assert type(caught.value) is kind


@pytest.mark.parametrize("query", [b"account=7&=x", b"account=7&=", b"=&account=7"])
def test_strict_query_has_no_nameless_values(query: bytes) -> None:
    """A value without a name is an unknown parameter too."""
    with pytest.raises(UnknownField, match=" is not known"):
        decode(SWEEP, query=query)


def test_path_wins() -> None:
    """Over a key of its name in the query or the body."""
    assert decode(FIND, query=b"id=8", id="7").id == "7"
    assert decode(CHANGE, b'{"id":"8"}', id="7").id == "7"


def test_unexpected_body_is_not_read() -> None:
    """An unexpected body may have been signed, and is not decoded."""
    assert decode(FIND, b"\xff{", id="7") == Find(id="7")


def test_plus_is_a_space_in_a_query() -> None:
    """A query is decoded as HTML forms are."""
    assert decode(FIND, query=b"tags=a+b", id="7").tags == ["a b"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"1",
        b'{"side":"\xff"}',
        b'{"side":"BUY"} {}',
        b"[" * 100_000,
        b'{"a":1e}',
    ],
)
@pytest.mark.parametrize(("row", "params"), [(PLACE, {}), (CHANGE, {"id": "7"})])
def test_body_that_is_no_object(row: Route, params: dict[str, str], body: bytes) -> None:
    """Broken, not text, or something else."""
    with pytest.raises(Malformed, match="body"):
        decode(row, body, **params)


@pytest.mark.parametrize(
    ("row", "body", "query", "name"),
    [
        (PLACE, b'{"side":"buy"}', b"", "side"),
        (PLACE, b'{"side":1}', b"", "side"),
        (PLACE, b'{"side":"BUY","price":true}', b"", "price"),
        (PLACE, b'{"side":"BUY","price":"x"}', b"", "price"),
        (PLACE, b'{"side":"BUY","price":1e99999999999999999999}', b"", "price"),
        (PLACE, b'{"side":"BUY","post_only":"yes"}', b"", "post_only"),
        (SWEEP, b"", b"account=a&side=OrderSide.BUY", "side"),
        (SWEEP, b"", b"account=a&account=b", "account"),
        (FIND, b"", b"limit=101", "limit"),
        (FIND, b"", b"limit=many", "limit"),
    ],
)
def test_value_that_is_not_allowed(row: Route, body: bytes, query: bytes, name: str) -> None:
    """The refusal bears the field's wire name."""
    params = {"id": "7"} if row.param_names else {}
    with pytest.raises(InvalidField) as caught:
        decode(row, body, query, **params)
    assert caught.value.name == name


def test_number_too_long_to_be_one_beside_a_parameter() -> None:
    """A number whose exponent does not fit is refused."""
    with pytest.raises(Malformed, match="invalid price: must be a plain number"):
        decode(CHANGE, b'{"price":1e99999999999999999999}', id="7")


@pytest.mark.parametrize(("row", "body"), [(PLACE, b"{}"), (SWEEP, b"")])
def test_field_that_is_missing(row: Route, body: bytes) -> None:
    """Likewise."""
    with pytest.raises(MissingField) as caught:
        decode(row, body)
    assert caught.value.name in ("side", "account")


@pytest.mark.parametrize("query", [b"tags=%ff", b"tags=\xff"])
def test_query_that_is_no_text(query: bytes) -> None:
    """Bad UTF-8, escaped or not."""
    with pytest.raises(Malformed, match="query"):
        decode(FIND, query=query, id="7")


def test_replies() -> None:
    """Written by `encode`, read by the row's type."""
    raw = codec.encode(Sweep("main", "BUY"))

    assert raw == b'{"account":"main","side":"BUY"}'
    assert codec.decode_reply(SWEEP, Response(200, raw)) == Sweep("main", "BUY")
    told = codec.decode_reply(SWEEP, Response(200, b'{"account":"main","more":1}'))
    assert (told.account, told.side) == ("main", None)
    with pytest.raises(Malformed, match="body is not valid JSON"):
        codec.decode_reply(SWEEP, Response(200, b"<html>"))


def shout(values: dict[str, Any]) -> dict[str, Any]:
    """Put a body's values into the message's form: names and texts in capitals are taken too."""
    if "refuse" in values:
        raise InvalidField("refuse", "invalid refuse")
    return {
        name.lower(): value.upper() if isinstance(value, str) else value
        for name, value in values.items()
    }


NORMALIZED = replace(PLACE, form=Form(body=True, normalize=shout))
NUMBERED = replace(PLACE, form=Form(body=True, decimal_numbers=True))


def test_body_is_normalized() -> None:
    """An object is normalized before it becomes a message; other JSON is not."""
    assert decode(NORMALIZED, b'{"SIDE":"buy","price":1.50}') == decode(
        PLACE, b'{"side":"BUY","price":1.50}'
    )
    with pytest.raises(InvalidField, match="refuse"):
        decode(NORMALIZED, b'{"refuse":1}')
    with pytest.raises(Malformed, match="object"):
        decode(NORMALIZED, b"[]")


def test_body_may_be_empty_where_it_is_normalized() -> None:
    """An empty body is then an object without fields; elsewhere it is no JSON."""
    with pytest.raises(MissingField) as caught:
        decode(NORMALIZED, b"")
    assert caught.value.name == "side"
    with pytest.raises(Malformed, match="JSON"):
        decode(PLACE, b"")


def test_decimals_are_sent_as_text_or_as_numbers() -> None:
    """The row decides, and every digit is kept."""
    message = Place(side="BUY", price=Decimal("0.10"))

    assert codec.encode_request(PLACE, message).body == b'{"side":"BUY","price":"0.10"}'
    assert codec.encode_request(NUMBERED, message).body == b'{"side":"BUY","price":0.10}'
