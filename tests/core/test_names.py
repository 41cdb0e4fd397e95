"""Names: what a dict does, and never one that is large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.core.names import Names
from countermand.vocabulary.ids import OrderId

NAMES = st.sampled_from(["", "a", "b", "a1", "a2", "x" * 66])


@given(st.lists(st.tuples(st.sampled_from(["set", "drop", "get"]), NAMES, st.integers(1, 9))))
def test_they_do_what_a_dict_does(acts: list[tuple[str, str, int]]) -> None:
    """Names are set, dropped and looked up, those that stand for nothing too."""
    names, plain = Names(), dict[str, int]()
    for act, name, number in acts:
        if act == "set":
            names[name] = plain[name] = OrderId(number)
        elif act == "get":
            assert plain.get(name) == names.get(name)
        else:
            plain.pop(name, None)
            names.drop(name)
        assert (name in plain) is (name in names)
        assert len(plain) == len(names)
    assert plain == dict(names.items())
    for name in plain:
        assert plain[name] == names[name]


def test_name_of_nothing_is_a_key_error() -> None:
    """As in a dict, before the first name and after it."""
    names = Names()
    with pytest.raises(KeyError):
        names["a"]
    names["b"] = OrderId(1)
    with pytest.raises(KeyError):
        names["a"]


def test_no_dict_holds_more_than_its_share() -> None:
    """Of names that are counted."""
    names = Names()
    for number in range(10_000):
        names[f"order-{number}"] = OrderId(number)

    assert max(map(len, names._shards.values())) <= 101


def test_a_dict_goes_with_its_last_name() -> None:
    """So that what is forgotten takes no room."""
    names = Names()
    names["a1"] = OrderId(1)
    names.drop("a1")

    assert {} == names._shards
