"""
The filter grammar, against a naive evaluator that never sees the text: it is given the conditions
as they were drawn, and looks only at their values.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.venues.autoshares.filters import Condition, Kind, matcher, parse
from countermand.wire.errors import InvalidField

FIELDS = {
    "Status": Kind.NUMBER,
    "SecurityId": Kind.NUMBER,
    "CreateDate": Kind.MOMENT,
    "Symbol": Kind.TEXT,
    "Enabled": Kind.FLAG,
}
S = 1_000_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

numbers = st.one_of(
    st.integers(-20, 20).map(Decimal), st.decimals("-20", "20", allow_nan=False, places=2)
)
texts = st.text("AB'# ()", max_size=4)
moments = st.integers(0, 40).map(lambda n: datetime.fromtimestamp(1_772_461_800 + n, UTC))
VALUES = {Kind.NUMBER: numbers, Kind.TEXT: texts, Kind.FLAG: st.booleans(), Kind.MOMENT: moments}
ORDERED = ["=", "<", ">", "<=", ">=", "in", "between"]
OPERATORS = {
    Kind.NUMBER: ORDERED,
    Kind.MOMENT: ORDERED,
    Kind.TEXT: [*ORDERED, "contains", "startsWith", "endsWith"],
    Kind.FLAG: ["=", "in"],
}
Drawn = tuple[str, str, list[Any]]


@st.composite
def conditions(draw: st.DrawFn) -> Drawn:
    """Draw a field, an operator it has, and as many values as that takes."""
    field = draw(st.sampled_from(sorted(FIELDS)))
    kind = FIELDS[field]
    op = draw(st.sampled_from(OPERATORS[kind]))
    sizes = {"in": (1, 4), "between": (2, 2)}.get(op, (1, 1))
    return field, op, draw(st.lists(VALUES[kind], min_size=sizes[0], max_size=sizes[1]))


records = st.fixed_dictionaries(
    {field: st.one_of(st.none(), VALUES[kind]) for field, kind in FIELDS.items()}
)


def literal(value: Any) -> str:
    """Spell a value as the manual does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"#{value:%Y-%m-%dT%H:%M:%S}#"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{value:f}"


def spelled(drawn: Drawn) -> str:
    """Spell a condition."""
    field, op, values = drawn
    texts = [literal(value) for value in values]
    if op == "in":
        return f"{field} in ({', '.join(texts)})"
    return f"{field} {op} {' and '.join(texts)}"


def naive(drawn: Drawn, record: dict[str, Any]) -> bool:
    """Say whether a record meets a condition, one comparison at a time."""
    field, op, values = drawn
    value, first = record[field], values[0]
    if value is None:
        return False
    if op == "in":
        return any(value == one for one in values)
    if op == "between":
        return not (value < first or value > values[1])
    if op in {"contains", "startsWith", "endsWith"}:
        found = {
            "contains": [value[n : n + len(first)] for n in range(len(value) + 1)],
            "startsWith": [value[: len(first)]],
            "endsWith": [value[len(value) - len(first) :] if len(first) <= len(value) else None],
        }
        return first in found[op]
    order = -1 if value < first else int(value > first)
    return order in {"=": [0], "<": [-1], ">": [1], "<=": [-1, 0], ">=": [0, 1]}[op]


def in_ns(record: dict[str, Any]) -> dict[str, Any]:
    """Put a record's moments into nanoseconds."""
    return {
        field: int((value - EPOCH).total_seconds()) * S if isinstance(value, datetime) else value
        for field, value in record.items()
    }


@given(st.lists(conditions(), max_size=3), records)
def test_filter_means_what_it_says(drawn: list[Drawn], record: dict[str, Any]) -> None:
    """A record passes exactly when it meets each condition joined by `and`."""
    parsed = parse(" and ".join(map(spelled, drawn)), FIELDS)

    assert all(naive(one, record) for one in drawn) is matcher(parsed)(in_ns(record))


PIECES = ["Status", "symbol", "in", "and", "between", "=", "<=", "(", ")", ",", "0", "-1.5", "'A'"]


@given(st.lists(st.sampled_from([*PIECES, "'", "#", "#2026-03-02#", ".", "\u0663"]), max_size=8))
def test_any_text_is_read_or_refused_by_name(pieces: list[str]) -> None:
    """A text that is no filter is refused for the field `filter`, and raises nothing else."""
    assert refused(" ".join(pieces)) in {None, "filter"}


def refused(text: str) -> str | None:
    """Return the name of the field that is refused, if any."""
    try:
        parse(text, FIELDS)
    except InvalidField as refusal:
        return refusal.name
    return None


def test_working_orders_as_clients_ask_for_them() -> None:
    """The Go client goetna v1.1.2 lists what is open with `Status in (0,1,10)`."""
    parsed = parse("Status in (0,1,10)", FIELDS)

    assert (Condition("Status", "in", (Decimal(0), Decimal(1), Decimal(10))),) == parsed
    assert [True, False, True] == [matcher(parsed)({"Status": n}) for n in (1, 2, 10)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("#2026-03-02T14:30:00#", "1772461800"),
        ("#2026-03-02T14:30:00Z#", "1772461800"),
        ("#2026-03-02 14:30:00#", "1772461800"),
        ("#2026-03-02T09:30:00-05:00#", "1772461800"),
        ("#2026-03-02T14:30:00.5#", "1772461800.5"),
        ("#2026-03-02#", "1772409600"),
    ],
)
def test_moment_is_utc_unless_it_says_otherwise(text: str, seconds: str) -> None:
    """Documented form, and what clients make of it; a day alone is its first instant."""
    (condition,) = parse(f"CreateDate >= {text}", FIELDS)

    assert (int(Decimal(seconds) * S),) == condition.values


@pytest.mark.parametrize("text", ["", "   "])
def test_no_condition_lets_everything_through(text: str) -> None:
    """An empty filter is none."""
    assert matcher(parse(text, FIELDS))({})


def test_words_are_read_in_any_case() -> None:
    """Fields, operators and flags alike; the condition has the documented spelling."""
    assert parse("Symbol startsWith 'A' and Enabled = true", FIELDS) == parse(
        "symbol STARTSWITH 'A' AND enabled=TRUE", FIELDS
    )


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("Price = 1", 0, "one of CreateDate, Enabled, SecurityId, Status, Symbol"),
        ("= 1", 0, "one of CreateDate, Enabled, SecurityId, Status, Symbol"),
        ("Status", 6, "one of = < > <= >= in between"),
        ("Status 1", 7, "one of = < > <= >= in between"),
        ("Status != 1", 7, "a field, an operator or a value"),
        ("Status <> 1", 8, "a number"),
        ("Status contains 1", 7, "one of = < > <= >= in between"),
        ("Enabled > true", 8, "one of = in"),
        ("Status = 'New'", 9, "a number"),
        ("Status = 1e3", 10, "'and'"),
        ("Status = +1", 9, "a field, an operator or a value"),
        ("Status = ", 9, "a number"),
        ("Status in 0, 1", 10, "'('"),
        ("Status in ()", 11, "a number"),
        ("Status in (0 1)", 13, "')'"),
        ("Status in (0, 1", 15, "')'"),
        ("Status between 1, 2", 16, "'and'"),
        ("Status = 1 or Status = 2", 11, "'and'"),
        ("Status = 1, SecurityId = 2", 10, "'and'"),
        ("Status = 1 and", 14, "one of CreateDate, Enabled, SecurityId, Status, Symbol"),
        ("(Status = 1)", 0, "one of CreateDate, Enabled, SecurityId, Status, Symbol"),
        ("Symbol = AAPL", 9, "a text in quotes"),
        ("Symbol = 'AAPL", 9, "a field, an operator or a value"),
        ('Symbol = "AAPL"', 9, "a field, an operator or a value"),
        ("Enabled = 1", 10, "true or false"),
        ("CreateDate > 2026-03-02", 13, "a moment between #"),
        ("CreateDate > #2026-13-02T00:00:00#", 13, "a moment between #"),
        ("CreateDate > #2026-02-30#", 13, "a moment between #"),
        ("CreateDate > #yesterday#", 13, "a moment between #"),
        ("CreateDate > #2026-03-02", 13, "a field, an operator or a value"),
    ],
)
def test_refusal_names_the_place(text: str, at: int, expected: str) -> None:
    """The text says which token was expected, and at which character."""
    with pytest.raises(InvalidField) as refusal:
        parse(text, FIELDS)

    assert f"invalid filter: expected {expected} at {at}" == refusal.value.text


def test_deep_and_long_filters_cost_little() -> None:
    """Ten thousand values are read in one pass and mean the same."""
    parsed = parse(f"Status in ({','.join(map(str, range(10_000)))})", FIELDS)

    assert [True, False] == [matcher(parsed)({"Status": n}) for n in (9_999, 10_000)]


class Counted(int):
    """A number that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        """Compare, and count it."""
        Counted.compared += 1
        return int(self) == other

    __hash__ = int.__hash__


def test_value_is_looked_up_and_not_compared_with_each() -> None:
    """However many values a list has, each record of a long one is compared with hardly any."""
    meets = matcher(parse(f"Status in ({','.join(map(str, range(10_000)))})", FIELDS))
    Counted.compared = 0

    assert meets({"Status": Counted(9_999)})
    assert Counted.compared < 100


def test_filter_has_an_end() -> None:
    """Sixty-four conditions are read; the next is refused where it begins."""
    most = " and ".join(["Status=1"] * 64)

    assert len(parse(most, FIELDS)) == 64
    with pytest.raises(InvalidField) as refusal:
        parse(f"{most} and Status=1", FIELDS)
    assert "expected the end after 64 conditions at 832" in refusal.value.text


def test_endless_number_is_refused() -> None:
    """A number of more digits than an amount can have is none."""
    with pytest.raises(InvalidField, match="invalid filter: expected 'and' at 49"):
        parse(f"Status = {'9' * 50}", FIELDS)
