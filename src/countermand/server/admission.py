"""
Admission: how much of what has been read is worked on in one turn of the loop.

A turn has a time budget for requests. Requests beyond it wait for the next turns: cancels first,
each after the earlier requests of its key; others until they are too old to answer. In a flood of
orders cancels keep their turn, and excess orders are refused early and cheaply.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from math import inf
from time import perf_counter

from msgspec import Struct

from countermand.engine.cancels_first import CancelsFirst
from countermand.server.ports import Answer, Begin
from countermand.wire.errors import Overloaded
from countermand.wire.http import Request, Response

# A turn's time for requests. The journal's answers and writing come on top of it: the shorter a
# turn, the sooner each of them has its own. Where these take longer, requests get as much.
TURN_S = 0.004
TURN_S_MAX = 0.05

# While so many commands wait for the journal, only cancels go on: more would wait there instead,
# where they cannot be refused any more.
COMMANDS_MAX = 256

# A request that waited longer is refused, unless it cancels or few wait: a slow moment is no
# overload. While that happens, new requests are refused as they are read.
WAIT_S_MAX = 0.05
FEW = 128

# The number of requests that may wait. Cancels have room of their own beyond that.
WAITING_MAX = 1024
CANCELS_WAITING_MAX = 8192

_TAKEN_AT_ONCE = 8


class Gate(Struct, frozen=True):
    """
    One port's way in: `begin` and `refuse` are its venue's, `cancels` tells whether a request
    cancels, `key` which key it claims.
    """

    begin: Begin
    refuse: Callable[[Request, Overloaded], Response]
    cancels: Callable[[Request], bool]
    key: Callable[[Request], str]
    cancels_first: bool = True


class _Waiting(Struct, frozen=True):
    gate: Gate
    request: Request
    answer: Answer
    came_s: float
    cancels: bool


class Admission:
    """
    The turns of one loop, shared by all ports that it serves; `commands` tells how many wait for
    the journal.
    """

    def __init__(
        self, commands: Callable[[], int], clock: Callable[[], float] = perf_counter
    ) -> None:
        self._commands, self._clock = commands, clock
        self._until_s, self._ended_s = 0.0, inf
        self._is_in_turn = self._is_late = False
        self._waiting: CancelsFirst[_Waiting] = CancelsFirst()
        self._unread: deque[Callable[[], None]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def through(self, gate: Gate) -> Begin:
        """Return a `begin` for which every request waits for its turn."""

        def enter(request: Request, answer: Answer) -> None:
            if self._waiting or not self.has_time() or self._is_backed_up():
                self._wait(gate, request, answer)
            else:
                gate.begin(request, answer)

        return enter

    def has_time(self) -> bool:
        """Return whether this turn has time left for requests."""
        if not self._is_in_turn:
            self._begin_turn()
        return self._clock() < self._until_s

    def later(self, act: Callable[[], None]) -> None:
        """Call `act`, which reads requests, in a later turn that has time."""
        self._unread.append(act)

    def _begin_turn(self, seconds: float = TURN_S) -> None:
        self._is_in_turn = True
        self._until_s = self._clock() + seconds
        asyncio.get_running_loop().call_soon(self._next_turn)

    def _next_turn(self) -> None:
        self._is_in_turn = False
        if not (self._waiting or self._unread):
            self._is_late, self._ended_s = False, inf
            return
        elsewhere_s = self._clock() - self._ended_s
        seconds = min(max(TURN_S, elsewhere_s), TURN_S_MAX)
        self._begin_turn(seconds)
        # Reading comes first: a cancel has to be seen before it can go first.
        while self._unread and self._clock() < self._until_s - seconds / 2:
            self._unread.popleft()()
        self._work_off()
        self._ended_s = self._clock()

    def _work_off(self) -> None:
        while self._waiting and (now_s := self._clock()) < self._until_s:
            if not self._is_backed_up():
                taken = self._waiting.take(_TAKEN_AT_ONCE)
            elif not (taken := self._waiting.take_ahead(_TAKEN_AT_ONCE)):
                break
            for waiting in taken:
                self._serve(waiting, now_s)
        if len(self._waiting) > FEW:
            since_s = self._clock() - WAIT_S_MAX
            for late in self._waiting.take_while(lambda waiting: waiting.came_s < since_s):
                self._is_late = True
                late.answer(_refusal(late.gate, late.request))

    def _is_backed_up(self) -> bool:
        return self._commands() > COMMANDS_MAX

    def _wait(self, gate: Gate, request: Request, answer: Answer) -> None:
        cancels, count = gate.cancels(request), len(self._waiting)
        most = CANCELS_WAITING_MAX if cancels else WAITING_MAX
        if count >= most or (self._is_late and count > FEW and not cancels):
            answer(_refusal(gate, request))
            return
        waiting = _Waiting(gate, request, answer, self._clock(), cancels)
        goes_first = cancels and gate.cancels_first
        put = self._waiting.put_cancel if goes_first else self._waiting.put
        put(waiting, gate.key(request))

    def _serve(self, waiting: _Waiting, now_s: float) -> None:
        if not waiting.cancels:
            self._is_late = now_s - waiting.came_s > WAIT_S_MAX
            if self._is_late and len(self._waiting) > FEW:
                waiting.answer(_refusal(waiting.gate, waiting.request))
                return
        waiting.gate.begin(waiting.request, waiting.answer)


def _refusal(gate: Gate, request: Request) -> Response:
    return gate.refuse(request, Overloaded("the exchange is busy"))
