"""Ids look like UUIDs of version 4, are read back, and nothing else is one."""

from __future__ import annotations

from sys import getrefcount
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.venues.deltadefi import ids
from countermand.venues.deltadefi.ids import Kind

NUMBERS = st.integers(1, 2**64 - 1)


@given(st.sampled_from(Kind), NUMBERS)
def test_every_id_is_a_uuid_and_is_read_back(kind: Kind, number: int) -> None:
    """Ids are UUIDs of version 4; one of another kind is not read."""
    text = kind.uuid(number)

    assert (4, text) == (UUID(text).version, str(UUID(text)))
    assert [number if other is kind else None for other in Kind] == [
        other.parse(text) for other in Kind
    ]


def test_neighbors_have_nothing_in_common() -> None:
    """An id shows nothing of its number."""
    texts = {ids.ORDER.uuid(number) for number in range(1, 1000)}

    assert len({text[:8] for text in texts}) == len({text[-8:] for text in texts}) == 999


@given(NUMBERS, st.integers(0, 35), st.sampled_from("0123456789abcdef"))
def test_another_digit_is_another_id(number: int, at: int, digit: str) -> None:
    """With one digit changed it is an id that was never emitted."""
    text = ids.ORDER.uuid(number)
    changed = text[:at] + digit + text[at + 1 :]

    assert changed == text or ids.ORDER.parse(changed) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "550e8400-e29b-41d4-a716-446655440000",
        "00000000-0000-4000-8000-000000000000",
        ids.ORDER.uuid(7).upper(),
        ids.ORDER.uuid(7).replace("-", ""),
        "{" + ids.ORDER.uuid(7) + "}",
        ids.ORDER.uuid(7) + "\n",
        ids.ORDER.uuid(0),
    ],
)
def test_texts_that_are_no_order(text: str) -> None:
    """Documented ids of elsewhere, other spellings, and the order 0."""
    assert ids.parse_order(text) is None


def test_text_that_is_too_long_is_not_remembered() -> None:
    """Texts of clients must not pile up: a long one is no id, and is not cached."""
    text = "x" * 60_000
    before = getrefcount(text)

    assert ids.parse_order(text) is None
    assert before == getrefcount(text)


@pytest.mark.parametrize("number", [-1, 2**64])
def test_number_without_an_id(number: int) -> None:
    """A number out of range is a bug of ours, and raises at once."""
    with pytest.raises(ValueError, match="is no id"):
        ids.ORDER.uuid(number)
