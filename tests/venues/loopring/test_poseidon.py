"""The hash: every published value, and the same as the literal definition everywhere else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.venues.loopring import textbook
from tests.venues.loopring.published import VECTORS

from countermand.venues.loopring.crypto.field import P
from countermand.venues.loopring.crypto.poseidon import (
    SLOT,
    WIDTHS,
    digest,
    mixing,
    poseidon,
    round_constants,
)

ROWS: list[dict[str, Any]] = VECTORS["poseidon"]
NUMBERS = st.one_of(st.integers(0, 2**256 - 1), st.sampled_from([0, 1, int(P) - 1, int(P)]))
WIDEST = WIDTHS[-1]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"t{row['t']}")
def test_published_hashes(row: dict[str, Any]) -> None:
    """Of the venue's documents, its sample client and a Go library."""
    prepared = poseidon(row["t"], row["partialRounds"])

    assert int(row["output"]) == digest(prepared, [int(text) for text in row["inputs"]])


@pytest.mark.parametrize("row", VECTORS["poseidonConstants"], ids=lambda row: f"t{row['t']}")
def test_published_constants(row: dict[str, Any]) -> None:
    """The first, the second and the last of what a round adds, and of what it multiplies by."""
    constants, matrix = round_constants(row["C_count"]), mixing(row["t"])

    assert int(row["C_first"]) == constants[0]
    assert int(row["C_second"]) == constants[1]
    assert int(row["C_last"]) == constants[-1]
    assert int(row["M_0_0"]) == matrix[0][0]
    assert int(row["M_0_1"]) == matrix[0][1]
    assert int(row["M_last_last"]) == matrix[-1][-1]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_is_the_textbook(width: int) -> None:
    """Also where nobody published a value, and where partial rounds are fewer than elements."""
    inputs = [pow(7, at + 1, textbook.P) for at in range(width)]
    for partial in (1, 2, 53):
        expected = textbook.poseidon(inputs, width, 6, partial)

        assert expected == digest(poseidon(width, partial), inputs)


@given(st.sampled_from([(6, 52), (12, 53)]), st.data())
@settings(deadline=None, max_examples=60)
def test_every_input_is_the_textbook(kind: tuple[int, int], data: st.DataObject) -> None:
    """For the two widths that requests and orders use."""
    inputs = data.draw(st.lists(NUMBERS, max_size=kind[0]))

    assert textbook.poseidon(inputs, kind[0], 6, kind[1]) == digest(poseidon(*kind), inputs)


def test_zeros_at_the_end_of_a_round_are_kept() -> None:
    """A state that the first constants cancel is zero throughout, and packs into nothing."""
    inputs = [-textbook.constants(1)[0] % textbook.P] * 6

    assert textbook.poseidon(inputs, 6, 6, 52) == digest(poseidon(6, 52), inputs)


def test_a_slot_holds_the_largest_sum() -> None:
    """Three sums of t products of numbers below P, at the widest."""
    assert 3 * WIDEST * (textbook.P - 1) ** 2 < 2**SLOT


def test_a_digest_is_a_plain_integer() -> None:
    """So that whoever encodes it need not know what it was computed with."""
    assert type(digest(poseidon(6, 52), [1, 2, 3])) is int


def test_too_many_numbers_are_refused() -> None:
    """Rather than dropped: they would not be signed."""
    with pytest.raises(ValueError, match="7 numbers do not fit a width of 6"):
        digest(poseidon(6, 52), range(7))


@pytest.mark.parametrize("width", [1, WIDEST + 1])
def test_widths_end(width: int) -> None:
    """One element cannot be mixed; too many might overflow."""
    with pytest.raises(ValueError, match="width"):
        poseidon(width, 52)
