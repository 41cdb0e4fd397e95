"""The journal by itself: durable appends, and how fast a history becomes an exchange again."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from msgspec import Struct

from bench.core import Market
from countermand.core.exchange import RULES_VERSION
from countermand.engine.chain import encode_entry
from countermand.engine.ports import Writer
from countermand.engine.replay import recover
from countermand.engine.sqlite import SqliteJournal
from countermand.vocabulary.commands import CancelOrder, Command, Entry
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import InstrumentKind

GROUP = 64


class Figures(Struct):
    """Entries per second."""

    single_per_s: float
    grouped_per_s: float
    replayed_per_s: float


def measure(singles: int = 3_000, orders: int = 100_000) -> Figures:
    """Append a history of places and cancels on this disk, then recover from it."""
    history = _history(orders)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        journal = SqliteJournal(Path(name))
        journal.fence(Writer(journal.epoch + 1, 1, RULES_VERSION, "bench", 0))
        single_s = _append(journal, history[:singles], 1)
        grouped_s = _append(journal, history[singles:], GROUP)
        journal.close()
        journal = SqliteJournal(Path(name))
        started = time.perf_counter()
        recover(journal)
        replay_s = time.perf_counter() - started
        journal.close()
    count = len(history)
    return Figures(singles / single_s, (count - singles) / grouped_s, count / replay_s)


def _history(orders: int) -> list[Entry]:
    market = Market(InstrumentKind.PERPETUAL)
    commands: list[Command] = list(market.setup)
    for order in market.resting(orders):
        commands.append(order)
        # The order's id is its entry's number, which the list's length is now.
        commands.append(CancelOrder(order.account_id, OrderId(len(commands))))
    return [Entry(i, i * 1_000, command) for i, command in enumerate(commands, 1)]


def _append(journal: SqliteJournal, entries: list[Entry], group: int) -> float:
    started = time.perf_counter()
    for at in range(0, len(entries), group):
        payloads = [encode_entry(entry) for entry in entries[at : at + group]]
        journal.append(entries[at].seq - 1, payloads)
    return time.perf_counter() - started
