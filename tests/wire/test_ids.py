"""Ids of a venue's own making: any text becomes a number, and comes back letter for letter."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from countermand.wire.ids import Spelling, anyones, ours, spelled

HEX = Spelling(lambda number: f"{number:x}", lambda text: int(text, 16) if text.isalnum() else None)
OF_FIVE = Spelling(lambda number: f"#{number:05}", lambda text: int(text[1:]) if "#" in text else 0)
# One that takes more texts than it makes. What `strip` takes off, `int` may not.
LOOSE = Spelling(str, lambda text: int(text.strip()) if text.strip().isdecimal() else None)


@given(st.text(min_size=1), st.sampled_from([OF_FIVE, LOOSE]))
def test_any_text_comes_back_letter_for_letter(text: str, spelling: Spelling) -> None:
    """A text that only looks like a rendering, such as `007`, too."""
    try:
        spelling.parse(text)
    except ValueError:
        return
    number = anyones(spelling, text)
    assert number is not None
    assert (number != 0, spelled(spelling, number)) == (True, text)


@given(st.integers(min_value=1))
def test_number_of_ours_is_itself_at_both_ends(number: int) -> None:
    """Our client and our server have the same number for an id."""
    text = HEX.text(number)
    assert (ours(HEX, text), anyones(HEX, text), spelled(HEX, number)) == (number, number, text)


@example("0", "0\x1f")
@given(st.text(min_size=1), st.text(min_size=1))
def test_two_texts_are_two_numbers(one: str, other: str) -> None:
    """No id is taken for another."""
    numbers = anyones(LOOSE, one), anyones(LOOSE, other)
    assert (numbers[0] == numbers[1]) == (one == other)


@pytest.mark.parametrize("text", ["007", " 7", "", "x"])
def test_server_knows_its_own(text: str) -> None:
    """No text of a client gives a server a number below zero."""
    number = ours(LOOSE, text)
    assert number is None or number >= 0


def test_empty_text_is_no_id() -> None:
    """A reply that has one names nothing."""
    assert anyones(LOOSE, "") is None
