"""Admission: so much in one turn, cancels first in the next, and what waits too long is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from countermand.server import admission
from countermand.server.admission import (
    COMMANDS_MAX,
    TURN_S,
    TURN_S_MAX,
    WAIT_S_MAX,
    Admission,
    Gate,
)
from countermand.server.ports import Answer
from countermand.wire.errors import Overloaded
from countermand.wire.http import Request, Response


class Door:
    """A port whose requests are named by key and number, `a1` or, for a cancel, `a1!`."""

    def __init__(self, cost_s: float, *, cancels_first: bool = True) -> None:
        self.now_s = 0.0
        self.commands = 0
        self.begun: list[str] = []
        self.answers: dict[str, int] = {}
        self._cost_s = cost_s
        self.admission = Admission(lambda: self.commands, lambda: self.now_s)
        gate = Gate(
            self._begin, self._refuse, _cancels, lambda request: _name(request)[0], cancels_first
        )
        self._enter = self.admission.through(gate)

    def ask(self, *names: str) -> None:
        """Have requests come in, in this turn."""
        for name in names:
            request = Request("GET", name.encode())
            self._enter(request, lambda given, name=name: self._note(name, given))  # type: ignore[misc]

    def _note(self, name: str, given: Response) -> None:
        self.answers[name] = given.status

    def _begin(self, request: Request, answer: Answer) -> None:
        self.now_s += self._cost_s
        self.begun.append(_name(request))
        answer(Response(200))

    def _refuse(self, request: Request, error: Overloaded) -> Response:
        return Response(503, error.text.encode())


def _name(request: Request) -> str:
    return request.path.decode()


def _cancels(request: Request) -> bool:
    return _name(request).endswith("!")


def on_a_loop(story: Callable[[], None]) -> None:
    """Run a story in one turn of a loop, and then some turns more."""

    async def run() -> None:
        story()
        for _ in range(50):
            await asyncio.sleep(0)

    asyncio.run(run())


def test_requests_that_fit_into_a_turn_begin_at_once() -> None:
    """Requests begin in the order they came."""
    door = Door(cost_s=0)
    on_a_loop(lambda: door.ask("a1", "b1!", "a2"))

    assert ["a1", "b1!", "a2"] == door.begun


def test_other_requests_wait_for_the_next_turn() -> None:
    """Each turn begins as many requests as its time is for."""
    door, first = Door(cost_s=TURN_S), list[str]()

    def story() -> None:
        door.ask("a1", "b1", "c1")
        first.extend(door.begun)

    on_a_loop(story)

    assert ["a1"] == first
    assert ["a1", "b1", "c1"] == door.begun


def test_cancels_go_first_and_do_not_overtake_their_own() -> None:
    """From the moment they are read."""
    door = Door(cost_s=TURN_S)
    on_a_loop(lambda: door.ask("z1", "a1", "b1", "c1", "b2!", "b3"))

    assert ["z1", "b1", "b2!", "a1", "c1", "b3"] == door.begun


def test_requests_that_wait_too_long_are_refused_unless_they_cancel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A late answer is worse than a refusal; a cancel is late rather than refused."""
    monkeypatch.setattr(admission, "FEW", 0)
    door = Door(cost_s=WAIT_S_MAX)
    on_a_loop(lambda: door.ask("z1", "a1", *[f"b{n}!" for n in range(9)], "c1", *"defghijk"))

    assert [f"b{n}!" for n in range(9)] == [name for name in door.begun if name[0] == "b"]
    assert 503 == door.answers["c1"]


def test_few_may_wait_however_long() -> None:
    """A slow moment is no overload."""
    door = Door(cost_s=WAIT_S_MAX)
    on_a_loop(lambda: door.ask("z1", "a1", *[f"b{n}!" for n in range(9)], "c1", "d1"))

    assert {200} == set(door.answers.values())


def test_waiting_requests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound requests are refused at once; cancels have as much room again."""
    monkeypatch.setattr(admission, "WAITING_MAX", 2)
    monkeypatch.setattr(admission, "CANCELS_WAITING_MAX", 4)
    door, at_once = Door(cost_s=TURN_S), dict[str, int]()

    def story() -> None:
        door.ask("z1", "a1", "a2", "a3", "b1!", "b2!", "b3!")
        at_once.update(door.answers)
        assert 4 == len(door.admission)

    on_a_loop(story)

    assert {"z1": 200, "a3": 503, "b3!": 503} == at_once
    assert {200, 503} == set(door.answers.values())
    assert 0 == len(door.admission)


def test_a_late_server_refuses_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A late server refuses new requests without a wait, until none waits any more."""
    monkeypatch.setattr(admission, "FEW", 0)
    door, at_once = Door(cost_s=0), dict[str, int]()

    async def run() -> None:
        door.commands = COMMANDS_MAX + 1
        door.ask("a1", "b1")
        door.now_s += 2 * WAIT_S_MAX
        door.ask("c1")
        for _ in range(10):
            await asyncio.sleep(0)
        door.ask("d1", "d2!")
        at_once.update(door.answers)
        door.commands = 0
        for _ in range(10):
            await asyncio.sleep(0)
        door.ask("e1")

    asyncio.run(run())

    assert {"a1": 503, "b1": 503, "d1": 503} == at_once
    assert {"c1": 200, "d2!": 200, "e1": 200} == {
        name: status for name, status in door.answers.items() if status == 200
    }


def test_while_the_journal_is_behind_only_cancels_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner with a cancel goes on; the others' requests wait, and can still be refused."""
    monkeypatch.setattr(admission, "FEW", 0)
    door, before = Door(cost_s=TURN_S), list[str]()

    async def run() -> None:
        door.commands = COMMANDS_MAX + 1
        door.ask("a1", "b1", "b2!", "c1")
        for _ in range(10):
            await asyncio.sleep(0)
        before.extend(door.begun)
        door.now_s += WAIT_S_MAX
        door.ask("d1")
        for _ in range(10):
            await asyncio.sleep(0)
        door.commands = 0
        for _ in range(10):
            await asyncio.sleep(0)

    asyncio.run(run())

    assert ["b1", "b2!"] == before
    assert {"a1": 503, "c1": 503} == {name: door.answers[name] for name in ("a1", "c1")}
    assert ["b1", "b2!", "d1"] == door.begun


def test_plain_order_of_arrival_where_a_world_says_so() -> None:
    """A cancel then overtakes no request, and is still not refused."""
    door = Door(cost_s=TURN_S, cancels_first=False)
    on_a_loop(lambda: door.ask("z1", "a1", "b1!"))

    assert ["z1", "a1", "b1!"] == door.begun


def test_reading_has_half_of_a_turn() -> None:
    """Unread input comes before the requests that wait, since it may be a cancel."""
    door = Door(cost_s=TURN_S / 2)
    read: list[str] = []

    def reading(name: str) -> None:
        read.append(name)
        door.ask(name)

    def story() -> None:
        door.ask("z1", "z2", "a1")
        for name in ("b1", "b2!"):
            door.admission.later(lambda name=name: reading(name))  # type: ignore[misc]

    on_a_loop(story)

    assert ["b1", "b2!"] == read
    assert ["z1", "z2", "b1", "b2!", "a1"] == door.begun


def test_requests_get_as_much_time_as_all_else() -> None:
    """A turn's time grows with what the rest of the loop took, up to a bound."""
    door, begun = Door(cost_s=TURN_S), list[int]()

    async def run() -> None:
        door.ask("z1", *[f"{key}{n}" for key in "abcdefgh" for n in range(40)])
        for _ in range(4):
            await asyncio.sleep(0)
            begun.append(len(door.begun))
            door.now_s += 1000

    asyncio.run(run())
    grown = [later - earlier for earlier, later in pairwise(begun)]

    assert TURN_S_MAX / TURN_S <= grown[-1] <= TURN_S_MAX / TURN_S + 8
