"""Routes match exactly, prefer what is spelled out, and build what they match."""

from typing import Any

import pytest
from msgspec import structs

from countermand.wire.conversation import Op, reply
from countermand.wire.errors import Malformed, MethodNotAllowed, NotFound
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route, Routes

OP = Op(Any, Any, reply(lambda message, _: message))


def row(line: str, operation: Operation = Operation.GET_ORDER) -> Route:
    """Return a row that only routes."""
    method, path = line.split()
    return Route(operation, method, path, Access.PUBLIC, OP, "nowhere")


ROUTES = Routes(
    [
        row("GET /orders"),
        row("DELETE /orders"),
        row("GET /orders/{id}"),
        row("DELETE /orders/{id}"),
        row("POST /orders/preview"),
        row("GET /p/{p}/balances"),
        row("GET /p/{p}/balances/{asset}"),
        row("GET /p/{p}/{what}"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "line", "params"),
    [
        ("GET", b"/orders", "/orders", {}),
        ("GET", b"/orders/7", "/orders/{id}", {"id": "7"}),
        ("DELETE", b"/orders/preview", "/orders/{id}", {"id": "preview"}),
        ("POST", b"/orders/preview", "/orders/preview", {}),
        ("GET", b"/orders/a%2Fb%20c", "/orders/{id}", {"id": "a/b c"}),
        ("GET", b"/p/1/balances", "/p/{p}/balances", {"p": "1"}),
        ("GET", b"/p/1/other", "/p/{p}/{what}", {"p": "1", "what": "other"}),
        ("GET", b"/p/1/balances/B", "/p/{p}/balances/{asset}", {"p": "1", "asset": "B"}),
    ],
)
def test_match(method: str, path: bytes, line: str, params: dict[str, str]) -> None:
    """Exact segments win; parameters come decoded."""
    route, found = ROUTES.match(method, path)

    assert (line, params) == (route.path, found)


@pytest.mark.parametrize(
    "path", [b"", b"/", b"/orders/", b"/orders/7/", b"//orders", b"/p//balances"]
)
def test_empty_parameter_matches_nothing(path: bytes) -> None:
    """A missing id must never become a request about everything."""
    with pytest.raises(NotFound, match="no such path"):
        ROUTES.match("DELETE", path)


@pytest.mark.parametrize("path", [b"/orders", b"/orders/7", b"/p/1/balances"])
def test_known_path_with_another_method(path: bytes) -> None:
    """The path exists, with another method."""
    with pytest.raises(MethodNotAllowed, match="PUT"):
        ROUTES.match("PUT", path)


def test_a_wrong_method_is_told_the_right_ones() -> None:
    """Those the path has, and HEAD where there is GET."""
    told = []
    for path in (b"/orders", b"/p/1/balances"):
        with pytest.raises(MethodNotAllowed) as refused:
            ROUTES.match("PUT", path)
        told.append(refused.value.allowed)
    expected = [
        {row.method for row in ROUTES.rows if row.path == path}
        for path in ("/orders", "/p/{p}/balances")
    ]

    assert expected == [set(allowed) - {"HEAD"} for allowed in told]
    assert all(("GET" in allowed) == ("HEAD" in allowed) for allowed in told)


def test_head_is_where_get_is() -> None:
    """The same row."""
    assert ROUTES.match("GET", b"/p/1/balances") == ROUTES.match("HEAD", b"/p/1/balances")


def test_an_upgrade_is_for_offers_alone() -> None:
    """A path may have a row for each; without one, an offer is a request like any other."""
    upgrade = structs.replace(row("GET /orders"), status=101)
    other = structs.replace(row("GET /stream/{id}"), status=101)
    routes = Routes([row("GET /orders"), upgrade, other, row("GET /p")])

    assert upgrade is routes.match("GET", b"/orders", is_offer=True)[0]
    assert (other, {"id": "7"}) == routes.match("GET", b"/stream/7", is_offer=True)
    assert 200 == routes.match("GET", b"/orders")[0].status
    assert "/p" == routes.match("GET", b"/p", is_offer=True)[0].path
    for method in ("GET", "POST", "upgrade"):
        with pytest.raises(NotFound, match="no such path"):
            routes.match(method, b"/stream/7")


def test_parameter_that_is_no_text() -> None:
    """Bad UTF-8 is the sender's fault."""
    with pytest.raises(Malformed, match="UTF-8"):
        ROUTES.match("GET", b"/orders/%ff")


def test_two_rows_for_one_place_are_refused() -> None:
    """Rows that differ in their parameters' names alone are the same place."""
    with pytest.raises(ValueError, match="two rows"):
        Routes([row("GET /orders/{id}"), row("GET /orders/{name}")])


def test_build_escapes_what_it_fills_in() -> None:
    """The built path matches with the same parameters."""
    route = ROUTES.match("GET", b"/p/1/balances/B")[0]
    path = route.build({"p": "a/b", "asset": "ü %"})

    assert path == b"/p/a%2Fb/balances/%C3%BC%20%25"
    assert ROUTES.match("GET", path) == (route, {"p": "a/b", "asset": "ü %"})


def test_operations_are_found_by_their_first_row() -> None:
    """A venue without one has none."""
    assert ROUTES.of(Operation.GET_ORDER).path == "/orders"
    with pytest.raises(KeyError):
        ROUTES.of(Operation.PLACE_ORDER)


@pytest.mark.parametrize("path", [b"/orders/7", b"/api/orders/7"])
def test_path_of_several_spellings(path: bytes) -> None:
    """A table may take more than the one its rows are written in."""
    routes = Routes([row("GET /orders/{id}")], normal=lambda p: p.removeprefix(b"/api"))

    assert (routes.rows[0], {"id": "7"}) == routes.match("GET", path)
