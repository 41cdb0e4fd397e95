"""Parts: what a dict does, and never one that is large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.core.parts import BITS, Parts

NUMBERS = st.sampled_from([0, 1, 2, 1 << BITS, (1 << BITS) + 1, 5 << BITS, 1 << 80, -1])


@given(st.lists(st.tuples(st.sampled_from(["set", "pop", "get"]), NUMBERS, st.integers())))
def test_it_does_what_a_dict_does(acts: list[tuple[str, int, int]]) -> None:
    """Whatever is set, taken out and asked for."""
    parts, plain = Parts[int, int](), dict[int, int]()
    for act, key, value in acts:
        if act == "set":
            parts[key] = plain[key] = value
        elif act == "get":
            assert plain.get(key) == parts.get(key)
        elif key in plain:
            assert plain.pop(key) == parts.pop(key)
        else:
            with pytest.raises(KeyError):
                parts.pop(key)
        assert (key in plain) is (key in parts)
        assert len(plain) == len(parts)
    assert plain == dict(parts.items())
    assert sorted(plain) == sorted(parts)
    assert sorted(plain.values()) == sorted(parts.values())
    for key in plain:
        assert plain[key] == parts[key]


def test_numbers_far_apart_are_in_parts_of_their_own() -> None:
    """So that none grows with all there is, and one that is empty goes."""
    parts = Parts[int, str]()
    for number in range(3):
        parts[number << BITS] = "x"
    assert 3 == len(parts._parts)
    parts.pop(1 << BITS)
    assert 2 == len(parts._parts)
    with pytest.raises(KeyError):
        parts[1 << BITS]
