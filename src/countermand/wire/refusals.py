"""
Refusals: one table says how a venue refuses, and the same table says what its refusal means.

    render     error ──row──► Said(status, code, text, title) ──envelope──► response
    interpret  response ──envelope──► Said ──row──► error

A row names a kind of error, the values of its fields that the row is for, and its words. Rows are
tried in order, both ways. Where two errors have the same words, reading gives back the first; a
venue declares each such loss in `loses`, and the conformance suite holds it to that. What a row
does not tell is read from the text, as `invalid NAME: ...`, or is 0 for a limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct

from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.wire.context import Settings
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    IntakeClosed,
    Internal,
    Malformed,
    MethodNotAllowed,
    NotFound,
    OrderRefused,
    Overloaded,
    RateLimited,
    TooLarge,
    Unauthorized,
    Unavailable,
    WireError,
)
from countermand.wire.http import Request, Response

OVERLOADED = "Server overloaded - the request was not executed"
CLOSED = "Service unavailable - the request was not executed: {text}"
UNDECIDED = "Service unavailable - whether the request was executed is not known"

Body = TypeVar("Body")

TO = (CxlRejResponseTo.CANCEL, CxlRejResponseTo.REPLACE)

# The error of a status alone, for an answer in no venue's words, such as a proxy's.
_BY_STATUS: dict[int, type[WireError]] = {
    400: Malformed,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    500: Internal,
}


class Said(Struct, frozen=True):
    """The fields of an envelope; a venue without codes or titles leaves them empty."""

    status: int
    code: Any = ""
    text: str = ""
    title: str = ""


class Envelope(Protocol):
    """How a refusal stands in a response."""

    def write(self, said: Said, error: WireError) -> Response:
        """Return the response; `error` is there for headers that tell of its numbers."""

    def read(self, response: Response) -> Said:
        """Return what a response carries, with empty words where it is in no known shape."""


def body_of(response: Response, decode: Callable[[bytes], Body], empty: Body) -> Body:
    """Return the body of a refusal as `decode` reads it, `empty` where it is in another shape."""
    try:
        return decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return empty


class Row(Struct, frozen=True):
    """
    One way to refuse.

    `given` are the values of the error's fields that the row is for, and that reading gives back.
    `text` and `title` are templates over the error's fields.
    """

    kind: type[WireError]
    status: int
    code: Any = ""
    text: str = "{text}"
    given: dict[str, Any] = {}
    title: str = ""


def _itself(error: WireError) -> WireError:
    return error


class Refusals:
    """
    A venue's refusals, both ways.

    `loses` returns what an error is read back as. `words` puts a refusal in words that need the
    request or the settings; `amend` changes a response as the settings ask.
    """

    def __init__(
        self,
        envelope: Envelope,
        rows: Iterable[Row],
        *,
        loses: Callable[[WireError], WireError] = _itself,
        words: Callable[[WireError, Request, Any], WireError] = lambda error, *_: error,
        amend: Callable[[Response, Said, Any], Response] = lambda response, *_: response,
    ) -> None:
        self.rows = tuple(rows)
        self.loses = loses
        self.words = words
        self._amend = amend
        self._envelope = envelope
        kinds = dict.fromkeys(row.kind for row in self.rows)
        self._by_kind = {kind: _Choice(self.rows, kind) for kind in kinds}

    def render(self, error: WireError, settings: Settings | None = None) -> Response:
        """Return the venue's answer for `error`. Raises LookupError when no row is for it."""
        said = self.said(error)
        response = self._envelope.write(said, error)
        return response if settings is None else self._amend(response, said, settings)

    def said(self, error: WireError) -> Said:
        """Return the words for `error`. Raises LookupError when no row is for it."""
        for kind in type(error).__mro__:
            choice = self._by_kind.get(kind)
            if choice is not None and (row := choice.of(error)) is not None:
                return _fill(row, error)
        raise LookupError(f"no words for {type(error).__name__}")

    def interpret(self, response: Response) -> WireError:
        """Return what a refusal means; one in no venue's words means what its status says."""
        said = self._envelope.read(response)
        for reading in self._readings.get((said.status, said.code), ()):
            if (error := reading.read(said)) is not None:
                return error
        return by_status(said)

    @cached_property
    def _readings(self) -> dict[tuple[int, Any], list[_Reading]]:
        readings: dict[tuple[int, Any], list[_Reading]] = {}
        for row in self.rows:
            readings.setdefault((row.status, row.code), []).append(_Reading(row))
        return readings


def by_status(said: Said) -> WireError:
    """Return what a status alone says."""
    status, text = said.status, said.text or f"status {said.status}"
    if status == 429:  # noqa: PLR2004  (HTTP)
        return RateLimited(0)
    if status > 500:  # noqa: PLR2004  (HTTP)
        return Unavailable(text)
    return _BY_STATUS.get(status, Malformed)(text)


class _Choice:
    # The rows of one kind, indexed by their conditions' names and values, so that a kind may have
    # many rows (one for each reason, say). Of the rows that match an error the first is used.

    def __init__(self, rows: Sequence[Row], kind: type[WireError]) -> None:
        self._rows = [row for row in rows if row.kind is kind]
        shapes: dict[tuple[str, ...], dict[Any, int]] = {}
        for place, row in enumerate(self._rows):
            values = itemgetter(*row.given)(row.given) if row.given else None
            shapes.setdefault(tuple(row.given), {}).setdefault(values, place)
        self._shapes = [
            (attrgetter(*names) if names else _nothing, shapes[names]) for names in shapes
        ]

    def of(self, error: WireError) -> Row | None:
        none = len(self._rows)
        first = min([places.get(values(error), none) for values, places in self._shapes])
        return self._rows[first] if first < none else None


def _nothing(error: WireError) -> None:
    return None


class _Reading:
    # A row turned round.

    def __init__(self, row: Row) -> None:
        self._row = row
        self._text = _pattern(row.text)
        self._title = _pattern(row.title)

    def read(self, said: Said) -> WireError | None:
        row = self._row
        text, title = self._text.fullmatch(said.text), self._title.fullmatch(said.title)
        if text is None or title is None:
            return None
        told = {"text": said.text, **title.groupdict(), **text.groupdict(), **row.given}
        if "name" in row.kind.FIELDS and "name" not in told:
            if (named := _INVALID.fullmatch(told["text"])) is None:
                return None
            told["name"] = named[1]
        if row.kind is RateLimited:
            told["limit_per_s"] = int(told.get("limit_per_s", 0))
        return row.kind(**{name: told[name] for name in row.kind.FIELDS if name in told})


def _fill(row: Row, error: WireError) -> Said:
    if "{" not in row.text and "{" not in row.title:
        return Said(row.status, row.code, row.text, row.title)
    names = {"text": error.text} | {name: getattr(error, name) for name in error.FIELDS}
    return Said(row.status, row.code, row.text.format(**names), row.title.format(**names))


# The values that a field may have within a text: words end before the next literal; a limit has
# nine digits.
_HOLES = {"text": "(?P<text>.*)", "name": r"(?P<name>[^\s()]{1,80})"}
_HOLE = re.compile(r"\{([a-z_]+)\}")
_INVALID = re.compile(r"invalid ([^\s():]{1,80})(?::.*)?", re.DOTALL)


def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = _HOLE.split(template)
    for at in range(1, len(parts), 2):
        name = parts[at]
        again = name in seen
        seen.add(name)
        parts[at] = f"(?P={name})" if again else _HOLES.get(name, f"(?P<{name}>[0-9]{{1,9}})")
    parts[0::2] = [re.escape(part) for part in parts[0::2]]
    return re.compile("".join(parts), re.DOTALL)


def for_orders(
    status: int, code: Callable[[RejectReason], Any], text: str = "{text}", title: str = ""
) -> list[Row]:
    """
    Return the rows of an order that is refused: one a reason.

    `{text}` is the reason's sentence. `text` and `title` may name `{code}`.
    """
    return [
        Row(
            OrderRefused,
            status,
            code(reason),
            _named(text, reason, code(reason)),
            {"reason": reason},
            _named(title, reason, code(reason)),
        )
        for reason in RejectReason
    ]


def for_terms(
    status: int,
    code: Callable[[RejectReason], Any],
    text: str = "{text}",
    title: str = "",
    to: Sequence[CxlRejResponseTo] = TO,
) -> list[Row]:
    """
    Return the rows of a cancel or replace whose terms are at fault: one a reason.

    Shape: as `for_orders`.
    """
    return [
        Row(
            CancelRefused,
            status,
            code(reason),
            _named(text, reason, code(reason)),
            _terms(response_to, reason),
            _named(title, reason, code(reason)),
        )
        for response_to in to
        for reason in RejectReason
    ]


def for_too_late(
    status: int,
    code: Any,
    texts: Iterable[tuple[OrdStatus | None, str]],
    title: str = "",
    to: CxlRejResponseTo = CxlRejResponseTo.CANCEL,
) -> list[Row]:
    """Return the rows of a cancel or replace that comes too late: one a state that refused it."""
    return [
        Row(
            CancelRefused,
            status,
            code,
            text,
            {
                "cxl_rej_reason": CxlRejReason.TOO_LATE_TO_CANCEL,
                "response_to": to,
                **({} if state is None else {"ord_status": state}),
            },
            title.replace("{text}", text),
        )
        for state, text in texts
    ]


def trouble(
    status: int = 503,
    code: Any = "",
    *,
    internal: Row,
    overloaded: str = OVERLOADED,
    closed: str = CLOSED,
    undecided: str = UNDECIDED,
) -> list[Row]:
    """Return the rows of a server that cannot: overloaded, closed, undecided, and a bug."""
    return [
        Row(Overloaded, status, code, overloaded),
        Row(IntakeClosed, status, code, closed),
        Row(Unavailable, status, code, undecided),
        internal,
    ]


def _terms(to: CxlRejResponseTo, reason: RejectReason) -> dict[str, Any]:
    duplicate = reason is RejectReason.DUPLICATE_CL_ORD_ID
    why = CxlRejReason.DUPLICATE_CL_ORD_ID if duplicate else CxlRejReason.OTHER
    return {"cxl_rej_reason": why, "response_to": to, "reject_reason": reason}


def _named(template: str, reason: RejectReason, code: Any) -> str:
    return template.replace("{code}", str(code)).replace("{text}", reason.sentence)
