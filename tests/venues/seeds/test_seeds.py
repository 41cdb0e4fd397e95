"""
The five venues' pages on their cancel, line by line, at both ends.

Every row of `SEEDS` is tried: a parameter in what our client sends and missing from it, an answer
in what our server says. A row that is not reached yet fails as soon as it is, to be moved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import msgspec
import pytest
from tests.venues.seeds import pages
from tests.venues.seeds.pages import SEEDS
from tests.venues.seeds.row import Part, Row, Seed
from tests.venues.seeds.stand import without_header, without_name, without_parameter

from countermand.venues import VENUES
from countermand.wire import times
from countermand.wire.http import Request, Response

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_INT32_END = 2**31


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and value.endswith("Z") and times.parse_iso(value) > 0


# What a type of the table is, of what is asked (text) and of what is answered (JSON).
TYPES: dict[str, Callable[[Any], bool]] = {
    "string": _matches(r".+"),
    "UUID": _matches(_UUID.pattern),
    "decimal string": _matches(_DECIMAL.pattern),
    "hash": _matches(r"0x[0-9a-f]{64}"),
    "digits": _matches(r"[0-9]+"),
    "seconds": _matches(r"[0-9]{10}"),
    "milliseconds": _matches(r"[0-9]{13}"),
    "version": _matches(r"1(\.0)?"),
    "bearer": _matches(r"Bearer \S+"),
    "application/json": _matches(r"application/json"),
    "base64 of 32 bytes": _matches(r"[A-Za-z0-9+/]{43}="),
    "base64 of 64 bytes": _matches(r"[A-Za-z0-9+/]{86}=="),
    "EdDSA signature": _matches(r"0x[0-9a-f]{192}"),
    "integer (int32)": lambda v: str(v).isdigit() and 0 < int(v) < _INT32_END,
    "integer": lambda v: type(v) is int,
    "boolean": lambda v: type(v) is bool,
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "date-time": _is_time,
}


@cache
def answered(venue: str, case: str) -> Response:
    """Return the answer that a case comes to."""
    return SEEDS[venue].cases[case]().told()


def body(venue: str, case: str) -> Any:
    """Return its body, None where it has none."""
    raw = answered(venue, case).body
    return msgspec.json.decode(raw) if raw else None


def valued(values: Any, name: str) -> Any:
    """Return a field's value, or None; a dot leads into an object."""
    for part in name.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def word(value: Any) -> str:
    """Return a value as the table writes it."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def rows(*parts: Part, is_reached: bool = True) -> list[Any]:
    """Return the rows of every venue, as parameters of a test."""
    return [
        pytest.param(seed, row, id=f"{seed.venue}-{row.part.value}-{row.name}-{row.by}")
        for seed in SEEDS.values()
        for row in seed.of(*parts)
        if is_reached is not bool(row.not_yet)
    ]


def places(seed: Seed, request: Request) -> dict[str, str]:
    """Return the parameters of a path, by the page's own template of it."""
    _, template = seed.line.split()
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
    match = re.fullmatch(pattern, request.path.decode())
    assert match is not None, request.path
    return match.groupdict()


def sent(seed: Seed, row: Row, request: Request) -> str | None:
    """Return what a request says for a row."""
    match row.part:
        case Part.PATH:
            return places(seed, request)[row.name]
        case Part.QUERY:
            pairs = dict(pair.split("=", 1) for pair in request.query.decode().split("&"))
            return pairs.get(row.name)
        case Part.HEADER:
            value = request.header(row.name.lower().encode())
            return None if value is None else value.decode()
    return word(msgspec.json.decode(request.body)[row.name])


def without_place(seed: Seed, name: str, request: Request) -> Request:
    """Return a request whose path has nothing where a parameter was."""
    _, template = seed.line.split()
    values = places(seed, request) | {name: ""}
    return msgspec.structs.replace(request, path=template.format_map(values).encode())


def spoiled(seed: Seed, row: Row) -> Response:
    """Return the answer to a row's request without what the row is about."""
    asked = seed.cases[row.by]()
    if row.part is Part.HEADER:
        return asked.stand.answer(without_header(asked.signed(), row.name))
    cut = {
        Part.PATH: partial(without_place, seed, row.name),
        Part.QUERY: lambda request: without_parameter(request, row.name),
        Part.BODY: lambda request: without_name(request, row.name),
    }
    return asked.stand.answer(asked.signed(cut[row.part]))


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_line_is_the_page_s(seed: Seed) -> None:
    """Our client sends the page's method and path, and the server answers with a success."""
    (row,) = seed.of(Part.LINE)
    request = seed.cases[row.by]().signed()
    method, _ = seed.line.split()

    assert seed.line == row.name
    assert method == request.method
    assert places(seed, request) is not None
    assert ("no body" not in row.says) is bool(request.body)
    assert answered(seed.venue, row.by).status < 300


@pytest.mark.parametrize(("seed", "row"), rows(Part.PATH, Part.QUERY, Part.HEADER, Part.BODY))
def test_parameter_is_sent_and_asked_for(seed: Seed, row: Row) -> None:
    """Our client sends it in its type; what the server makes of it missing is in the table."""
    assert TYPES[row.type](sent(seed, row, seed.cases[row.by]().signed()))
    assert answered(seed.venue, row.by).status < 300
    assert row.without == spoiled(seed, row).status


@pytest.mark.parametrize(("seed", "row"), rows(Part.STATUS))
def test_status_is_answered(seed: Seed, row: Row) -> None:
    """By its cause; to the byte where there is a body to be held to, or none."""
    response = answered(seed.venue, row.by)

    assert int(row.name) == response.status, response
    if row.body is None:
        assert isinstance(msgspec.json.decode(response.body), dict)
    else:
        assert (row.body, bool(row.body)) == (response.body, bool(response.content_type))


@pytest.mark.parametrize(("seed", "row"), rows(Part.MEDIA))
def test_media_type_is_answered(seed: Seed, row: Row) -> None:
    """As it is on the wire."""
    assert row.name == answered(seed.venue, row.by).content_type.decode()


@pytest.mark.parametrize(("seed", "row"), rows(Part.FIELD))
def test_field_is_answered(seed: Seed, row: Row) -> None:
    """By its case, and wherever it is answered at all in the type that it has."""
    known = [body(seed.venue, case) for case in seed.cases]
    values = [value for one in known if (value := valued(one, row.name)) is not None]

    assert TYPES[row.type](valued(body(seed.venue, row.by), row.name))
    assert [] == [value for value in values if not _fits(row.type, value)]


def _fits(type_name: str, value: Any) -> bool:
    # A text may be empty where its case does not say it.
    return value == "" if type_name == "string" and not value else TYPES[type_name](value)


@pytest.mark.parametrize(("seed", "row"), rows(Part.WORD))
def test_word_is_answered(seed: Seed, row: Row) -> None:
    """By its cause; where the words of a field are known, it is one of them."""
    field, expected = row.word

    assert expected == word(valued(body(seed.venue, row.by), field))
    assert expected in seed.spoken.get(field, {expected})


@pytest.mark.parametrize(("seed", "row"), rows(*Part, is_reached=False))
def test_rows_that_are_not_reached_cannot_be(seed: Seed, row: Row) -> None:
    """Who asks for it is refused, and no table has a word for it; else the row is to be moved."""
    field, unsaid = row.word
    told = [word(valued(body(seed.venue, case), field)) for case in seed.cases]

    assert not row.by
    assert row.tried or field in seed.spoken
    assert unsaid not in seed.spoken.get(field, ()), f"{row.name} is reachable: move it"
    if row.tried:
        assert 400 == answered(seed.venue, row.tried).status, f"{row.name} is reachable: move it"
    if row.part is Part.WORD:
        assert unsaid not in told, f"{row.name} is reachable: move it"
    else:
        assert {"null"} == set(told), f"{row.name} is reachable: move it"


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_nothing_is_answered_that_has_no_row(seed: Seed) -> None:
    """Every status, field and word of every case is in the table."""
    assert set(told_of(seed)) <= {(row.part, row.name) for row in seed.rows if not row.not_yet}


def told_of(seed: Seed) -> Iterator[tuple[Part, str]]:
    """Yield what the cases of a seed are answered, as rows would name it."""
    enumerated = {row.word[0] for row in seed.of(Part.WORD)}
    for name, make in seed.cases.items():
        response, values = answered(seed.venue, name), body(seed.venue, name)
        yield Part.STATUS, str(response.status)
        if response.content_type:
            yield Part.MEDIA, response.content_type.decode()
        if make().is_whole and isinstance(values, dict):
            yield from ((Part.FIELD, field) for field in values)
        for field in enumerated:
            if (value := valued(values, field)) is not None:
                yield Part.WORD, f"{field}: {word(value)}"


def test_every_case_is_used() -> None:
    """And every row is reached or says why it is not."""
    for seed in SEEDS.values():
        used = {case for row in seed.rows for case in (row.by, row.tried) if case}
        assert not set(seed.cases) ^ used, seed.venue
        assert [] == [row.name for row in seed.rows if bool(row.by) is bool(row.not_yet)]
    assert len(SEEDS) == 5
    assert set(SEEDS) <= set(VENUES)


def test_page_is_as_the_rows_are() -> None:
    """`make seeds` writes it anew."""
    assert pages.text() == pages.PATH.read_text(), "docs/seeds.md is stale: run make seeds"
