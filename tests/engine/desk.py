"""
A desk to test the engine from: a small exchange, random traffic, journals that misbehave, crashes.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.core.build import ALICE, BOB, BTC, CAROL, USDC, instrument, new_order, perpetual

from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine import high_water
from countermand.engine.chain import GENESIS, decode_entry, encode_entry
from countermand.engine.clock import ManualClock
from countermand.engine.errors import Full
from countermand.engine.high_water import Level
from countermand.engine.intake import Limits
from countermand.engine.memory import MemoryJournal
from countermand.engine.ports import Clock, Journal, Mark, Writer
from countermand.engine.sequencer import Engine
from countermand.engine.snapshot import SnapshotDirectory
from countermand.vocabulary.commands import (
    CancelOrder,
    Command,
    DepositFunds,
    Entry,
    ListInstrument,
    MassCancel,
    NewOrder,
    OpenAccount,
    RegisterAsset,
)
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import OrdType, Side

TRADERS = (ALICE, BOB, CAROL)
START_NS = 1_700_000_000_000_000_000

FOUNDING: list[Command] = [
    RegisterAsset("acme", "USDC", 6),
    RegisterAsset("acme", "BTC", 8),
    ListInstrument(instrument()),
    ListInstrument(perpetual()),
    *[OpenAccount("acme", "owner", name) for name in ("alice", "bob", "carol")],
    *[DepositFunds(account, asset, 10**12) for account in TRADERS for asset in (USDC, BTC)],
]


def order(account: AccountId = ALICE, price: int = 90, **more: Any) -> NewOrder:
    """Return a limit order to buy one lot, unless told otherwise."""
    settings: dict[str, Any] = {"side": Side.BUY, "qty": 1, "ord_type": OrdType.LIMIT}
    return new_order(account, price=price, **(settings | more))


def cancel(order_id: int, account: AccountId = ALICE) -> CancelOrder:
    """Return a cancel by id."""
    return CancelOrder(account, OrderId(order_id))


def traffic(count: int, seed: int = 1) -> list[Command]:
    """Return random orders and cancels that meet each other, after the founding."""
    rng = random.Random(seed)
    commands = list(FOUNDING)
    while len(commands) < count:
        account = rng.choice(TRADERS)
        roll = rng.random()
        if roll < 0.7:
            side = rng.choice((Side.BUY, Side.SELL))
            qty = 1 + rng.randrange(5)
            commands.append(order(account, 95 + rng.randrange(10), side=side, order_qty_lots=qty))
        elif roll < 0.99:
            commands.append(cancel(len(commands) - rng.randrange(20), account))
        else:
            commands.append(MassCancel(account))
    return commands[:count]


def entries(count: int, seed: int = 1) -> list[Entry]:
    """Return random traffic as journaled, one entry a microsecond."""
    return [Entry(i + 1, START_NS + i * 1000, c) for i, c in enumerate(traffic(count, seed))]


def state_after(of: Sequence[Entry]) -> bytes:
    """Return the digest of an exchange that applied the entries and never stopped."""
    exchange = Exchange()
    for entry in of:
        exchange.apply(entry)
    return exchange.digest()


def writer(epoch: int = 1, first_seq: int = 1, rules: int = RULES_VERSION) -> Writer:
    """Return a writer."""
    return Writer(epoch, first_seq, rules, "1.0-test", START_NS)


def payloads(of: Sequence[Entry]) -> list[bytes]:
    """Return the entries as a journal keeps them."""
    return [encode_entry(entry) for entry in of]


def fill(journal: Journal, of: Sequence[Entry], group: int = 1) -> None:
    """Append entries in groups, by a writer of their own."""
    journal.fence(writer(journal.epoch + 1, journal.head + 1))
    for at in range(0, len(of), group):
        journal.append(journal.head, payloads(of[at : at + group]))


def crash(source: Path, target: Path) -> Path:
    """Copy a directory's journal as a power failure would leave it, however it is held open."""
    target.mkdir()
    # The history and the mark first: written behind the journal, they are never ahead of it.
    behind = (*source.glob("history.sqlite*"), source / high_water.FILE_NAME)
    for path in (*behind, *source.glob("journal.sqlite*")):
        # The shared memory does not survive a power failure.
        if not path.name.endswith("-shm"):
            shutil.copyfile(path, target / path.name)
    if (source / "snapshots").is_dir():
        shutil.copytree(source / "snapshots", target / "snapshots")
    return target


def caught_up(directory: Path, head: int) -> None:
    """Return once the mark says that the journal reached `head`."""
    for _ in range(1000):
        if high_water.read(directory).head == head:
            return
        time.sleep(0.01)
    raise AssertionError("the mark never caught up")


def lag(directory: Path) -> Path:
    """Put a directory's high-water mark where it was before anything was written; return it."""
    high_water.make(directory, Level(reserved=high_water.RESERVE, is_clean=False))
    return directory


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Flip one bit of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)


def engine_over(
    journal: Journal,
    clock: Clock | None = None,
    *,
    exchange: Exchange | None = None,
    limits: Limits | None = None,
    snapshots: SnapshotDirectory | None = None,
    on_fatal: Callable[[], None] = lambda: None,
) -> Engine:
    """Return an engine over a journal, not yet started."""
    if not journal.epoch:
        journal.fence(writer())
    return Engine(
        journal,
        exchange or Exchange(),
        clock or ManualClock(),
        on_fatal,
        outcome=GENESIS,
        limits=limits,
        snapshots=snapshots,
    )


def run(test: Coroutine[Any, Any, None]) -> None:
    """Run a test's coroutine; nothing it waits for may take longer than ten seconds."""
    asyncio.run(asyncio.wait_for(test, 10))


class GatedJournal:
    """A journal whose appends wait until they are let through, or made to fail, one by one."""

    def __init__(self, inner: Journal | None = None) -> None:
        self.inner: Journal = inner or MemoryJournal()
        self.groups: list[list[Command]] = []
        self.failure: Exception | None = None
        self.resumed: Callable[[], None] = lambda: None
        self.full_times = 0
        self.arrived = threading.Semaphore(0)
        self.gate = threading.Semaphore(0)

    def append(
        self, expected_head: int, payloads: Sequence[bytes], marks: Sequence[Mark] = ()
    ) -> None:
        """Wait at the gate, then append or fail."""
        self.groups.append([decode_entry(payload).command for payload in payloads])
        self.arrived.release()
        assert self.gate.acquire(timeout=10)
        if self.failure is not None:
            raise self.failure
        self.inner.append(expected_head, payloads, marks)

    def resume(self) -> None:
        """Be full for so many times more, then do what was asked for."""
        if self.full_times:
            self.full_times -= 1
            raise Full("no room left")
        self.resumed()

    async def group_arrived(self) -> None:
        """Return once another group waits at the gate."""
        assert await asyncio.to_thread(self.arrived.acquire, timeout=10)

    def open(self, groups: int = 1) -> None:
        """Let groups through."""
        self.gate.release(groups)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def prefixes(of: Sequence[Entry]) -> Iterator[tuple[int, bytes]]:
    """Yield the digest after every entry, and before the first."""
    exchange = Exchange()
    yield 0, exchange.digest()
    for entry in of:
        exchange.apply(entry)
        yield entry.seq, exchange.digest()
