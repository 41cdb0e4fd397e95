"""Timers: what falls due when."""

import pytest

from countermand.core import timers
from countermand.core.timers import EXPIRY, Timer, Timers


class Watch:
    """Timers of orders, and which of them are still meant."""

    def __init__(self, *dues: tuple[int, int]) -> None:
        self.meant = dict(dues)
        self.timers = Timers(self._is_meant)
        for number, due_ns in dues:
            self.timers.add(due_ns, EXPIRY, number)

    def call_off(self, number: int) -> None:
        """Call one off and say so."""
        del self.meant[number]
        self.timers.drop()

    def due(self, now_ns: int) -> list[int]:
        """Take off those whose time has come, one after the other, and return their numbers."""
        taken = []
        while (timer := self.timers.first()) and timer[0] <= now_ns:
            taken.append(timer[2])
            del self.meant[timer[2]]
            self.timers.drop()
        return taken

    def _is_meant(self, timer: Timer) -> bool:
        due_ns, _, number = timer
        return self.meant.get(number) == due_ns


def test_soonest_is_due_first_and_ties_go_by_number() -> None:
    """The order of ends is defined."""
    assert Watch((1, 30), (3, 20), (2, 20)).due(30) == [2, 3, 1]


def test_kinds_come_before_numbers() -> None:
    """Timers of one time fire kind by kind."""
    meant = {(5, 2, 1), (5, 1, 2), (5, 1, 1)}
    watched = Timers(lambda timer: timer in meant)
    for timer in meant:
        watched.add(*timer)
    seen = []
    while timer := watched.first():
        seen.append(timer)
        meant.remove(timer)

    assert [(5, 1, 1), (5, 1, 2), (5, 2, 1)] == seen


@pytest.mark.parametrize(("now_ns", "expected"), [(19, []), (20, [1]), (29, [1]), (30, [1, 2])])
def test_timer_is_due_at_its_time_and_not_before(now_ns: int, expected: list[int]) -> None:
    """Up to and including now."""
    assert Watch((1, 20), (2, 30)).due(now_ns) == expected


def test_asking_what_is_due_does_not_change_it() -> None:
    """A due timer stays due until it is called off."""
    watched = Watch((1, 20))

    assert watched.timers.first() == watched.timers.first() == (20, EXPIRY, 1)


def test_timer_that_was_called_off_is_no_longer_watched() -> None:
    """The timer is neither due nor next."""
    watched = Watch((1, 20), (2, 30))
    watched.call_off(1)

    assert watched.timers.next_ns() == 30
    assert watched.due(40) == [2]


def test_nothing_is_due_where_nothing_is_watched() -> None:
    """Most orders never come here."""
    watched = Watch()

    assert watched.timers.next_ns() == 0
    assert watched.due(10**18) == []


def test_timer_that_was_moved_away_and_back_is_due_once() -> None:
    """The heap then has it twice for one time."""
    watched = Watch((1, 20))
    watched.timers.drop()
    watched.timers.add(20, EXPIRY, 1)

    assert watched.due(20) == [1]


def test_sweep_keeps_what_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Timers that were called off are swept out before they are three of four, and no others are.
    """
    monkeypatch.setattr(timers, "SWEEP_MIN", 3)
    watched = Watch(*[(n, 100 - n) for n in range(1, 11)])
    for number in range(2, 10):
        watched.call_off(number)

    assert len(watched.timers._heap) < 8
    assert watched.timers.next_ns() == 90
    assert watched.due(100) == [10, 1]


def test_sweep_counts_only_what_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer that was taken off the front is not counted again."""
    monkeypatch.setattr(timers, "SWEEP_MIN", 1)
    watched = Watch(*[(n, n) for n in range(1, 7)])
    watched.call_off(1)
    assert watched.timers.next_ns() == 2
    watched.call_off(2)
    assert len(watched.timers._heap) == 5

    watched.call_off(3)
    watched.call_off(4)
    assert watched.due(9) == [5, 6]
    assert len(watched.timers._heap) <= 5
