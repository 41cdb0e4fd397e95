"""
Filters: the grammar in which lists are narrowed down, read into conditions and held to records.

    filter     = [ condition { "and" condition } ]
    condition  = field ( compare literal
                       | "in" "(" literal { "," literal } ")"
                       | "between" literal "and" literal
                       | ( "contains" | "startsWith" | "endsWith" ) text )
    compare    = "=" | "<" | ">" | "<=" | ">="
    literal    = number | text | flag | moment

A text stands in single quotes, which are doubled within it; a flag is `true` or `false`; a moment
is `#2026-03-02T14:30:00#`, in UTC unless it says otherwise. Statuses are numbers here.

Source: ETNA manual, "List orders", section on filters. That words and texts are read in any case,
        that both ends of `between` belong to it, the doubled quote, and that flags have no order
        are our proposals, and so is that a filter has an end (`CONDITIONS_MAX`).
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from msgspec import Struct

from countermand.venues.autoshares.dates import zoned
from countermand.wire import times
from countermand.wire.errors import InvalidField

NAME = "filter"

# More than a client needs. Every record of a list may be held to each of them.
CONDITIONS_MAX = 64


class Kind(Enum):
    """The kind of a field, which decides the literals that it is compared with."""

    NUMBER = "a number"
    TEXT = "a text in quotes"
    FLAG = "true or false"
    MOMENT = "a moment between #"


class Condition(Struct, frozen=True):
    """
    One condition: `field` as the table spells it, `op` in lower case, the literals it names.

    Units: a number is a Decimal, a moment is nanoseconds since the Unix epoch.
    """

    field: str
    op: str
    values: tuple[Decimal | str | bool | int, ...]


Filter = tuple[Condition, ...]
Matcher = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"(?P<number>-?[0-9]{1,40}(?:\.[0-9]{1,40})?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<moment>\#[^\#]*\#)"
    r"|(?P<sign><=|>=|[=<>(),])"
    r"|(?P<end>\Z)"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FLAGS = {"true": True, "false": False}

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, given: bool(value == given[0]),
    "<": lambda value, given: bool(value < given[0]),
    ">": lambda value, given: bool(value > given[0]),
    "<=": lambda value, given: bool(value <= given[0]),
    ">=": lambda value, given: bool(value >= given[0]),
    "in": lambda value, given: value in given,
    "between": lambda value, given: bool(given[0] <= value <= given[1]),
    "contains": lambda value, given: given[0] in value,
    "startswith": lambda value, given: value.startswith(given[0]),
    "endswith": lambda value, given: value.endswith(given[0]),
}
_EVERY_KIND = frozenset({"=", "in"})
_TEXT_ONLY = frozenset({"contains", "startswith", "endswith"})


def parse(text: str, fields: Mapping[str, Kind]) -> Filter:
    """
    Return the conditions of a filter over `fields`; an empty one has none.

    Raises: InvalidField named `filter`, whose text says at which character, counted from 0, what
            was expected.
    """
    reader = _Reader(text)
    conditions: list[Condition] = []
    while reader.kind != "end":
        if conditions:
            reader.take_word("and")
        if len(conditions) == CONDITIONS_MAX:
            raise reader.refusal(f"the end after {CONDITIONS_MAX} conditions")
        conditions.append(_condition(reader, fields))
    return tuple(conditions)


def matcher(conditions: Filter) -> Matcher:
    """
    Return a test of whether a record meets every condition; a value of None meets none.

    Units:  as in `Condition`; a number may be an int.
    Raises: KeyError, when called with a record that lacks a field.
    """
    tests = [
        # However many values are named, a record's is looked up among them once.
        (one.field, _TESTS[one.op], frozenset(one.values) if one.op == "in" else one.values)
        for one in conditions
    ]

    def meets(record: Mapping[str, Any]) -> bool:
        return all(
            record[field] is not None and test(_lower(record[field]), given)
            for field, test, given in tests
        )

    return meets


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class _Reader:
    """A filter's text and the lexeme it stands at."""

    def __init__(self, text: str) -> None:
        self._text, self._next = text, 0
        self.at, self.kind, self.lexeme = 0, "", ""
        self.step()

    def step(self) -> str:
        """Go on to the next lexeme; return the one that was stood at."""
        left = self.lexeme
        while self._next < len(self._text) and self._text[self._next].isspace():
            self._next += 1
        self.at = self._next
        if (match := _TOKEN.match(self._text, self.at)) is None:
            raise self.refusal("a field, an operator or a value")
        self.kind, self.lexeme, self._next = str(match.lastgroup), match[0], match.end()
        return left

    def take_word(self, word: str) -> None:
        """Step over a word, in any case."""
        if self.kind != "word" or self.lexeme.lower() != word:
            raise self.refusal(f"'{word}'")
        self.step()

    def take_sign(self, sign: str) -> None:
        """Step over a sign."""
        if self.lexeme != sign:
            raise self.refusal(f"'{sign}'")
        self.step()

    def refusal(self, expected: str) -> InvalidField:
        """Return what to raise when something else was expected here."""
        return InvalidField(NAME, f"invalid {NAME}: expected {expected} at {self.at}")


def _condition(reader: _Reader, fields: Mapping[str, Kind]) -> Condition:
    field = _names(frozenset(fields)).get(reader.lexeme.lower()) if reader.kind == "word" else None
    if field is None:
        raise reader.refusal("one of " + ", ".join(sorted(fields)))
    reader.step()
    kind, op = fields[field], reader.lexeme.lower()
    if reader.kind not in {"word", "sign"} or op not in _operators(kind):
        raise reader.refusal("one of " + " ".join(_operators(kind)))
    reader.step()
    return Condition(field, op, _values(reader, op, kind))


@cache
def _names(fields: frozenset[str]) -> dict[str, str]:
    return {field.lower(): field for field in fields}


@cache
def _operators(kind: Kind) -> tuple[str, ...]:
    if kind is Kind.FLAG:
        return tuple(op for op in _TESTS if op in _EVERY_KIND)
    return tuple(op for op in _TESTS if kind is Kind.TEXT or op not in _TEXT_ONLY)


def _values(reader: _Reader, op: str, kind: Kind) -> tuple[Any, ...]:
    if op == "between":
        low = _literal(reader, kind)
        reader.take_word("and")
        return low, _literal(reader, kind)
    if op != "in":
        return (_literal(reader, kind),)
    reader.take_sign("(")
    values = [_literal(reader, kind)]
    while reader.lexeme == ",":
        reader.step()
        values.append(_literal(reader, kind))
    reader.take_sign(")")
    return tuple(values)


def _literal(reader: _Reader, kind: Kind) -> Any:
    try:
        value = _LITERALS[kind](reader.kind, reader.lexeme)
    except ValueError:
        value = None
    if value is None:
        raise reader.refusal(kind.value)
    reader.step()
    return value


def _number(kind: str, lexeme: str) -> Decimal | None:
    return Decimal(lexeme) if kind == "number" else None


def _quoted(kind: str, lexeme: str) -> str | None:
    # As it is compared: in any case.
    return lexeme[1:-1].replace("''", "'").lower() if kind == "text" else None


def _flag(kind: str, lexeme: str) -> bool | None:
    return _FLAGS.get(lexeme.lower()) if kind == "word" else None


def _moment(kind: str, lexeme: str) -> int | None:
    if kind != "moment":
        return None
    text = lexeme[1:-1]
    if _DAY.fullmatch(text):
        text += "T00:00:00"
    return times.parse_iso(zoned(text))


_LITERALS: dict[Kind, Callable[[str, str], Any]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: _quoted,
    Kind.FLAG: _flag,
    Kind.MOMENT: _moment,
}
