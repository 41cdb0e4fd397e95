"""
Memory: the lives of an exchange that keeps nothing. A founded one is made once for each world, and
loaded from then on.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from functools import partial
from pathlib import Path

from msgspec import Struct

from countermand import world as worlds
from countermand.app.generation import Clocks, Draw, Generation
from countermand.app.lives import OnFatal, unknown_name
from countermand.core.exchange import RULES_VERSION, Exchange
from countermand.engine.chain import GENESIS, as_journaled, encode_in_place, fold
from countermand.engine.copying import copy_entries
from countermand.engine.history import Archive
from countermand.engine.intake import Limits
from countermand.engine.memory import MemoryJournal
from countermand.engine.opening import app_version
from countermand.engine.ports import Kept, Mark, Writer
from countermand.engine.sequencer import MARK_EVERY, Engine
from countermand.vocabulary.commands import Entry
from countermand.vocabulary.events import InstructionRejected, OrderRejected
from countermand.world import World

# So many worlds are remembered founded.
FOUNDED_MAX = 8


class Saved(Struct, frozen=True):
    """
    An exchange as it was: its journal, its state, its history, and what its events had come to.

    Units: `since_ns` since the Unix epoch, the time of its first entry.
    """

    journal: MemoryJournal
    dump: bytes
    history: Archive
    outcome: bytes
    since_ns: int


class MemoryLives:
    """The lives of one exchange in memory, and those of its states that were saved by name."""

    def __init__(
        self, world: World, clocks: Clocks, on_fatal: OnFatal, limits: Limits | None = None
    ) -> None:
        self._world, self._clocks, self._on_fatal = world, clocks, on_fatal
        self._limits = limits
        self._saved: dict[str, Saved] = {}

    def first(self) -> Generation:
        """Return the life a server starts with. Raises: WorldError."""
        return self.anew(secrets.token_bytes)

    def anew(self, draw: Draw) -> Generation:
        """Return a life that begins with the founding. Raises: WorldError."""
        return self._of(founded(self._world, self._clocks.exchange.now_ns()), draw)

    def again(self, name: str, draw: Draw) -> Generation:
        """Return a life that goes on from a saved state. Raises: ControlError."""
        if name not in self._saved:
            raise unknown_name(name, self.saved())
        return self._of(self._saved[name], draw)

    def adopt(self, generation: Generation) -> None:
        """Do nothing: nothing outlives the process."""

    async def save(self, name: str, generation: Generation) -> None:
        """Save a life as it is now, in the place of what had the name."""
        engine, journal = generation.engine, generation.engine.journal
        assert isinstance(journal, MemoryJournal)  # noqa: S101  (it is of these lives)
        dump, outcome = engine.dump()
        since_ns = next(journal.read(1)).ts_ns
        history = engine.archive.copy()
        self._saved[name] = Saved(journal.copy(engine.seq), dump, history, outcome, since_ns)

    async def copy(self, generation: Generation, to: Path) -> None:
        """Write a life as it is now into an empty directory. Raises: JournalError."""
        engine = generation.engine
        await asyncio.to_thread(copy_entries, engine.journal, engine.seq, to)

    def saved(self) -> tuple[str, ...]:
        """Return the names of the saved states."""
        return tuple(sorted(self._saved))

    def _of(self, saved: Saved, draw: Draw) -> Generation:
        records = [(kept.name, kept.value) for kept in saved.journal.kept()]
        return Generation(self._world, records, self._clocks, partial(self._start, saved), draw)

    async def _start(self, saved: Saved) -> Engine:
        journal, clock = saved.journal.copy(saved.journal.head), self._clocks.exchange
        writer = (journal.epoch + 1, journal.head + 1, RULES_VERSION, app_version())
        journal.fence(Writer(*writer, clock.now_ns()))
        exchange = Exchange.load(saved.dump, saved.history.copy())
        engine = Engine(
            journal,
            exchange,
            clock,
            self._on_fatal,
            outcome=saved.outcome,
            limits=self._limits,
        )
        await engine.start()
        return engine


# By the identity of a world's parts, which are kept so that it stays theirs.
_founded: OrderedDict[tuple[tuple[str, int], ...], tuple[World, Saved]] = OrderedDict()


def founded(world: World, now_ns: int) -> Saved:
    """
    Return a founded exchange, made now or not long ago, and not later than now.

    Raises: WorldError for what the exchange refuses.
    """
    identity = tuple((name, id(part)) for name, part in world.items())
    _, saved = _founded.get(identity, (world, None))
    if saved is None or saved.since_ns > now_ns:
        saved = _found(world, now_ns)
        _founded[identity] = (world, saved)
        if len(_founded) > FOUNDED_MAX:
            _founded.popitem(last=False)
    return saved


def _found(world: World, now_ns: int) -> Saved:
    journal, history, outcome = MemoryJournal(), Archive(), GENESIS
    exchange = Exchange(history=history)
    journal.fence(Writer(1, 1, RULES_VERSION, app_version(), now_ns))
    journal.keep([Kept(*record) for record in worlds.changed({}, world)])
    for name, part in world.items():
        for command, place in worlds.founding(name, part, exchange.seq + 1):
            seq, ts_ns = exchange.seq + 1, now_ns + exchange.seq
            made, encoded = as_journaled(command)
            events = exchange.apply(Entry(seq, ts_ns, made)).events
            if isinstance(events[0], InstructionRejected | OrderRejected):
                raise place.refuse(events[0].reason.sentence)
            outcome = fold(outcome, events)
            marks = [Mark(seq, outcome)] if seq % MARK_EVERY == 0 else []
            journal.append(seq - 1, [encode_in_place(seq, ts_ns, encoded)], marks)
    exchange.settle()
    return Saved(journal, exchange.dump(), history, outcome, now_ns)
