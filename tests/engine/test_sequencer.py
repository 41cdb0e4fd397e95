"""The sequencer: place, time, durability, answer, in this order and no other."""

import asyncio
import logging
import time
from collections.abc import Coroutine
from typing import Any

import pytest
from tests.core.build import ALICE, BOB, USDC
from tests.engine.desk import (
    FOUNDING,
    GatedJournal,
    cancel,
    engine_over,
    order,
    run,
    traffic,
    writer,
)

from countermand.core.exchange import Exchange
from countermand.engine import errors, outage
from countermand.engine.chain import GENESIS, encode_entry, fold
from countermand.engine.clock import ExchangeClock, ManualClock, SystemClock
from countermand.engine.errors import Damaged, Full, JournalError, Stale
from countermand.engine.intake import Limits
from countermand.engine.lateness import BEHIND_NS_MIN
from countermand.engine.memory import MemoryJournal
from countermand.engine.ports import Mark
from countermand.engine.sequencer import MARK_EVERY, Engine, IntakeStopped, QueueFull, Undecided
from countermand.vocabulary.commands import (
    AdvanceTime,
    Command,
    DepositFunds,
    Entry,
    OpenAccount,
)
from countermand.vocabulary.events import AccountOpened, FundsDeposited, OrderAccepted, OrderExpired
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import OrdStatus, TimeInForce
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.receipt import Receipt


async def founded(
    clock: ManualClock | ExchangeClock | None = None, **more: Any
) -> tuple[Engine, GatedJournal]:
    """Return a started engine over a founded exchange, and the gate of its journal, closed."""
    gated = GatedJournal()
    engine = engine_over(gated, clock, **more)
    await engine.start()
    gated.open()
    await engine.submit_all(FOUNDING)
    await gated.group_arrived()
    gated.groups.clear()
    return engine, gated


class WatchedClock(ManualClock):
    """A clock that tells when it was looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    def now_ns(self) -> int:
        """Return the time it was set to, and tell."""
        self.asked.set()
        return super().now_ns()


async def turn() -> None:
    """Let everything that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


async def spawn(task: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """Start a coroutine and let it come to where it waits."""
    started = asyncio.create_task(task)
    await turn()
    return started


def test_a_command_is_answered_with_its_receipt() -> None:
    """Queries see the state that it left."""

    async def test() -> None:
        engine = engine_over(MemoryJournal())
        await engine.start()
        await engine.submit_all(FOUNDING)
        receipt = await engine.submit(order())
        assert len(FOUNDING) + 1 == receipt.seq == engine.seq
        assert [OrderAccepted] == [type(event) for event in receipt.events[:1]]
        answer = await engine.query(GetOrder(ALICE, receipt.orders[0].order_id))
        assert (receipt.seq, receipt.orders[0]) == (answer.as_of_seq, answer.view)
        await engine.stop()

    run(test())


def test_nothing_is_applied_or_answered_before_it_is_durable() -> None:
    """Append, then apply, publish and answer."""

    async def test() -> None:
        engine, gated = await founded()
        subscription, seq = engine.feed.subscribe(), engine.seq
        reply = engine.submit(order())
        await gated.group_arrived()
        await turn()
        assert (seq, seq) == (engine.seq, gated.inner.head), "in the journal's hands, not durable"
        assert not reply.done()
        assert (await engine.query(GetOrder(ALICE, seq + 1))).view is None  # type: ignore[arg-type]
        gated.open()
        receipt = await subscription.next()
        assert (seq + 1, seq + 1) == (engine.seq, gated.inner.head)
        assert receipt == await reply
        await engine.stop()

    run(test())


def test_commands_during_a_commit_form_one_group() -> None:
    """Cancels first, then the rest in the order they came."""

    async def test() -> None:
        engine, gated = await founded()
        first = engine.submit(order(price=80))
        await gated.group_arrived()
        later: list[Command] = [order(BOB, 81), cancel(1), order(BOB, 82), cancel(2)]
        replies = [engine.submit(command) for command in later]
        gated.open(2)
        seqs = [receipt.seq for receipt in await asyncio.gather(first, *replies)]
        assert [[order(price=80)], [later[1], later[3], later[0], later[2]]] == gated.groups
        assert [0, 3, 1, 4, 2] == [seq - seqs[0] for seq in seqs]
        await engine.stop()

    run(test())


def test_commands_of_one_turn_go_into_one_group() -> None:
    """Sixty-four clients make one transaction, not sixty-four."""

    async def test() -> None:
        engine = engine_over(MemoryJournal())
        await engine.start()
        await engine.submit_all(FOUNDING)
        groups = engine.groups

        async def client() -> None:
            await engine.submit(order())

        await asyncio.gather(*[client() for _ in range(64)])
        assert 1 == engine.groups - groups
        await engine.stop()

    run(test())


def test_time_always_advances() -> None:
    """Entries' times advance also while the clock stands still or goes back."""

    async def test() -> None:
        clock = ManualClock(1_000_000)
        engine = engine_over(MemoryJournal(), clock)
        await engine.start()
        receipts = list(await engine.submit_all(FOUNDING))
        clock.advance(-500_000)
        receipts += await asyncio.gather(*[engine.submit(order()) for _ in range(3)])
        clock.advance(1_000_000)
        receipts.append(await engine.submit(order()))
        times = [receipt.ts_ns for receipt in receipts]
        assert sorted(set(times)) == times
        assert (1_000_000, 1_500_000) == (times[0], times[-1])
        await engine.stop()

    run(test())


def test_due_timers_fire_before_the_next_command() -> None:
    """An order that has expired cannot be canceled any more."""

    async def test() -> None:
        clock = ManualClock()
        engine, gated = await founded(clock)
        gated.open(100)
        terms = {"time_in_force": TimeInForce.GTD, "expire_ns": clock.now_ns() + 5_000}
        placed = await engine.submit(order(**terms))
        clock.advance(5_000)
        refused = await engine.submit(cancel(placed.seq))
        assert [AdvanceTime(), cancel(placed.seq)] == gated.groups[-1]
        view = (await engine.query(GetOrder(ALICE, placed.orders[0].order_id))).view
        assert OrdStatus.EXPIRED == view.ord_status
        assert placed.seq + 2 == refused.seq
        await engine.stop()

    run(test())


def test_due_timers_fire_without_commands() -> None:
    """A timer wakes the engine; one that comes before the clock has moved is set anew."""

    async def test() -> None:
        clock = WatchedClock()
        engine, gated = await founded(clock)
        gated.open(100)
        expire_ns = clock.now_ns() + 20_000_000
        await engine.submit(order(time_in_force=TimeInForce.GTD, expire_ns=expire_ns))
        subscription = engine.feed.subscribe()
        await turn()
        clock.asked.clear()
        await clock.asked.wait()
        clock.advance(20_000_000)
        receipt = await subscription.next()
        assert [OrderExpired] == [type(e) for e in receipt.events if type(e) is OrderExpired]
        assert expire_ns <= receipt.ts_ns
        await engine.stop()

    run(test())


def test_a_batch_stays_whole() -> None:
    """The batch is one transaction in the order given, its cancels too, in its turn."""

    async def test() -> None:
        engine, gated = await founded(limits=Limits(group_max=4))
        blocked = engine.submit(order())
        await gated.group_arrived()
        plain = engine.submit(order())
        given: list[Command] = [order(), cancel(1), *[order(price=70 + i) for i in range(5)]]
        whole = engine.submit_all(given)
        gated.open(3)
        receipts = await whole
        assert [order(), *given] == gated.groups[1]
        first = (await blocked).seq + 1
        assert first == (await plain).seq
        first += 1
        assert list(range(first, first + len(given))) == [receipt.seq for receipt in receipts]
        await engine.stop()

    run(test())


def test_a_whole_group_may_name_its_own_numbers() -> None:
    """Also with due timers before it; the receipts are those of the group alone."""

    async def test() -> None:
        clock = ManualClock()
        engine, gated = await founded(clock)
        gated.open(100)
        expire_ns = clock.now_ns() + 1_000
        await engine.submit(order(time_in_force=TimeInForce.GTD, expire_ns=expire_ns))
        clock.advance(1_000)

        def make(first_seq: int) -> list[Command]:
            opened = OpenAccount("acme", "dora", "dora")
            return [opened, DepositFunds(AccountId(first_seq), USDC, 500)]

        opened, deposited = await engine.submit_all(make)
        assert AdvanceTime() == gated.groups[-1][0]
        assert [(AccountOpened, opened.seq), (FundsDeposited, opened.seq)] == [
            (type(event), event.account_id)  # type: ignore[union-attr]
            for event in (opened.events[0], deposited.events[0])
        ]
        await engine.stop()

    run(test())


def test_a_group_that_cannot_be_made_fails_alone() -> None:
    """The error goes to its sender; an empty group gets no receipts."""

    async def test() -> None:
        engine = engine_over(MemoryJournal())
        await engine.start()

        def broken(_: int) -> list[Command]:
            raise ValueError("no such world")

        bad, gone = engine.submit_all(broken), engine.submit_all(broken)
        gone.cancel()
        empty = engine.submit_all([])
        good = engine.submit_all(FOUNDING)
        with pytest.raises(ValueError, match="no such world"):
            await bad
        assert () == await empty
        assert len(FOUNDING) == len(await good)
        await engine.stop()

    run(test())


@pytest.mark.parametrize(
    "command",
    [
        "not a command",
        order(price=1.5),  # type: ignore[arg-type]
        order(cl_ord_id="\ud800"),
        cancel("1"),  # type: ignore[arg-type]
    ],
)
def test_command_that_replay_could_not_read_is_not_taken(command: Any) -> None:
    """A dialect's bug is its own; the journal must start again."""

    async def test() -> None:
        engine = engine_over(MemoryJournal())
        await engine.start()
        with pytest.raises((TypeError, ValueError, OverflowError)):
            engine.submit(command)
        with pytest.raises((TypeError, ValueError, OverflowError)):
            await engine.submit_all([command])
        assert len(FOUNDING) == len(await engine.submit_all(FOUNDING))
        await engine.stop()

    run(test())


def test_the_queue_is_bounded_and_cancels_have_room() -> None:
    """Orders are turned away while cancels are taken; what was taken is answered."""

    async def test() -> None:
        engine, gated = await founded(limits=Limits(queue_max=5, cancel_room=2))
        replies: list[Any] = [engine.submit(order())]
        await gated.group_arrived()
        replies += [engine.submit(order()) for _ in range(5)]
        with pytest.raises(QueueFull):
            engine.submit(order())
        replies += [engine.submit(cancel(1)), engine.submit(cancel(2))]
        with pytest.raises(QueueFull):
            engine.submit(cancel(3))
        gated.open(9)
        assert 8 == len(await asyncio.gather(*replies))
        await engine.stop()

    run(test())


def test_batches_are_bounded_too() -> None:
    """Batches have no room of their own."""

    async def test() -> None:
        engine, gated = await founded(limits=Limits(queue_max=1))
        blocked = engine.submit_all([order()])
        await gated.group_arrived()
        waiting = engine.submit_all([order()])
        with pytest.raises(QueueFull):
            engine.submit_all([order()])
        gated.open(9)
        await asyncio.gather(blocked, waiting)
        await engine.stop()

    run(test())


def test_giving_up_on_the_answer_does_not_take_the_command_back() -> None:
    """The journal has the command; the others of its group are answered."""

    async def test() -> None:
        engine, gated = await founded()
        given_up = asyncio.ensure_future(engine.submit(order()))
        other, whole = engine.submit(order()), engine.submit_all([order()])
        await gated.group_arrived()
        given_up.cancel()
        whole.cancel()
        gated.open(9)
        await other
        assert len(FOUNDING) + 3 == (await engine.submit(cancel(1))).seq - 1
        await engine.stop()

    run(test())


@pytest.mark.parametrize(
    ("failure", "verdict"),
    [(Full("no room left"), Undecided), (Stale("taken over"), IntakeStopped)],
)
def test_without_its_journal_the_engine_takes_nothing(
    failure: JournalError, verdict: type[IntakeStopped]
) -> None:
    """Those in hand may be undecided, those that wait are not taken, and reads go on."""

    async def test() -> None:
        engine, gated = await founded()
        seq, gated.failure = engine.seq, failure
        in_hand, given_up = engine.submit(order()), engine.submit(order())
        await gated.group_arrived()
        given_up.cancel()
        waiting, gone = engine.submit(order()), engine.submit(order())
        whole = engine.submit_all([order()])
        gone.cancel()
        gated.open()
        for reply in (in_hand, waiting, whole):
            with pytest.raises(IntakeStopped, match=failure.public) as refused:
                await reply  # type: ignore[misc]
            assert (verdict if reply is in_hand else IntakeStopped) is type(refused.value)
        with pytest.raises(IntakeStopped, match=failure.public):
            engine.submit(cancel(1))
        with pytest.raises(IntakeStopped, match=failure.public):
            engine.submit_all([cancel(1)])
        assert failure.public == engine.stopped_because
        told = engine.health()
        assert (False, str(failure), failure.advice) == (
            told.taking_commands,
            told.reason,
            told.advice,
        )
        assert seq == (await engine.query(GetOrder(ALICE, 1))).as_of_seq  # type: ignore[arg-type]
        await engine.stop()
        assert 1 == len(gated.groups), "nothing is appended after the failure"

    run(test())


async def filled(monkeypatch: pytest.MonkeyPatch, **more: Any) -> tuple[Engine, GatedJournal]:
    """An engine whose journal has just been full, with one order in hand."""
    monkeypatch.setattr(outage, "RESUME_S", 0.001)
    engine, gated = await founded(**more)
    gated.failure = Full("no room left to write /somewhere")
    in_hand = engine.submit(order())
    await gated.group_arrived()
    gated.open()
    with pytest.raises(Undecided):
        await in_hand
    gated.failure = None
    return engine, gated


async def taken_again(engine: Engine) -> None:
    """Return once commands are taken."""
    await reason_is(engine, None)


async def reason_is(engine: Engine, reason: str | None) -> None:
    """Return once no commands are taken for a reason, or they are for None."""
    for _ in range(5000):
        if engine.health().reason == reason:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(engine.health().reason)


def test_room_that_returns_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers go on from the last written entry."""

    async def test() -> None:
        engine, gated = await filled(monkeypatch)
        seq = engine.seq
        gated.full_times = 3
        await taken_again(engine)
        assert (0, None) == (gated.full_times, engine.health().reason)
        gated.open()
        assert seq + 1 == (await engine.submit(order())).seq
        await engine.stop()

    run(test())


def test_a_group_that_was_written_after_all_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sender was told that this is unknown; the next query sees its effect."""

    async def test() -> None:
        engine, gated = await filled(monkeypatch)
        seq = engine.seq
        commands = gated.groups[-1]
        payload = encode_entry(Entry(seq + 1, engine._exchange.ts_ns + 1, commands[0]))
        gated.inner.append(seq, [payload])
        await taken_again(engine)
        assert seq + 1 == engine.seq
        await engine.stop()

    run(test())


def test_a_journal_that_ends_elsewhere_is_not_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intake stays closed, and the reason says what was found."""

    async def test() -> None:
        engine, gated = await filled(monkeypatch)
        found = Damaged(3, "a page is gone")

        def resume() -> None:
            raise found

        gated.resumed = resume
        await reason_is(engine, str(found))
        assert engine.stopped_because == Damaged.public
        await engine.stop()

    run(test())


def test_a_stop_does_not_wait_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal is not asked again, and no command is taken."""

    async def test() -> None:
        engine, gated = await filled(monkeypatch)
        gated.full_times = 1_000_000
        await engine.stop()
        assert engine.stopped_because is not None

    run(test())


def test_clients_are_told_of_no_path() -> None:
    """Each failure has its own sentence, without a path of the server."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    told = {kind.public for kind in kinds if issubclass(kind, JournalError)}

    assert 3 == len(told)
    assert not [sentence for sentence in told if "/" in sentence]


def test_a_clock_behind_its_journal_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """When it falls behind, while it is, and when it has caught up; not for a moment's step."""

    async def test() -> None:
        clock = ManualClock()
        engine = engine_over(MemoryJournal(), clock)
        await engine.start()
        await engine.submit_all(FOUNDING)
        clock.advance(-BEHIND_NS_MIN // 2)
        await engine.submit(order())
        assert 0 == engine.health().clock_behind_ns
        clock.advance(-BEHIND_NS_MIN)
        await engine.submit(order())
        await engine.submit(order())
        assert engine.health().clock_behind_ns > BEHIND_NS_MIN
        clock.advance(2 * BEHIND_NS_MIN)
        await engine.submit(order())
        await engine.stop()

    with caplog.at_level(logging.WARNING):
        run(test())
    assert [
        "the clock is behind the journal: set it right",
        "the clock has caught up with the journal",
    ] == [record.message for record in caplog.records if "clock" in record.message]


def test_a_bug_stops_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Neither the command that met it, nor its group, nor a query is answered: the state may be half
    changed.
    """

    async def test() -> None:
        fatal = asyncio.Event()
        engine, gated = await founded(on_fatal=fatal.set)
        apply = Exchange.apply

        def trip(exchange: Exchange, entry: Any) -> Receipt:
            assert entry.command != cancel(666), "a bug"
            return apply(exchange, entry)

        monkeypatch.setattr(Exchange, "apply", trip)
        subscription = engine.feed.subscribe()
        replies = [engine.submit(order()), engine.submit(cancel(666)), engine.submit(cancel(1))]
        await gated.group_arrived()
        later = engine.submit(order())
        gated.open()
        await fatal.wait()
        assert not any(reply.done() for reply in (*replies, later))
        assert 0 == len(subscription._waiting)
        for refused in (lambda: engine.submit(order()), lambda: engine.submit_all([order()])):
            with pytest.raises(IntakeStopped, match="bug"):
                refused()
        with pytest.raises(IntakeStopped, match="bug"):
            await engine.query(GetOrder(ALICE, 1))  # type: ignore[arg-type]
        await engine.stop()
        assert 1 == len(gated.groups), "the bug's group is the last thing ever written"

    run(test())


def test_time_that_does_not_pass_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the engine would try for ever, and write down every attempt."""

    async def test() -> None:
        fatal = asyncio.Event()
        engine, gated = await founded(on_fatal=fatal.set)
        gated.open(100)
        monkeypatch.setattr(Exchange, "next_due_ns", lambda _: 1)
        engine.wake()
        await fatal.wait()
        assert [[AdvanceTime()]] == gated.groups
        await engine.stop()

    run(test())


def test_a_stop_answers_everyone_who_waits() -> None:
    """It takes no new command, and may be called twice."""

    async def test() -> None:
        engine, gated = await founded()
        first = engine.submit(order())
        await gated.group_arrived()
        waiting = engine.submit(order())
        subscription = engine.feed.subscribe()
        stopping = await spawn(engine.stop())
        with pytest.raises(IntakeStopped, match="stopping"):
            engine.submit(order())
        assert not stopping.done()
        gated.open(3)
        await asyncio.gather(stopping, engine.stop())
        assert (await first).seq + 1 == (await waiting).seq
        assert 2 == len([receipt async for receipt in subscription])

    run(test())


def test_an_engine_that_never_started_can_be_stopped() -> None:
    """It refuses commands, and the stop is harmless."""

    async def test() -> None:
        engine = engine_over(MemoryJournal())
        with pytest.raises(IntakeStopped, match="not started"):
            engine.submit(order())
        await engine.stop()

    run(test())


def test_marks_are_left_with_a_later_group_and_at_the_stop() -> None:
    """Each is the digest of every event so far."""

    async def test() -> None:
        journal = MemoryJournal()
        engine = engine_over(journal)
        await engine.start()
        commands = traffic(2 * MARK_EVERY)
        outcome, expected = GENESIS, []
        for receipt in await engine.submit_all(commands[: MARK_EVERY + 5]):
            outcome = fold(outcome, receipt.events)
            expected += [Mark(receipt.seq, outcome)] if receipt.seq == MARK_EVERY else []
        assert () == journal.marks(1)
        for command in commands[MARK_EVERY + 5 :]:
            outcome = fold(outcome, (await engine.submit(command)).events)
        assert tuple(expected) == journal.marks(1)
        await engine.stop()
        assert (*expected, Mark(2 * MARK_EVERY, outcome)) == journal.marks(1)

    run(test())


def test_a_disk_that_fails_at_the_stop_loses_no_answer() -> None:
    """The marks are not written; everything that was answered is."""

    async def test() -> None:
        engine, gated = await founded()
        gated.open()
        await engine.submit_all(traffic(MARK_EVERY)[len(FOUNDING) :])
        gated.failure = Full("no room left")
        gated.open()
        await engine.stop()
        assert (MARK_EVERY, ()) == (gated.inner.head, gated.inner.marks(1))

    run(test())


def test_a_stop_forgets_what_is_due_later() -> None:
    """The next start will see to it."""

    async def test() -> None:
        clock = ManualClock()
        engine, gated = await founded(clock)
        gated.open()
        terms = {"time_in_force": TimeInForce.GTD, "expire_ns": clock.now_ns() + 5_000}
        await engine.submit(order(**terms))
        await turn()
        await engine.stop()
        clock.advance(10_000)
        again = engine_over(gated.inner, clock, exchange=engine._exchange)
        await again.start()
        expired = await again.feed.subscribe().next()
        assert [OrderExpired] == [type(e) for e in expired.events if type(e) is OrderExpired]
        await again.stop()

    run(test())


def test_the_systems_clock_tells_the_time() -> None:
    """The time is in nanoseconds since 1970."""
    assert abs(time.time() - SystemClock().now_ns() / 1e9) < 60


def test_a_writer_that_was_taken_over_stops(journal: Any) -> None:
    """The next append after any takeover fails."""

    async def test() -> None:
        engine = engine_over(journal)
        await engine.start()
        await engine.submit_all(FOUNDING)
        journal.fence(writer(2, len(FOUNDING) + 1))
        journal._epoch = 1
        with pytest.raises(IntakeStopped, match="taken over"):
            await engine.submit(order(BOB))
        assert len(FOUNDING) == journal.head
        await engine.stop()

    run(test())


def test_every_command_has_the_type_replay_gives_it() -> None:
    """A plain number where an enumeration belongs is made one before anyone can see it."""

    async def test() -> None:
        engine = engine_over(MemoryJournal())
        await engine.start()
        await engine.submit_all(FOUNDING)
        receipt = await engine.submit(order(side=1, ord_type=2, time_in_force=1))
        accepted = receipt.events[0]
        assert isinstance(accepted, OrderAccepted)
        assert type(accepted.order.terms.side) is type(order().terms.side)
        await engine.stop()

    run(test())


def test_due_timers_can_be_waited_for() -> None:
    """With a clock that stands still, timers fire when it is moved, before the move returns."""

    async def test() -> None:
        clock = ExchangeClock()
        clock.freeze()
        engine, gated = await founded(clock)
        gated.open(100)
        for hours in (3, 1, 2):
            expire_ns = clock.now_ns() + hours * 3_600_000_000_000
            await engine.submit(order(time_in_force=TimeInForce.GTD, expire_ns=expire_ns))
        await engine.until_done()
        assert engine.open_orders == 3
        clock.set(engine.next_due_ns())
        await engine.until_done()
        assert (engine.open_orders, engine.ts_ns) == (2, clock.now_ns())
        clock.set(clock.now_ns() + 7_200_000_000_000)
        await engine.until_done()
        assert (engine.open_orders, engine.next_due_ns()) == (0, 0)
        await engine.stop()

    run(test())


def test_commands_are_turned_away_once_those_before_are_settled() -> None:
    """A later release takes commands again, unless the intake closed for another reason."""

    async def test() -> None:
        clock = ManualClock()
        engine, gated = await founded(clock)
        expire_ns = clock.now_ns() + 3_600_000_000_000
        before = engine.submit(order(time_in_force=TimeInForce.GTD, expire_ns=expire_ns))
        ending = await spawn(engine.turn_away("it ends"))
        with pytest.raises(IntakeStopped, match="it ends"):
            engine.submit(order())
        assert not ending.done()
        gated.open(100)
        await ending
        assert before.done()
        engine.take_again("another reason")
        with pytest.raises(IntakeStopped, match="it ends"):
            engine.submit(order())
        clock.advance(3_600_000_000_000)
        with pytest.raises(IntakeStopped, match="it ends"):
            await engine.until_done()
        engine.take_again("it ends")
        await engine.submit(order())
        assert engine.open_orders == 1
        await engine.stop()

    run(test())
