"""
Intake: the commands that wait for a group. Bounded, cancels first, none starved.

When the queue is full new orders are turned away while cancels still have places of their own:
a way out of the market is never shut. An account's commands and batches keep the order they came
in, and what its owner asks to see meanwhile is told which of them it has to wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from countermand.engine.cancels_first import CancelsFirst
from countermand.engine.chain import as_journaled
from countermand.engine.touching import account_of, accounts_of, touches
from countermand.vocabulary.commands import CANCELS, Command
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import Query


class Reply(Protocol):
    """Where an answer goes: a future, or anything with its three verbs."""

    def done(self) -> bool:
        """Return whether an answer is of no use any more."""

    def set_result(self, result: Any, /) -> None:
        """Take the receipt of a command, or the tuple of those of a batch."""

    def set_exception(self, exception: BaseException, /) -> None:
        """Take what came instead."""


# Commands that form one transaction, or what makes them of the first one's number.
Batch = Sequence[Command] | Callable[[int], Sequence[Command]]

_CANCELS = frozenset(CANCELS)

# A query checks at most this many waiting commands of its account for what could change its answer;
# with more it waits for the last of them.
LOOKED_AT_MAX = 64


class IntakeStopped(Exception):
    """The engine takes no commands; this one was not taken and nothing will come of it."""


class Undecided(IntakeStopped):
    """
    The journal failed with this command in hand: only the next start can tell what became of it.
    """


class QueueFull(Exception):
    """Too many commands wait; this one was not taken and nothing will come of it."""


class Limits(Struct, frozen=True):
    """
    How much may wait and how much goes at once, in commands.

    `group_max`: applying that many keeps the loop from its sockets for some 5 ms. `queue_max`: what
    can be worked off in about a fifth of a second; who waits longer is better told to come back.
    `cancel_room`: places beyond that for cancels. `snapshot_every`: replaying that many entries
    takes seconds. `audit_orders`: how many open orders are looked at after each group, some tens of
    microseconds each; 0 for none.
    """

    group_max: int = 256
    queue_max: int = 4096
    cancel_room: int = 4096
    snapshot_every: int = 100_000
    audit_orders: int = 0


class Queued:
    """
    A command or a batch that waits, then is under way, then is settled: applied, or given up.

    `reply` is told what came of it, `followers` are called afterwards.
    """

    __slots__ = (
        "account_id", "batch", "command", "encoded", "followers", "is_settled", "previous", "reply",
    )  # fmt: skip

    def __init__(
        self, command: Command | None, encoded: bytes, batch: Batch, reply: Reply | None
    ) -> None:
        self.command, self.encoded, self.batch, self.reply = command, encoded, batch, reply
        self.account_id: AccountId | None = None
        self.previous: Queued | None = None
        self.followers: list[Callable[[], None]] | None = None
        self.is_settled = False

    def follow(self, follower: Callable[[], None]) -> None:
        """Call `follower` once this is settled."""
        if self.followers is None:
            self.followers = []
        self.followers.append(follower)


# What goes into a group: the commands of one item, their bytes, and the item.
Taken = tuple[Sequence[Command], Sequence[bytes], Queued]


class Intake:
    """What waits, in order, with one bound for all of it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: CancelsFirst[Queued] = CancelsFirst()
        # The last item of an account that is not settled; each knows the one before it.
        self._last: dict[AccountId, Queued] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, command: Command, reply: Reply | None, *, cancels_first: bool = True) -> None:
        """Queue a command. Raises: QueueFull, and as `as_journaled`."""
        command, encoded = as_journaled(command)
        is_cancel = type(command) in _CANCELS
        self._check_room(is_cancel=is_cancel)
        item = Queued(command, encoded, (), reply)
        self._enter(item, account_of(command), is_cancel=is_cancel and cancels_first)

    def put_batch(self, batch: Batch, reply: Reply, *, cancels_first: bool = True) -> None:
        """
        Queue commands of one account that form one transaction. Raises: QueueFull.

        What is wrong with a command is told to `reply`, when its turn has come.
        """
        first = None if callable(batch) or not batch else batch[0]
        is_cancel = not callable(batch) and all(type(each) in _CANCELS for each in batch)
        self._check_room(is_cancel=is_cancel)
        account_id = None if first is None else account_of(first)
        self._enter(
            Queued(None, b"", batch, reply), account_id, is_cancel=is_cancel and cancels_first
        )

    def blocker(self, query: Query) -> Queued | None:
        """Return what must be settled before a query that comes now is answered."""
        for account_id in accounts_of(query):
            last = self._last.get(account_id)
            if last is not None and (found := _blocker(last, query)) is not None:
                return found
        return None

    def take(self, first_seq: int) -> list[Taken]:
        """Return what goes into the next group, whose first entry gives out number `first_seq`."""
        taken: list[Taken] = []
        for item in self._waiting.take(self._limits.group_max):
            try:
                commands, encoded = _made(item, first_seq)
            except Exception as error:  # noqa: BLE001 - it is told to the batch's reply
                self._give_up(item, error)
                continue
            if commands:
                taken.append((commands, encoded, item))
                first_seq += len(commands)
            elif item.reply is not None and not item.reply.done():
                item.reply.set_result(())
        return taken

    def settle(self, item: Queued) -> None:
        """Note that an item's reply was given, and let go on what waited for it."""
        item.is_settled, item.previous = True, None
        if item.account_id is not None and self._last.get(item.account_id) is item:
            del self._last[item.account_id]
        if item.followers is not None:
            for follower in item.followers:
                follower()

    def drain(self) -> list[Queued]:
        """Empty the queue and return what was in it."""
        return list(self._waiting.drain())

    def _check_room(self, *, is_cancel: bool) -> None:
        limits, waiting = self._limits, len(self._waiting)
        room = limits.queue_max + limits.cancel_room if is_cancel else limits.queue_max
        if waiting >= room:
            raise QueueFull(f"{waiting} commands wait")

    def _enter(self, item: Queued, account_id: AccountId | None, *, is_cancel: bool) -> None:
        if account_id is not None:
            item.account_id, item.previous = account_id, self._last.get(account_id)
            self._last[account_id] = item
        if not is_cancel:
            self._waiting.put(item, account_id)
        elif account_id is None:
            self._waiting.put_cancel_of_all(item, None)
        else:
            self._waiting.put_cancel(item, account_id)

    def _give_up(self, item: Queued, error: Exception) -> None:
        if item.reply is not None and not item.reply.done():
            item.reply.set_exception(error)
        self.settle(item)


def _made(item: Queued, first_seq: int) -> tuple[Sequence[Command], Sequence[bytes]]:
    if item.command is not None:
        return (item.command,), (item.encoded,)
    given = item.batch(first_seq) if callable(item.batch) else item.batch
    made = [as_journaled(each) for each in given]
    return [command for command, _ in made], [encoded for _, encoded in made]


def _blocker(last: Queued, query: Query) -> Queued | None:
    item: Queued | None = last
    for _ in range(LOOKED_AT_MAX):
        if item is None or item.is_settled:
            return None
        if _touches(item, query):
            return item
        item = item.previous
    return last


def _touches(item: Queued, query: Query) -> bool:
    if item.command is not None:
        return touches(item.command, query)
    return callable(item.batch) or any(touches(each, query) for each in item.batch)
