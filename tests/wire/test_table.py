"""Tables are two-way, and say so when they are not."""

import pytest

from countermand.wire.errors import InvalidField
from countermand.wire.table import Table


def test_both_directions() -> None:
    """One row serves both directions."""
    table = Table("side", ((1, "BUY"), (2, "SELL")))

    assert table.to_wire(1) == "BUY"
    assert table.from_wire("SELL") == 2
    assert 1 in table
    assert 3 not in table
    assert table.rows == ((1, "BUY"), (2, "SELL"))


@pytest.mark.parametrize("rows", [((1, "A"), (1, "B")), ((1, "A"), (2, "A"))])
def test_word_in_two_rows_is_refused(rows: tuple[tuple[int, str], ...]) -> None:
    """Either side's."""
    with pytest.raises(ValueError, match="two rows"):
        Table("x", rows)


def test_unknown_text_is_an_invalid_field() -> None:
    """The error has the field's wire name."""
    with pytest.raises(InvalidField, match="invalid side") as caught:
        Table("side", ((1, "BUY"),)).from_wire("buy")
    assert caught.value.name == "side"


def test_missing_value_stays_missing() -> None:
    """A missing value is missing in both directions; a given one must be a word of the table."""
    table = Table("side", ((1, "BUY"),))

    assert (None, "BUY") == (table.to_wire_if(None), table.to_wire_if(1))
    assert (None, 1) == (table.from_wire_if(None), table.from_wire_if("BUY"))
    with pytest.raises(InvalidField, match="invalid side"):
        table.from_wire_if("")
