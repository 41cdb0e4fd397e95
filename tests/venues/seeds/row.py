"""
Rows: what a venue's page of one request says, line by line, and what came of each line here.

The page is named, never copied: `says` is in our own words. A row is reached by a case, which is a
request and its answer brought about by real causes, or it is not reached yet, and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from msgspec import Struct
from tests.venues.seeds.stand import Asked

Case = Callable[[], Asked]

# The source of a row that the page itself is the source of.
PAGE = "the page"
# No document and no capture says it: the row is a choice of ours, or a client's habit.
NOWHERE = ""


class Part(Enum):
    """Where on a page a line stands: the first five are asked for, the others answered."""

    LINE = "request"
    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    BODY = "body"
    STATUS = "status"
    MEDIA = "media type"
    FIELD = "field"
    WORD = "word"

    @property
    def is_asked(self) -> bool:
        """Whether a client sends it."""
        return self in (Part.PATH, Part.QUERY, Part.HEADER, Part.BODY)


class Row(Struct, frozen=True, kw_only=True):
    """
    One line of a page.

    Shape:  `name` is a parameter's, a field's (a dot leads into an object), `FIELD: WORD`, a status
            or a media type. `type` is that of a parameter or field. `by` names the case that
            reaches it; of a status, `body` is what is answered to the byte, None for any JSON. A
            parameter that is left out is answered `without`. What is `not_yet` reached is asked for
            in vain by the case `tried`; where nobody can ask for it, `Seed.spoken` lacks its word.
    """

    part: Part
    name: str
    says: str = ""
    type: str = ""
    by: str = ""
    body: bytes | None = None
    without: int = 0
    not_yet: str = ""
    tried: str = ""
    source: str = PAGE

    @property
    def verdict(self) -> str:
        """Return proven, not proven, or unknown where no document and no capture is the source."""
        if not self.source:
            return "unknown"
        return "not proven" if self.not_yet else "proven"

    @property
    def word(self) -> tuple[str, str]:
        """Return the field and its word."""
        field, _, word = self.name.partition(": ")
        return field, word


class Seed(Struct, frozen=True, kw_only=True):
    """
    A venue's page of its cancel.

    Shape:  `document` names the page, `line` is its method and path. `spoken` are all words that
            the server has for a field, out of the tables it answers from.
    """

    venue: str
    document: str
    line: str
    rows: tuple[Row, ...]
    cases: dict[str, Case]
    spoken: dict[str, frozenset[str]] = {}

    def of(self, *parts: Part) -> list[Row]:
        """Return the rows of some parts."""
        return [row for row in self.rows if row.part in parts]


def asked(part: Part, name: str, type: str, says: str, by: str, without: int) -> Row:  # noqa: A002  (a row's own field)
    """Return the row of a parameter that our client sends."""
    return Row(part=part, name=name, type=type, says=says, by=by, without=without)


def status(code: int, says: str, by: str, body: bytes | None = None, source: str = PAGE) -> Row:
    """Return the row of a status that the case is answered with."""
    return Row(part=Part.STATUS, name=str(code), says=says, by=by, body=body, source=source)


def media(name: str, by: str, source: str = PAGE) -> Row:
    """Return the row of a media type that the case is answered in."""
    return Row(part=Part.MEDIA, name=name, by=by, source=source)


def field(name: str, type: str, says: str, by: str, source: str = PAGE) -> Row:  # noqa: A002  (a row's own field)
    """Return the row of a field of an answer."""
    return Row(part=Part.FIELD, name=name, type=type, says=says, by=by, source=source)


def words(name: str, cases: dict[str, str], source: str = PAGE) -> list[Row]:
    """Return the rows of the words of a field, each with the case that is answered with it."""
    return [
        Row(part=Part.WORD, name=f"{name}: {word}", by=by, source=source)
        for word, by in cases.items()
    ]


def unreached(
    part: Part, names: Iterable[str], why: str, tried: str = "", **more: Any
) -> list[Row]:
    """Return the rows of what cannot be reached yet, for one reason."""
    return [Row(part=part, name=name, not_yet=why, tried=tried, **more) for name in names]
