"""
Admission: how much of what has been read is worked on in one turn of the loop.

A turn has so much time for requests. What is read beyond that waits for the next turns: cancels
first, with what their key has sent before them, everything else as long as it is worth an answer.
So a flood of orders keeps neither cancels nor the answers to them from their turn, and is refused
soon and cheaply instead of late.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter

from msgspec import Struct

from countermand.engine.cancels_first import CancelsFirst
from countermand.server.ports import Answer, Begin
from countermand.wire.errors import Overloaded
from countermand.wire.http import Request, Response

# A turn's time for requests. Reading, the journal's answers and writing come on top of it.
TURN_S = 0.004

# What has waited longer is refused, unless it cancels or few wait: a slow moment is no overload.
WAIT_S_MAX = 0.1
FEW = 256

# So many wait; cancels have as much room again.
WAITING_MAX = 4096

_TAKEN_AT_ONCE = 8


class Gate(Struct, frozen=True):
    """
    One port's way in: `begin` and `refuse` are its venue's, `cancels` tells whether a request
    cancels, `key` whose it claims to be.
    """

    begin: Begin
    refuse: Callable[[Request, Overloaded], Response]
    cancels: Callable[[Request], bool]
    key: Callable[[Request], str]


class _Waiting(Struct, frozen=True):
    gate: Gate
    request: Request
    answer: Answer
    came_s: float
    cancels: bool


class Admission:
    """The turns of one loop, shared by all ports that it serves."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._until_s = 0.0
        self._is_in_turn = False
        self._waiting: CancelsFirst[_Waiting] = CancelsFirst()

    def __len__(self) -> int:
        return len(self._waiting)

    def through(self, gate: Gate) -> Begin:
        """Return a `begin` for which every request waits for its turn."""

        def enter(request: Request, answer: Answer) -> None:
            if not self._is_in_turn:
                self._begin_turn()
            if self._waiting or self._clock() >= self._until_s:
                self._wait(gate, request, answer)
            else:
                gate.begin(request, answer)

        return enter

    def _begin_turn(self) -> None:
        self._is_in_turn = True
        self._until_s = self._clock() + TURN_S
        asyncio.get_running_loop().call_soon(self._next_turn)

    def _next_turn(self) -> None:
        self._is_in_turn = False
        if not self._waiting:
            return
        self._begin_turn()
        while self._waiting and (now_s := self._clock()) < self._until_s:
            for waiting in self._waiting.take(_TAKEN_AT_ONCE):
                self._serve(waiting, now_s)

    def _wait(self, gate: Gate, request: Request, answer: Answer) -> None:
        cancels = gate.cancels(request)
        if len(self._waiting) >= (2 * WAITING_MAX if cancels else WAITING_MAX):
            answer(_refusal(gate, request))
            return
        waiting = _Waiting(gate, request, answer, self._clock(), cancels)
        put = self._waiting.put_cancel if cancels else self._waiting.put
        put(waiting, gate.key(request))

    def _serve(self, waiting: _Waiting, now_s: float) -> None:
        is_late = now_s - waiting.came_s > WAIT_S_MAX
        if is_late and not waiting.cancels and len(self._waiting) > FEW:
            waiting.answer(_refusal(waiting.gate, waiting.request))
        else:
            waiting.gate.begin(waiting.request, waiting.answer)


def _refusal(gate: Gate, request: Request) -> Response:
    return gate.refuse(request, Overloaded("the exchange is busy"))
