"""
Route tables: rows that the server matches against requests and the client builds requests from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from msgspec import Struct

from countermand.wire.context import Context
from countermand.wire.errors import Malformed, MethodNotAllowed, NotFound, WireError
from countermand.wire.http import Request
from countermand.wire.operation import Access, Operation

Params = dict[str, str]

_PARAMETER = re.compile(r"\{[^/]*\}")


class Square(Struct, frozen=True):
    """
    The four corners of an operation: request and reply, each to and from the wire.

    A request may come to a tuple of commands: they are entered as one group, and the reply is made
    of a tuple of receipts. A reply of None is no body; one that is a `Response` is sent as it is.
    A row whose client corners are None is served and not called by our client.
    """

    request_from_wire: Callable[[Any, Context], Any]  # message -> command, query, key change
    reply_to_wire: Callable[[Any, Context], Any]  # receipt or view -> message
    request_to_wire: Callable[[Any, Context], Any] | None = None  # command or query -> message
    reply_from_wire: Callable[[Any, Context], Any] | None = None  # message -> report


class Attempts(Struct, frozen=True):
    """
    How often something may be tried, proven or not: `of` says by whom, `per_minute` how often (0:
    as often as they like), `refusal` what too often is answered.
    """

    of: Callable[[Request], str]
    per_minute: Callable[[Any], int]  # of the venue's settings
    refusal: Callable[[], WireError]


class Route(Struct, frozen=True):
    """
    One row: an operation, where it lives, what it carries.

    `request` and `reply` are message types; path and query parameters are fields of the request
    like those of its body. `body` names whether the fields travel as a JSON body. `find` asks
    something, or several things, before `request_from_wire` runs (the instrument of an order, say),
    `then` asks after the command, and `linger` says for how many nanoseconds the answer waits for
    the command's order to close; `weight` is what it costs against the rate limit. `tidy` puts the
    values of a body into the message's form where a dialect takes more than one, and lets a body be
    empty; where it `repeats`, a query parameter may be sent once more as it was; with
    `decimal_numbers` our client writes decimals in a body as numbers, not as text. `attempts` are
    counted before anybody is proven.
    """

    operation: Operation
    method: str
    path: str
    access: Access
    request: Any
    reply: Any
    square: Square
    source: str
    body: bool = False
    find: Callable[[Any, Context], Any] | None = None
    weight: int = 1
    status: int = 200
    tidy: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    decimal_numbers: bool = False
    linger: Callable[[Any, Context], int] | None = None
    then: Callable[[Any, Context], Any] | None = None
    attempts: Attempts | None = None
    repeats: bool = False

    def build(self, params: Mapping[str, str]) -> bytes:
        """
        Return the path with `params` percent-encoded in place. Raises KeyError on a missing one.
        """
        filled = self.path.format_map({name: quote(text, safe="") for name, text in params.items()})
        return filled.encode()

    @property
    def param_names(self) -> tuple[str, ...]:
        """The names between braces, in order."""
        return tuple(s[1:-1] for s in self.path.split("/") if s.startswith("{"))


_WITH_BODY = ("POST", "PUT", "PATCH")


def rows_at(
    prefix: str, source: str, *, posting: Mapping[str, Any] | None = None, **always: Any
) -> Callable[..., Route]:
    """
    Return a function that makes the rows of one part of a dialect, told only what differs.

    Shape:  `row(operation, access, "METHOD /path", (request, reply), square, section, **more)`;
            `prefix` goes before the path and `source` before the section; `always` holds for every
            row and `posting` for those that have a body, as the methods made for one do.
    """

    def row(
        operation: Operation,
        access: Access,
        line: str,
        messages: tuple[Any, Any],
        square: Square,
        section: str,
        **more: Any,
    ) -> Route:
        method, path = line.split()
        body = method in _WITH_BODY
        fields = {"body": body, **always, **(posting or {} if body else {}), **more}
        source_of = source + section
        return Route(
            operation, method, prefix + path, access, *messages, square, source_of, **fields
        )

    return row


class Routes:
    """
    An immutable table of rows, matched by exact segments first and by parameters second.

    `normal` returns the spelling a row has of a path that may be spelled otherwise too.

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
                known: dict[Any, Route] = shaped.setdefault(row.method, {})
                key: Any = _PARAMETER.sub("{}", row.path)
            else:
                known, key = self._plain, (row.method, row.path.encode())
            if key in known:
                raise ValueError(f"two rows for {row.method} {row.path}")
            known[key] = row
        self._shaped = {method: _Shapes(rows.values()) for method, rows in shaped.items()}

    def match(self, method: str, path: bytes) -> tuple[Route, Params]:
        """
        Return the row and its decoded path parameters.

        Raises: NotFound for a path no row has (an empty parameter matches nothing),
        MethodNotAllowed when only the method is wrong, Malformed when a parameter is not UTF-8.
        HEAD is answered where GET is.
        """
        if self._normal is not None:
            path = self._normal(path)
        asked = "GET" if method == "HEAD" else method
        if (found := self._find(asked, path)) is not None:
            route, values = found
            return route, {name: _decoded(value) for name, value in values.items()}
        if allowed := self._methods(path):
            raise MethodNotAllowed(f"method {method} not allowed", allowed)
        raise NotFound("no such path")

    def _methods(self, path: bytes) -> list[str]:
        known = sorted({row.method for row in self.rows})
        found = [method for method in known if self._find(method, path)]
        return [*found, "HEAD"] if "GET" in found else found

    def _find(self, method: str, path: bytes) -> tuple[Route, dict[str, bytes]] | None:
        if (route := self._plain.get((method, path))) is not None:
            return route, {}
        shapes = self._shaped.get(method)
        return shapes.find(path) if shapes else None

    def of(self, operation: Operation) -> Route:
        """Return the first row of `operation`. Raises KeyError when the venue has none."""
        for row in self.rows:
            if row.operation is operation:
                return row
        raise KeyError(operation)


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
    # A segment without an escape is the common case and is already what it says.
    try:
        return (unquote_to_bytes(segment) if b"%" in segment else segment).decode()
    except UnicodeDecodeError:
        raise Malformed("path is not valid UTF-8") from None
