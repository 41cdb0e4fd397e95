"""
Route tables: rows that the server matches against requests and the client builds requests from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from msgspec import Struct

from countermand.wire.context import Context
from countermand.wire.errors import Malformed, MethodNotAllowed, NotFound
from countermand.wire.operation import Access, Operation

Params = dict[str, str]


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


class Route(Struct, frozen=True):
    """
    One row: an operation, where it lives, what it carries.

    `request` and `reply` are message types; path and query parameters are fields of the request
    like those of its body. `body` names whether the fields travel as a JSON body. `find` asks
    something, or several things, before `request_from_wire` runs (the instrument of an order, say),
    `then` asks after the command, and `linger` says for how many nanoseconds the answer waits for
    the command's order to close; `weight` is what it costs against the rate limit. `tidy` puts the
    values of a body into the message's form where a dialect takes more than one, and lets a body be
    empty; with `decimal_numbers` our client writes decimals in a body as numbers, not as text.
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


_Methods = dict[str, tuple[Route, tuple[str, ...]]]
_Shape = tuple[bytes | None, ...]


class Routes:
    """
    An immutable table of rows, matched by exact segments first and by parameters second.

    Raises: ValueError when two rows answer the same method and path shape.
    """

    def __init__(self, rows: Iterable[Route]) -> None:
        self.rows = tuple(rows)
        self._plain: dict[bytes, _Methods] = {}
        self._tails: dict[bytes, _Methods] = {}
        self._shapes: dict[int, list[tuple[_Shape, _Methods]]] = {}
        for row in self.rows:
            methods = self._place(row)
            if row.method in methods:
                raise ValueError(f"two rows for {row.method} {row.path}")
            methods[row.method] = (row, row.param_names)

    def _place(self, row: Route) -> _Methods:
        # Most parameters are a path's last segment, and one lookup finds those rows.
        shape = tuple(None if s.startswith("{") else s.encode() for s in row.path.split("/"))
        if None not in shape:
            return self._plain.setdefault(row.path.encode(), {})
        if None not in shape[:-1]:
            return self._tails.setdefault(row.path.rpartition("/")[0].encode(), {})
        shapes = self._shapes.setdefault(len(shape), [])
        for known, methods in shapes:
            if known == shape:
                return methods
        shapes.append((shape, {}))
        placed = shapes[-1][1]
        shapes.sort(key=lambda entry: [s is None for s in entry[0]])
        return placed

    def match(self, method: str, path: bytes) -> tuple[Route, Params]:
        """
        Return the row and its decoded path parameters.

        Raises: NotFound for a path no row has (an empty parameter matches nothing),
        MethodNotAllowed when only the method is wrong, Malformed when a parameter is not UTF-8.
        """
        known = False
        for methods, values in self._candidates(path):
            if (found := methods.get(method)) is not None:
                route, names = found
                return route, {n: _decoded(v) for n, v in zip(names, values, strict=True)}
            known = True
        if known:
            raise MethodNotAllowed(f"method {method} not allowed")
        raise NotFound("no such path")

    def _candidates(self, path: bytes) -> Iterator[tuple[_Methods, tuple[bytes, ...]]]:
        if (methods := self._plain.get(path)) is not None:
            yield methods, ()
        head, _, tail = path.rpartition(b"/")
        if tail and (methods := self._tails.get(head)) is not None:
            yield methods, (tail,)
        segments = path.split(b"/")
        for shape, methods in self._shapes.get(len(segments), ()):
            if all(s if w is None else s == w for w, s in zip(shape, segments, strict=True)):
                pairs = zip(shape, segments, strict=True)
                yield methods, tuple(s for w, s in pairs if w is None)

    def of(self, operation: Operation) -> Route:
        """Return the first row of `operation`. Raises KeyError when the venue has none."""
        for row in self.rows:
            if row.operation is operation:
                return row
        raise KeyError(operation)


def _decoded(segment: bytes) -> str:
    # A segment without an escape is the common case and is already what it says.
    try:
        return (unquote_to_bytes(segment) if b"%" in segment else segment).decode()
    except UnicodeDecodeError:
        raise Malformed("path is not valid UTF-8") from None
