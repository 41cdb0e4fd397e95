"""Cancels first: ahead of other keys, never ahead of their own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from countermand.engine.cancels_first import SHARE, CancelsFirst

Line = CancelsFirst[str]


def queue(*items: str) -> Line:
    """Items named by key and number, `a1` or, for a cancel, `a1!`; `!` cancels for every key."""
    line = Line()
    for item in items:
        put(line, item)
    return line


def put(line: Line, item: str) -> None:
    """Queue one item."""
    if item.startswith("!"):
        line.put_cancel_of_all(item, None)
    elif item.endswith("!"):
        line.put_cancel(item, item[0])
    else:
        line.put(item, item[0])


def test_without_cancels_it_is_the_order_of_arrival() -> None:
    """Items of any keys are taken in the order of arrival."""
    assert ["a1", "b1", "a2", "c1"] == queue("a1", "b1", "a2", "c1").take(9)


def test_a_cancel_brings_its_keys_earlier_items() -> None:
    """The earlier items of its own key go before it; other keys' wait."""
    assert ["a1", "a2!", "b1", "a3"] == queue("b1", "a1", "a2!", "a3").take(9)


def test_cancels_keep_the_order_they_came_in() -> None:
    """Each with its own before it."""
    line = queue("a1", "b1", "c1", "b2!", "a2!", "b3", "b4!")

    assert ["b1", "b2!", "a1", "a2!", "b3", "b4!", "c1"] == line.take(9)


def test_a_cancel_of_all_comes_after_all() -> None:
    """Later items wait behind it."""
    assert ["b2!", "a1", "b3", "!1", "c1"] == queue("a1", "b2!", "b3", "!1", "c1").take(9)


def test_a_share_of_a_full_take_is_for_other_items() -> None:
    """Items without a cancel are not starved."""
    line = queue(*[f"{key}1" for key in "abcdefgh"], *[f"x{i}!" for i in range(40)])
    taken = line.take(16)

    assert [f"x{i}!" for i in range(14)] == taken[:14]
    assert ["a1", "b1"] == taken[14:]
    assert 16 // SHARE == len(taken[14:])


def test_items_behind_a_waiting_cancel_wait_too() -> None:
    """The share for other items does not overtake its own key."""
    line = queue(*[f"x{i}!" for i in range(40)], "x99", "y1")

    assert ["y1"] == [item for item in line.take(16) if not item.endswith("!")]
    assert "x99" == line.take(99)[-1]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(["a", "b", "c", "a!", "b!", "c!", "!"])),
        st.tuples(st.just("take"), st.integers(1, 12)),
    ),
    max_size=80,
)


@given(STEPS)
def test_no_key_overtakes_itself(steps: list[tuple[str, str | int]]) -> None:
    """However it is put and taken: each key's order is kept, and nothing is lost."""
    line, waiting, number = Line(), list[str](), 0
    for step, what in [*steps, ("take", 10_000)]:
        if step == "put":
            number += 1
            name = str(what)
            item = f"!{number}" if name == "!" else f"{name[0]}{number}{name[1:]}"
            waiting.append(item)
            put(line, item)
            continue
        taken = line.take(int(what))
        assert min(int(what), len(waiting)) >= len(taken)
        for item in taken:
            earlier = waiting[: waiting.index(item)]
            assert not [one for one in earlier if one[0] == item[0] or item[0] == "!"], steps
            waiting.remove(item)
        assert len(waiting) == len(line)
    assert [] == waiting


@given(STEPS)
def test_a_cancel_waits_for_its_own_key_only(steps: list[tuple[str, str | int]]) -> None:
    """Taken one by one, what goes next belongs to the oldest cancel, while there is one."""
    line = Line()
    number = 0
    for step, what in steps:
        if step == "put" and what != "!":
            number += 1
            put(line, f"{str(what)[0]}{number}{str(what)[1:]}")
    order = line.take(10_000)
    last_cancel = max((i for i, item in enumerate(order) if item.endswith("!")), default=-1)
    ahead = order[: last_cancel + 1]

    for item in ahead:
        if not item.endswith("!"):
            key, came = item[0], int(item[1:])
            later = [int(one[1:-1]) for one in ahead if one.endswith("!") and one[0] == key]
            assert any(came < cancel for cancel in later), order
