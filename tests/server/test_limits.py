"""Limits: descriptors are asked for, and some are left for what is no connection."""

from __future__ import annotations

import resource

import pytest

from countermand.server import limits
from countermand.server.limits import (
    CONTROL_CONNECTIONS_MAX,
    ENOUGH,
    FILES_RESERVED,
    Room,
    descriptors,
    venues_room,
)

INFINITE = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("soft", "hard", "is_refused", "expected"),
    [
        (1024, 4096, False, 4096),
        (4096, 4096, False, 4096),
        (256, INFINITE, False, ENOUGH),
        (256, INFINITE, True, 256),
        (INFINITE, INFINITE, False, INFINITE),
    ],
)
def test_as_many_as_there_may_be(
    monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, is_refused: bool, expected: int
) -> None:
    """Up to the hard limit, or enough where there is none, or what there is already."""

    def give(which: int, wanted: tuple[int, int]) -> None:
        if is_refused:
            raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
    monkeypatch.setattr(resource, "setrlimit", give)

    assert expected == descriptors()


def test_connections_leave_descriptors_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal's files, and the control port's connections."""
    monkeypatch.setattr(limits, "descriptors", lambda: 1000)

    assert 1000 - FILES_RESERVED - CONTROL_CONNECTIONS_MAX == venues_room(20_000).connections_max
    assert 10 == venues_room(10).connections_max


def test_a_room_has_so_many_places() -> None:
    """A place stays taken until it is given back."""
    room = Room(2)
    taken = [room.take() for _ in range(3)]
    room.give_back()

    assert [True, True, False] == taken
    assert (True, False) == (room.take(), room.take())
