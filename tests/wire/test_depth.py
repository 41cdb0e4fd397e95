"""The depth to which a body may be nested, for any content."""

import pytest
from msgspec import Struct

from countermand.wire import codec
from countermand.wire.context import Context
from countermand.wire.conversation import Op, reply
from countermand.wire.errors import Malformed
from countermand.wire.http import Request
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Form, Route


class Said(Struct, frozen=True):
    """A message of one field."""

    name: str


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """A message whose body may only repeat the query."""

    names: list[str] = []


def nothing(message: Said, ctx: Context) -> None:
    """Never asked."""


def route(method: str, request: type, *, body: bool) -> Route:
    """Return a row with one path."""
    op = Op(request, None, reply(nothing))
    return Route(Operation.PLACE_ORDER, method, "/x", Access.TRADE, op, "", Form(body=body))


POST = route("POST", Said, body=True)
DELETE = route("DELETE", Asked, body=False)


def decoded(body: str) -> Said:
    """Return the message out of a body."""
    said: Said = codec.decode_request(POST, Request("POST", b"/x", body=body.encode()), {})
    return said


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"x":', "}")])
def test_depth(opens: str, closes: str) -> None:
    """32 levels are read, the body's own among them; 33, and any number more, are not."""
    inside = opens * 31 + "1" + closes * 31
    assert Said("a") == decoded('{"name":"a","x":' + inside + "}")

    for levels in (32, 900, 5_000, 100_000):
        inside = opens * levels + "1" + closes * levels
        with pytest.raises(Malformed):
            decoded('{"name":"a","x":' + inside + "}")


def test_breadth() -> None:
    """Many brackets beside each other are not deep, and one among them that is will be found."""
    wide = ",".join(["[1]"] * 200)
    assert Said("a") == decoded('{"name":"a","x":[' + wide + "]}")

    deep = "[" * 32 + "]" * 32
    with pytest.raises(Malformed, match="body is nested too deeply"):
        decoded('{"name":"a","x":[' + wide + "," + deep + "]}")


def test_depth_of_an_echo() -> None:
    """A body that is only compared with the query is bounded too."""
    body = '{"names":' + "[" * 900 + "]" * 900 + "}"
    with pytest.raises(Malformed, match="body is nested too deeply"):
        codec.decode_request(DELETE, Request("DELETE", b"/x", b"names=a", body=body.encode()), {})
