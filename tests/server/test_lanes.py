"""Lanes: an owner's requests wait behind that owner's earlier ones, and behind no other owner's."""

from __future__ import annotations

import pytest

from countermand.server import lanes
from countermand.server.lanes import Lanes
from countermand.wire.errors import Overloaded


def test_a_request_starts_at_once() -> None:
    """Unless one of its owner's waits."""
    started: list[str] = []
    line = Lanes()
    line.enter("alice", lambda: started.append("first"))
    line.block("alice")
    line.enter("alice", lambda: started.append("second"))
    line.enter("bob", lambda: started.append("bob's"))
    before = list(started)
    line.release("alice")
    line.enter("alice", lambda: started.append("third"))

    assert ["first", "bob's"] == before
    assert ["first", "bob's", "second", "third"] == started


def test_one_that_blocks_anew_keeps_the_rest_waiting() -> None:
    """They keep their order through every release."""
    started: list[int] = []
    line = Lanes()

    def blocking(number: int) -> None:
        started.append(number)
        line.block("alice")

    line.block("alice")
    for number in (1, 2):
        line.enter("alice", lambda n=number: blocking(n))  # type: ignore[misc]
    line.enter("alice", lambda: started.append(3))
    line.release("alice")
    once = list(started)
    line.release("alice")
    line.release("alice")

    assert ([1], [1, 2, 3]) == (once, started)


def test_two_may_block_at_once() -> None:
    """A request that was there before may come to wait too: the rest waits for both."""
    started: list[int] = []
    line = Lanes()
    line.block("alice")
    line.block("alice")
    line.enter("alice", lambda: started.append(1))
    line.release("alice")
    once = list(started)
    line.release("alice")

    assert ([], [1]) == (once, started)


def test_waiting_requests_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound counts all owners together; a request that goes on makes room."""
    monkeypatch.setattr(lanes, "WAITING_MAX", 1)
    line = Lanes()
    line.block("alice")
    line.enter("alice", lambda: None)
    with pytest.raises(Overloaded, match="1 requests wait for others"):
        line.enter("alice", lambda: None)
    line.release("alice")
    line.block("bob")
    line.enter("bob", lambda: None)
