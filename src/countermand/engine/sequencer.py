"""
Sequencer: the single writer. It gives every command its place and time, and answers once it is
durable.

    submit ─► intake ─► group: Entry(seq, ts_ns, command) ...
                          │ committer: journal.append on its own thread      meanwhile the intake
                          fills ▼ durable
                        exchange.apply, for all of the group
                          ▼
                        feed.publish ─► replies

One group is under way at a time. The next one is formed only when this one is applied, because what
is due by then is known only then; the wait costs nothing, since what comes in meanwhile forms one
group.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections.abc import Callable, Sequence
from functools import partial
from time import thread_time_ns
from typing import Any

from countermand.core.exchange import Exchange
from countermand.core.history import History
from countermand.engine.alarm import Alarm
from countermand.engine.auditing import Auditing
from countermand.engine.chain import fold
from countermand.engine.committer import Committer, PromptCommitter
from countermand.engine.compacting import Compacting
from countermand.engine.errors import Full, JournalError
from countermand.engine.feed import Feed
from countermand.engine.group import TIME_IS_DUE, Group, stamp
from countermand.engine.health import Answer, Health
from countermand.engine.histogram import Histogram
from countermand.engine.intake import (
    Batch,
    Intake,
    IntakeStopped,
    Limits,
    Queued,
    QueueFull,
    Reply,
    Taken,
    Undecided,
)
from countermand.engine.keeper import Keeper
from countermand.engine.lateness import BEHIND_NS_MIN, Lateness
from countermand.engine.memory import MemoryJournal
from countermand.engine.outage import Outage
from countermand.engine.ports import Clock, Journal, Kept, Mark
from countermand.engine.settling import Settling
from countermand.engine.snapshot import SnapshotDirectory
from countermand.vocabulary.commands import Command
from countermand.vocabulary.queries import Query
from countermand.vocabulary.receipt import Receipt

__all__ = ["Answer", "Engine", "Health", "IntakeStopped", "QueueFull", "Undecided"]

log = logging.getLogger(__name__)

# How far apart the marks are that let a replay prove itself: 16 bytes for every thousand entries.
MARK_EVERY = 1000


class Engine:
    """
    An exchange, its journal, and the queue before them.

    `replayed` is how many entries no snapshot covers.
    `on_fatal` is called when the core meets a bug: it must end the process, since the state may be
    half changed and nothing more can be answered. Replay heals it.
    """

    def __init__(
        self,
        journal: Journal,
        exchange: Exchange,
        clock: Clock,
        on_fatal: Callable[[], None],
        *,
        outcome: bytes,
        snapshots: SnapshotDirectory | None = None,
        replayed: int = 0,
        compacting: Compacting | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.feed = Feed(exchange.seq)
        self.groups = 0
        self._journal, self._exchange, self._clock = journal, exchange, clock
        self._on_fatal, self._outcome = on_fatal, outcome
        limits = limits or Limits()
        self._intake = Intake(limits)
        prompt = type(journal) is MemoryJournal
        self._committer = PromptCommitter() if prompt else Committer()
        told = None if compacting is None else partial(compacting.begin, self._committer)
        self._auditing = Auditing(exchange, self._intake, limits.audit_orders)
        self.keeper = Keeper(exchange, snapshots, limits.snapshot_every, replayed, told)
        self.archive = self.keeper.archive
        self._settling = Settling(exchange, self.archive, self._guarded)
        self._marks: list[Mark] = []
        self._outage = Outage()
        self._in_doubt: Group | None = None
        self._is_broken = self._is_busy = False
        self._alarm, self._lateness = Alarm(clock, self.wake), Lateness()
        self._quiet: Future[None] | None = None
        self._turn: Future[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    @property
    def journal(self) -> Journal:
        """What it writes; only the engine may."""
        return self._journal

    @property
    def seq(self) -> int:
        """The last applied entry."""
        return self._exchange.seq

    @property
    def waiting(self) -> int:
        """How many commands and batches wait for a group."""
        return len(self._intake)

    @property
    def open_orders(self) -> int:
        """How many orders are open."""
        return self._exchange.open_count

    @property
    def writes(self) -> Histogram:
        """How long the journal's writes took."""
        return self._committer.durations

    @property
    def stopped_because(self) -> str | None:
        """Why no commands are taken, as clients are told; None while they are."""
        return self._outage.reason

    @property
    def clock_behind_ns(self) -> int:
        """How far the clock is behind the last entry's time, 0 when that is no matter."""
        behind_ns = self._exchange.ts_ns - self._clock.now_ns()
        return behind_ns if behind_ns >= BEHIND_NS_MIN else 0

    @property
    def number(self) -> int:
        """The last number that was given out."""
        return self._exchange.number

    @property
    def ts_ns(self) -> int:
        """The time of the last applied entry."""
        return self._exchange.ts_ns

    def next_due_ns(self) -> int:
        """Return when something falls due by itself, 0 when never."""
        return self._exchange.next_due_ns()

    def dump(self) -> tuple[bytes, bytes]:
        """Return the exchange's dump, and what its events have come to."""
        return self._exchange.dump(), self._outcome

    def health(self) -> Health:
        """Return how the engine is."""
        return self._outage.health(self.clock_behind_ns, self.seq)

    async def start(self) -> None:
        """Take commands from now on, and do what fell due meanwhile."""
        self._loop = asyncio.get_running_loop()
        self._committer.start(self._loop)
        self._outage.reason = None
        self.wake()

    def submit(self, command: Command) -> Future[Receipt]:
        """
        Queue a command; its receipt comes once the entry is durable and applied.

        Giving up on the future does not take the command back.
        Raises: QueueFull, IntakeStopped; from the future also Undecided.
        """
        reply: Future[Receipt] = asyncio.get_running_loop().create_future()
        self.put(command, reply)
        return reply

    def put(self, command: Command, reply: Reply, *, cancels_first: bool = True) -> None:
        """Queue a command; `reply` gets what the future of `submit` does. Raises: as `submit`."""
        if self._outage.reason is not None:
            raise IntakeStopped(self._outage.reason)
        self._intake.put(command, reply, cancels_first=cancels_first)
        self.wake()

    def submit_all(self, commands: Batch) -> Future[tuple[Receipt, ...]]:
        """
        Queue commands as one: durable all or none, in the order given, nothing in between.

        What names its own entries' numbers is given as a function of the first command's number.
        Raises: as `submit`.
        """
        reply: Future[tuple[Receipt, ...]] = asyncio.get_running_loop().create_future()
        self.put_batch(commands, reply)
        return reply

    def put_batch(self, commands: Batch, reply: Reply, *, cancels_first: bool = True) -> None:
        """Queue commands of one account as one; `reply` gets all receipts. Raises: as `submit`."""
        if self._outage.reason is not None:
            raise IntakeStopped(self._outage.reason)
        self._intake.put_batch(commands, reply, cancels_first=cancels_first)
        self.wake()

    def blocker(self, query: Query) -> Queued | None:
        """Return what came before a query and could change its answer, until that is settled."""
        return self._intake.blocker(query)

    def keep(self, records: Sequence[Kept]) -> Future[None]:
        """
        Keep worlds or changes of keys, all or none; done once they are durable.

        Raises: IntakeStopped; from the future also Undecided.
        """
        if self._outage.reason is not None:
            raise IntakeStopped(self._outage.reason)
        reply: Future[None] = self._loop.create_future()
        self._committer.commit(
            partial(self._journal.keep, records),
            lambda failure: self._guarded(self._have_kept, reply, failure),
        )
        return reply

    async def query(self, query: Any) -> Answer:
        """Return the answer to a query and the entry it is true as of. Raises: as `view`."""
        return Answer(self._exchange.seq, self.view(query))

    def copy(self, over: Callable[[Exchange], History]) -> Exchange:
        """Return the exchange as it is, over a history made of it, in time that grows with it."""
        return Exchange.load(self._exchange.dump(), over(self._exchange))

    def view(self, query: Any) -> Any:
        """
        Return the answer to a query. Raises: IntakeStopped, also when nothing is certain.
        """
        if self._is_broken:
            raise IntakeStopped(self._outage.reason)
        return self._exchange.query(query)

    def wake(self) -> None:
        """
        Look at the clock and the queue. For tests that move a clock by hand.
        """
        if not self._is_busy and self._outage.reason is None:
            # Not at once: what else comes in this turn of the loop goes into the same group.
            self._is_busy = True
            self._loop.call_soon(self._guarded, self._form)

    async def until_done(self) -> None:
        """
        Return once all that is due by the clock has happened and was told. Raises: IntakeStopped.
        """
        while 0 < self._exchange.next_due_ns() <= self._clock.now_ns():
            if self._outage.reason is not None:
                raise IntakeStopped(self._outage.reason)
            self.wake()
            await self._next_turn()

    async def turn_away(self, refusal: str) -> None:
        """Refuse commands from now on, and return once those that were taken are settled."""
        self._outage.reason = self._outage.reason or refusal
        while self._is_busy:
            await self._next_turn()

    def take_again(self, refusal: str) -> None:
        """Take commands again, if it was for this reason that none were taken."""
        if self._outage.reason == refusal:
            self._outage.reason = None
            self.wake()

    async def _next_turn(self) -> None:
        if self._turn is None:
            self._turn = self._loop.create_future()
        await asyncio.shield(self._turn)

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.set_result(None)

    async def stop(self) -> None:
        """Take no new commands, answer those that wait, flush, leave a snapshot. Idempotent."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop())
        await asyncio.shield(self._stopping)

    async def _stop(self) -> None:
        self._outage.reason = self._outage.reason or "the exchange is stopping"
        self._alarm.cancel()
        self._outage.stop_asking()
        if self._is_busy:
            self._quiet = asyncio.get_running_loop().create_future()
            await self._quiet
        self._settling.stop()
        try:
            await asyncio.to_thread(self._committer.stop)
            await self.keeper.settle()
        finally:
            try:
                await asyncio.to_thread(self._finish)
            finally:
                self.feed.close()

    def _guarded(self, act: Callable[..., None], *args: Any) -> None:
        try:
            act(*args)
        except Exception:
            log.critical("a bug: the process must stop, replay heals it", exc_info=True)
            self._outage.reason = "the exchange met a bug and must be restarted"
            self._is_broken = True
            self._rest(0, 0)
            self._on_fatal()

    def _form(self) -> None:
        """Stamp and hand over the next group, or rest when nothing waits and nothing is due."""
        now_ns, last_ns = self._clock.now_ns(), self._exchange.ts_ns
        self._lateness.look(last_ns - now_ns)
        ts_ns = max(now_ns, last_ns + 1)
        due_ns = self._exchange.next_due_ns()
        taken = [TIME_IS_DUE] if 0 < due_ns <= ts_ns else []
        ahead, first_seq = len(taken), self._exchange.seq + 1
        taken += self._intake.take(self._exchange.number + 1 + ahead)
        if not taken:
            self._rest(due_ns, ts_ns)
            return
        entries, payloads = stamp(taken, first_seq, ts_ns)
        group = Group(entries, taken, ahead)
        self.groups += 1
        marks, self._marks = self._marks, []
        self._committer.commit(
            partial(self._journal.append, first_seq - 1, payloads, marks),
            lambda failure: self._guarded(self._committed, group, failure),
        )

    def _rest(self, due_ns: int, ts_ns: int) -> None:
        self._is_busy = False
        self._end_turn()
        if self._quiet is not None and not self._quiet.done():
            self._quiet.set_result(None)
        else:
            self._alarm.set(due_ns, ts_ns)

    def _committed(self, group: Group, failure: Exception | None) -> None:
        """Apply a durable group, then publish it, then answer; or stop if it is not durable."""
        if failure is not None:
            self._in_doubt = group
            self._stop_intake(failure, group.taken)
            self._rest(0, 0)
            return
        began_ns = thread_time_ns()
        receipts = self._apply(group)
        applied_ns = thread_time_ns() - began_ns
        self.feed.publish(receipts)
        self._reply(group, receipts)
        self._settling.consider()
        self._end_turn()
        self.keeper.consider(applied_ns)
        self._auditing.consider()
        self._form()

    def _apply(self, group: Group) -> list[Receipt]:
        apply, outcome, receipts = self._exchange.apply, self._outcome, []
        for entry in group.entries:
            receipt = apply(entry)
            outcome = fold(outcome, receipt.events)
            if entry.seq % MARK_EVERY == 0:
                self._marks.append(Mark(entry.seq, outcome))
            receipts.append(receipt)
        self._outcome = outcome
        if group.ahead and 0 < self._exchange.next_due_ns() <= group.entries[0].ts_ns:
            # Otherwise the engine would fill the disk with attempts.
            raise AssertionError("what was due did not happen")
        return receipts

    def _reply(self, group: Group, receipts: list[Receipt]) -> None:
        start = 0
        for commands, _, item in group.taken:
            end = start + len(commands)
            if item.reply is not None and not item.reply.done():
                is_batch = item.command is None
                item.reply.set_result(tuple(receipts[start:end]) if is_batch else receipts[start])
            self._intake.settle(item)
            start = end

    def _have_kept(self, reply: Future[None], failure: Exception | None) -> None:
        if failure is not None:
            self._stop_intake(failure)
            if not reply.done():
                reply.set_exception(self._outage.verdict(failure))
        elif not reply.done():
            reply.set_result(None)

    def _stop_intake(self, failure: Exception, in_hand: Sequence[Taken] = ()) -> None:
        self._outage.begin(failure)
        for _, _, item in in_hand:
            self._give_up(item, self._outage.verdict(failure))
        for item in self._intake.drain():
            self._give_up(item, IntakeStopped(self._outage.reason))
        if isinstance(failure, Full):
            self._retry()

    def _give_up(self, item: Queued, verdict: IntakeStopped) -> None:
        if item.reply is not None and not item.reply.done():
            item.reply.set_exception(verdict)
        self._intake.settle(item)

    def _retry(self) -> None:
        if self._stopping is None:
            self._outage.ask_later(self._ask_for_room)

    def _ask_for_room(self) -> None:
        self._committer.commit(
            self._journal.resume, lambda failure: self._guarded(self._resumed, failure)
        )

    def _resumed(self, failure: Exception | None) -> None:
        """Take commands again where the journal was proven, ask again where it is still full."""
        self._outage.answered()
        if self._stopping is not None:
            return
        if isinstance(failure, Full):
            self._retry()
            return
        if failure is not None:
            self._stop_intake(failure)
            return
        group, self._in_doubt = self._in_doubt, None
        if group is not None and self._journal.head > self._exchange.seq:
            # Its sender was told that the outcome is unknown; now it is known.
            self.feed.publish(self._apply(group))
        if self._journal.head != self._exchange.seq:
            raise AssertionError("the journal ends elsewhere than the exchange")
        self._outage.end(self._exchange.seq)
        self.wake()

    def _finish(self) -> None:
        # On no loop any more: the last marks, a snapshot to start from, and the journal's close.
        try:
            if not self._is_broken and self._journal.head == self._exchange.seq:
                if self._marks:
                    self._journal.append(self._journal.head, (), self._marks)
                self.keeper.leave(self._journal.checksum, self._outcome, self._journal.first)
        except JournalError as error:
            log.warning("the last marks were not written", extra={"reason": str(error)})
        finally:
            self.archive.close()
            self._journal.close()
