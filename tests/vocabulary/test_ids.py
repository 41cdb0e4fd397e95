"""Ids: the entry's number, and for a match the index below it."""

import pytest

from countermand.vocabulary.ids import MATCHES_PER_ENTRY_MAX, match_id


def test_match_ids_of_one_entry_lie_before_those_of_the_next() -> None:
    """Ids ascend with time, within an entry and from one to the next."""
    ids = [match_id(7, 0), match_id(7, 1), match_id(7, MATCHES_PER_ENTRY_MAX - 1), match_id(8, 0)]

    assert ids == sorted(set(ids))


@pytest.mark.parametrize("index", [-1, MATCHES_PER_ENTRY_MAX])
def test_match_without_room_is_a_bug(index: int) -> None:
    """An id that would run into the next entry's is never made."""
    with pytest.raises(AssertionError):
        match_id(7, index)
