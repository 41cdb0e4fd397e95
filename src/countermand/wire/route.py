"""
Route tables: rows that the server matches against requests and the client builds requests from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from msgspec import Struct

from countermand.wire.conversation import Op
from countermand.wire.errors import Malformed, MethodNotAllowed, NotFound, WireError
from countermand.wire.http import SWITCHING, Request
from countermand.wire.operation import Access, Operation

Params = dict[str, str]
MakeRow = Callable[..., "Route"]

_PARAMETER = re.compile(r"\{[^/]*\}")

# Stands in the table for the method of an upgrade's row; no method has a blank.
_UPGRADE = "GET upgrade"


class Attempts(Struct, frozen=True):
    """
    How often something may be tried, proven or not: `of` says by whom, `per_minute` how often (0:
    as often as they like), `refusal` what too often is answered.
    """

    of: Callable[[Request], str]
    per_minute: Callable[[Any], int]  # of the venue's settings
    refusal: Callable[[], WireError]


class Form(Struct, frozen=True):
    """
    How the fields of a request travel: as a JSON `body`, or as query parameters.

    `normalize` puts the values of a body into the message's form where a dialect takes more than
    one, and lets a body be empty; where a query `repeats`, a parameter may be sent once more as it
    was; with `decimal_numbers` our client writes decimals in a body as numbers, not as text; with
    `unique` a body that gives a name twice is refused, elsewhere the last one counts.
    """

    body: bool = False
    normalize: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    decimal_numbers: bool = False
    repeats: bool = False
    unique: bool = False


QUERY, BODY = Form(), Form(body=True)


class Route(Struct, frozen=True):
    """
    One row: an operation, where it lives, and the conversation that serves it.

    Path parameters are fields of the request like those that travel as `form` says. `weight` is
    what a request costs against the rate limit, `attempts` are counted before the key is checked.
    A GET row of status 101 is an upgrade: only the offer of a WebSocket matches it.
    """

    operation: Operation
    method: str
    path: str
    access: Access
    op: Op
    source: str
    form: Form = QUERY
    status: int = 200
    weight: int = 1
    attempts: Attempts | None = None

    def build(self, params: Mapping[str, str]) -> bytes:
        """
        Return the path with `params` percent-encoded in place. Raises KeyError on a missing one.
        """
        filled = self.path.format_map({name: quote(text, safe="") for name, text in params.items()})
        return filled.encode()

    @property
    def is_upgrade(self) -> bool:
        """Whether the row is for the offer of a WebSocket."""
        return self.status == SWITCHING

    @property
    def param_names(self) -> tuple[str, ...]:
        """The names between braces, in order."""
        return tuple(s[1:-1] for s in self.path.split("/") if s.startswith("{"))


_WITH_BODY = ("POST", "PUT", "PATCH")


def rows_at(prefix: str, source: str, *, query: Form = QUERY, body: Form = BODY) -> MakeRow:
    """
    Return a function that makes the rows of one part of a dialect, told only what differs.

    Shape:  `row("METHOD /path", operation, access, op, section, **more)`; `prefix` goes before the
            path and `source` before the section; a method made for a body has the form `body`, any
            other `query`.
    """

    def row(
        line: str, operation: Operation, access: Access, op: Op, section: str, **more: Any
    ) -> Route:
        method, path = line.split()
        fields = {"form": body if method in _WITH_BODY else query, **more}
        return Route(operation, method, prefix + path, access, op, source + section, **fields)

    return row


class Routes:
    """
    An immutable table of rows, matched by exact segments first and by parameters second.

    `normal` returns the spelling a row has of a path that may be spelled otherwise too. A request
    and the offer of a WebSocket may each have a row of the same path.

    Raises: ValueError when two rows answer the same method and path shape.
    """

    def __init__(
        self, rows: Iterable[Route], normal: Callable[[bytes], bytes] | None = None
    ) -> None:
        self.rows = tuple(rows)
        self._normal = normal
        self._plain: dict[tuple[str, bytes], Route] = {}
        shaped: dict[str, dict[str, Route]] = {}
        for row in self.rows:
            if row.param_names:
                known: dict[Any, Route] = shaped.setdefault(_method_of(row), {})
                key: Any = _PARAMETER.sub("{}", row.path)
            else:
                known, key = self._plain, (_method_of(row), row.path.encode())
            if key in known:
                raise ValueError(f"two rows for {row.method} {row.path}")
            known[key] = row
        self._shaped = {method: _Shapes(rows.values()) for method, rows in shaped.items()}

    def match(self, method: str, path: bytes, *, is_offer: bool = False) -> tuple[Route, Params]:
        """
        Return the row and its decoded path parameters.

        Raises: NotFound for a path no row has (an empty parameter matches nothing),
        MethodNotAllowed when only the method is wrong, Malformed when a parameter is not UTF-8.
        HEAD is answered where GET is; the offer of a WebSocket that no row takes is a GET like any
        other.
        """
        if self._normal is not None:
            path = self._normal(path)
        asked = "GET" if method == "HEAD" else method
        found = self._find(_UPGRADE, path) if is_offer else None
        if found is not None or (found := self._find(asked, path)) is not None:
            route, values = found
            return route, {name: _decoded(value) for name, value in values.items()}
        if allowed := self._methods(path):
            raise MethodNotAllowed(f"method {method} not allowed", allowed)
        raise NotFound("no such path")

    def _methods(self, path: bytes) -> list[str]:
        known = sorted({row.method for row in self.rows if not row.is_upgrade})
        found = [method for method in known if self._find(method, path)]
        return [*found, "HEAD"] if "GET" in found else found

    def _find(self, method: str, path: bytes) -> tuple[Route, dict[str, bytes]] | None:
        if (route := self._plain.get((method, path))) is not None:
            return route, {}
        shapes = self._shaped.get(method)
        return shapes.find(path) if shapes else None

    def changed(self, change: Callable[[Route], Route]) -> Routes:
        """Return this table with every row as `change` has it, in the same order."""
        return Routes(map(change, self.rows), self._normal)

    def of(self, operation: Operation) -> Route:
        """Return the first row of `operation`. Raises KeyError when the venue has none."""
        for row in self.rows:
            if row.operation is operation:
                return row
        raise KeyError(operation)


def _method_of(row: Route) -> str:
    return _UPGRADE if row.is_upgrade else row.method


class _Shapes:
    # The rows of one method that have parameters, as one expression, the most exact first.

    def __init__(self, rows: Iterable[Route]) -> None:
        self._rows = sorted(rows, key=lambda row: [s[:1] == "{" for s in row.path.split("/")])
        whole = "|".join(f"({_expression(row.path)})" for row in self._rows)
        self._match = re.compile(whole.encode()).fullmatch
        # By the group of a row's whole path; those of its parameters come after it.
        self._names: dict[int, tuple[Route, tuple[str, ...]]] = {}
        group = 1
        for row in self._rows:
            self._names[group] = (row, row.param_names)
            group += 1 + len(row.param_names)

    def find(self, path: bytes) -> tuple[Route, dict[str, bytes]] | None:
        if (match := self._match(path)) is None:
            return None
        # Groups close from the inside out, so the last to close is a whole path's.
        group = match.lastindex or 0
        row, names = self._names[group]
        return row, {name: match[group + place] for place, name in enumerate(names, 1)}


def _expression(path: str) -> str:
    return "([^/]+)".join(re.escape(part) for part in _PARAMETER.split(path))


def _decoded(segment: bytes) -> str:
    # A segment without an escape is the common case and needs no decoding.
    try:
        return (unquote_to_bytes(segment) if b"%" in segment else segment).decode()
    except UnicodeDecodeError:
        raise Malformed("path is not valid UTF-8") from None
