"""
Intake: the commands that wait for a group. Bounded, cancels first, nobody starved.

When the queue is full new orders are turned away while cancels still have places of their own:
whoever wants to get out of the market must be let out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from countermand.engine.chain import as_journaled
from countermand.vocabulary.commands import CANCELS, Command


class Reply(Protocol):
    """Where an answer goes: a future, or anything with its three verbs."""

    def done(self) -> bool:
        """Return whether an answer is of no use any more."""

    def set_result(self, result: Any, /) -> None:
        """Take the receipt of a command, or the tuple of those of a batch."""

    def set_exception(self, exception: BaseException, /) -> None:
        """Take what came instead."""


# A command that waits, as journaled and as the bytes of it, and where its answer goes: to none for
# what the engine issues itself.
Waiting = tuple[Command, bytes, Reply | None]

# Commands that form a group of their own, or what makes them of the first one's number.
Batch = Sequence[Command] | Callable[[int], Sequence[Command]]

_CANCELS = frozenset(CANCELS)


class QueueFull(Exception):
    """Too many commands wait; this one was not taken and nothing will come of it."""


class Limits(Struct, frozen=True):
    """
    How much may wait and how much goes at once, in commands.

    `group_max`: applying that many keeps the loop from its sockets for some 5 ms. `queue_max`: what
    can be worked off in about a fifth of a second; who waits longer is better told to come back.
    `cancel_room`: places beyond that for cancels. `batches_max`: batches, each one
    transaction. `snapshot_every`: replaying that many entries takes seconds.
    """

    group_max: int = 256
    queue_max: int = 4096
    cancel_room: int = 4096
    batches_max: int = 1024
    snapshot_every: int = 250_000


class Intake:
    """Two queues with one bound, and the batches."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cancels: deque[Waiting] = deque()
        self._others: deque[Waiting] = deque()
        self._batches: deque[tuple[Batch, Reply]] = deque()

    def __len__(self) -> int:
        return len(self._cancels) + len(self._others) + len(self._batches)

    def put(self, command: Command, reply: Reply) -> None:
        """Queue a command. Raises: QueueFull, and as `as_journaled`."""
        command, encoded = as_journaled(command)
        waiting = len(self._cancels) + len(self._others)
        limits = self._limits
        if type(command) in _CANCELS:
            if waiting >= limits.queue_max + limits.cancel_room:
                raise QueueFull(f"{waiting} commands wait")
            self._cancels.append((command, encoded, reply))
        else:
            if waiting >= limits.queue_max:
                raise QueueFull(f"{waiting} commands wait")
            self._others.append((command, encoded, reply))

    def put_batch(self, commands: Batch, reply: Reply) -> None:
        """Queue commands that form a group of their own. Raises: QueueFull."""
        if len(self._batches) >= self._limits.batches_max:
            raise QueueFull(f"{len(self._batches)} batches wait")
        self._batches.append((commands, reply))

    def take_batch(self, first_seq: int) -> tuple[list[Waiting], Reply | None]:
        """Return the oldest batch and where its answer goes; empty without one."""
        while self._batches:
            commands, reply = self._batches.popleft()
            try:
                made = commands(first_seq) if callable(commands) else commands
                waiting: list[Waiting] = [(*as_journaled(each), None) for each in made]
            except Exception as error:  # noqa: BLE001 - it is for whoever gave the commands
                _answer(reply, error)
                continue
            if waiting:
                return waiting, reply
            _answer(reply, ())
        return [], None

    def take(self) -> list[Waiting]:
        """
        Return what goes next: cancels, then the rest in the order they came.

        Of a full group an eighth belongs to the rest, so that no flood of cancels starves it.
        """
        group_max, cancels, others = self._limits.group_max, self._cancels, self._others
        if len(cancels) + len(others) <= group_max:
            taken = [*cancels, *others]
            cancels.clear()
            others.clear()
            return taken
        kept_free = min(len(others), group_max // 8)
        taken = [cancels.popleft() for _ in range(min(len(cancels), group_max - kept_free))]
        taken += [others.popleft() for _ in range(min(len(others), group_max - len(taken)))]
        return taken

    def drain(self) -> list[Reply]:
        """Empty every queue and return who waited."""
        replies = [reply for *_, reply in (*self._cancels, *self._others) if reply is not None]
        batches = [reply for _, reply in self._batches]
        for queue in (self._cancels, self._others, self._batches):
            queue.clear()
        return [*replies, *batches]


def _answer(reply: Reply, outcome: Exception | tuple[()]) -> None:
    if reply.done():
        return
    if isinstance(outcome, Exception):
        reply.set_exception(outcome)
    else:
        reply.set_result(outcome)
