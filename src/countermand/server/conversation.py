"""
Conversation: runs the server's end of an operation; its asks may be answered at once or later.

It is a generator and two callbacks, not a coroutine: a query and an empty group are answered at
once, everything else when it is there, by a call on the loop's thread. Nothing takes a conversation
back: one whose client has gone runs to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct

from countermand.engine.feed import Feed
from countermand.engine.intake import Queued, Reply
from countermand.engine.sequencer import IntakeStopped, QueueFull, Undecided
from countermand.server.credentials import KeyRing
from countermand.server.lanes import Lanes
from countermand.server.watch import OrderWatch
from countermand.vocabulary.commands import Command
from countermand.vocabulary.queries import Query
from countermand.wire.conversation import KeyChange, Serving, WaitForClose
from countermand.wire.errors import IntakeClosed, Overloaded, Unavailable

# The end of a conversation: its reply, or the exception it raised.
Done = Callable[[Any, Exception | None], None]

# The answer to an ask that is answered later.
_LATER = object()


class Engine(Protocol):
    """The part of an engine that conversations use."""

    feed: Feed

    @property
    def seq(self) -> int:
        """The last applied entry."""

    @property
    def clock_behind_ns(self) -> int:
        """How far the clock is behind the last entry's time, 0 when that is no matter."""

    def put(self, command: Command, reply: Reply, *, cancels_first: bool = True) -> None:
        """Queue a command. Raises QueueFull, IntakeStopped."""

    def put_batch(
        self, commands: tuple[Command, ...], reply: Reply, *, cancels_first: bool = True
    ) -> None:
        """Queue commands of one account as one. Raises QueueFull, IntakeStopped."""

    def blocker(self, query: Query) -> Queued | None:
        """Return what came before a query and could change its answer, until that is settled."""

    def view(self, query: Query) -> Any:
        """Return the view of applied, durable state. Raises IntakeStopped."""

    def copy(self, over: Callable[[Any], Any]) -> Any:
        """Return the exchange as it is, to be looked at, over a history made of it."""


class Tools(Struct, frozen=True):
    """The engine, keys, watch and lanes that the conversations of one venue run with."""

    engine: Engine
    keys: KeyRing
    watch: OrderWatch
    lanes: Lanes
    cancels_first: bool = True


class Conversation:
    """
    One run of a server's generator. It is itself the `Reply` that the engine answers.

    Its questions, up to its first command, wait for the `owner`'s earlier commands that could
    change the answer, and the owner's later conversations wait behind it meanwhile. `done` is
    called once, with the reply or with what the generator raised.
    """

    __slots__ = ("_done", "_has_acted", "_is_blocked", "_owner", "_steps", "_tools")

    def __init__(self, steps: Serving[Any], tools: Tools, owner: str, done: Done) -> None:
        self._steps, self._tools, self._owner, self._done = steps, tools, owner, done
        self._has_acted = self._is_blocked = False

    def start(self) -> None:
        """Run to the first ask that is answered later, or to the end."""
        self._advance(self._steps.send, None)

    def done(self) -> bool:
        """Return False: what is asked is always waited for."""
        return False

    def set_result(self, answer: Any) -> None:
        """Go on with the answer to the last ask."""
        self._advance(self._steps.send, answer)

    def set_exception(self, error: BaseException) -> None:
        """Go on with what came instead of an answer, thrown in at the yield."""
        self._advance(self._steps.throw, _as_refusal(error))

    def _advance(self, move: Callable[[Any], Any], value: Any) -> None:
        try:
            while True:
                ask = move(value)
                try:
                    answer = self._answer(ask)
                except (QueueFull, IntakeStopped) as stopped:
                    move, value = self._steps.throw, _as_refusal(stopped)
                    continue
                if answer is _LATER:
                    return
                move, value = self._steps.send, answer
        except StopIteration as end:
            outcome: tuple[Any, Exception | None] = (end.value, None)
        except Exception as error:  # noqa: BLE001 - the caller says what it means
            outcome = (None, error)
        self._done(*outcome)

    def _answer(self, ask: Any) -> Any:
        tools = self._tools
        if isinstance(ask, Query):
            return self._view(ask)
        if isinstance(ask, tuple):
            if not ask:
                return ()
            self._has_acted = True
            tools.engine.put_batch(ask, self, cancels_first=tools.cancels_first)
        elif isinstance(ask, KeyChange):
            change = asyncio.ensure_future(tools.keys.change(ask))
            change.add_done_callback(self._changed)
        elif isinstance(ask, WaitForClose):
            tools.watch.wait(ask, self._closed)
        else:
            self._has_acted = True
            tools.engine.put(ask, self, cancels_first=tools.cancels_first)
        return _LATER

    def _view(self, query: Query) -> Any:
        # Once a command of ours is applied, so is all that came before it.
        if not self._has_acted and (blocker := self._tools.engine.blocker(query)) is not None:
            self._is_blocked = True
            self._tools.lanes.block(self._owner)
            blocker.follow(lambda: self._look_again(query))
            return _LATER
        return self._tools.engine.view(query)

    def _look_again(self, query: Query) -> None:
        self._is_blocked = False
        try:
            answer = self._view(query)
        except IntakeStopped as stopped:
            self._advance(self._steps.throw, _as_refusal(stopped))
        else:
            if answer is not _LATER:
                self._advance(self._steps.send, answer)
        if not self._is_blocked:
            self._tools.lanes.release(self._owner)

    def _changed(self, change: asyncio.Future[Any]) -> None:
        if (error := change.exception()) is not None:
            self.set_exception(error)
        else:
            self.set_result(change.result())

    def _closed(self) -> None:
        self._advance(self._steps.send, None)


def _as_refusal(error: BaseException) -> BaseException:
    match error:
        case QueueFull():
            return Overloaded("the exchange is busy")
        case Undecided():
            return Unavailable(str(error))
        case IntakeStopped():
            return IntakeClosed(str(error))
    return error
