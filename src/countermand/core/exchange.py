"""The exchange: the one door to the core. Same entries, same events, same digest, for ever."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from countermand.core import image, invariants
from countermand.core.arriving import come_in
from countermand.core.audit import Auditor
from countermand.core.decide import DECIDERS
from countermand.core.decision import Decision
from countermand.core.evolve import EVOLVERS
from countermand.core.filing import pack
from countermand.core.history import History, Recent
from countermand.core.reactions import FREQUENT_REACTIONS, REACTIONS
from countermand.core.state import State
from countermand.core.views import view
from countermand.vocabulary.commands import Entry
from countermand.vocabulary.events import Event, OrderCanceled, TimeAdvanced
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport

# Raised whenever the same entries would bring about other events. Journals name the version that
# wrote them, and a journal of other rules is not replayed.
RULES_VERSION = 5

# Orders that are packed between two things that are done: a millisecond or two of work.
PACKED_AT_ONCE = 1000


class Exchange:
    """
    A state and the two things one can do with it: apply an entry, ask a query.

    What is over is recorded in `history`, which queries read and decisions do not.
    An AssertionError out of `apply` is a bug: the exchange must not be used again.
    """

    def __init__(self, state: State | None = None, history: History | None = None) -> None:
        self._state = state or State()
        self.history = Recent() if history is None else history

    @property
    def seq(self) -> int:
        """The number of the last applied entry, 0 before the first."""
        return self._state.seq

    @property
    def ts_ns(self) -> int:
        """The time of the last applied entry."""
        return self._state.ts_ns

    @property
    def number(self) -> int:
        """The number that the last entry gave out: its own, unless some were passed over."""
        return self._state.number

    @property
    def open_count(self) -> int:
        """How many orders are open."""
        return sum(len(account.open_orders) for account in self._state.accounts.values())

    def apply(self, entry: Entry) -> Receipt:
        """
        Advance by the entry and return the receipt of its command.

        Raises: as `advance`.
        """
        decided = self.advance(entry)
        events = decided.events
        return Receipt(entry.seq, entry.ts_ns, tuple(events), _pictures(events, decided.subjects))

    def advance(self, entry: Entry) -> Decision:
        """
        Decide what follows from the entry, make it true, and return it with all it brought about.

        Raises: AssertionError when the entry is not the next one, or time does not advance.
        """
        state, seq, ts_ns, command = self._state, entry.seq, entry.ts_ns, entry.command
        assert seq == state.seq + 1, f"entry {seq} after {state.seq}"
        assert ts_ns > state.ts_ns, f"entry {seq} goes back in time"
        decided = DECIDERS[type(command)](state, seq + state.passed, ts_ns, command)
        state.seq, state.ts_ns = seq, ts_ns
        events = decided.events
        if len(events) == 1:
            # Most that happens is one event, and most of those bring about nothing.
            event = events[0]
            kind = type(event)
            if EVOLVERS[kind](state, event) or kind in REACTIONS:
                self._follow_up((event,), events)
                if state.arriving:
                    self._let_come_in(events)
        elif (reacting := self._evolve(events)) or state.arriving:
            self._react(reacting or (), events)
        return decided

    def follow(self, receipt: Receipt) -> None:
        """
        Make true what another exchange that was as this one is did with its next entry.

        Raises: AssertionError when the receipt is not that of the next entry.
        """
        state = self._state
        assert receipt.seq == state.seq + 1, f"receipt {receipt.seq} after {state.seq}"
        state.seq, state.ts_ns = receipt.seq, receipt.ts_ns
        for event in receipt.events:
            EVOLVERS[type(event)](state, event)
        # Who came in has done so in the receipt.
        state.arriving.clear()

    def _evolve(self, batch: list[Event]) -> list[Event] | None:
        # Make a batch true and return those of it that may bring something about.
        state, reacting = self._state, None
        for event in batch:
            kind = type(event)
            if EVOLVERS[kind](state, event) or kind in REACTIONS:
                reacting = reacting or []
                reacting.append(event)
        return reacting

    def _react(self, reacting: Sequence[Event], events: list[Event]) -> None:
        # What follows, and then those who are on their way by then.
        self._follow_up(reacting, events)
        if self._state.arriving:
            self._let_come_in(events)

    def _let_come_in(self, events: list[Event]) -> None:
        # One after the other, each with what it brings about.
        arriving = self._state.arriving
        while arriving:
            batch = come_in(self._state, arriving.popleft())
            events += batch
            if more := self._evolve(batch):
                self._follow_up(more, events)

    def _follow_up(self, reacting: Sequence[Event], events: list[Event]) -> None:
        state = self._state
        for event in reacting:
            # What falls due is a moment of its own, over before the next one.
            kind = type(event)
            is_due = kind is TimeAdvanced
            for reaction in REACTIONS.get(kind) or FREQUENT_REACTIONS[kind]:
                for batch in reaction(state, event):
                    events += batch
                    more = self._evolve(batch) or ()
                    if is_due:
                        self._react(more, events)
                    elif more:
                        self._follow_up(more, events)

    def query(self, query: Any) -> Any:
        """
        Return the answer to a query, as its docstring says. Raises KeyError for what is no query.
        """
        self.settle(PACKED_AT_ONCE)
        return view(self._state, self.history, query)

    def settle(self, most: int | None = None) -> bool:
        """
        Hand the records of what has ended since over to the history, and pack `most` orders of it.

        No entry waits for it: what follows from one is the same before and after.
        Returns whether there is more to pack.
        """
        state = self._state
        if state.ended or state.filled:
            ended = [order.now for order in state.ended]
            self.history.add(state.seq, ended, state.filled)
            state.unpacked += state.ended
            state.ended, state.filled = [], []
        pack(state, most)
        return bool(state.unpacked)

    def next_due_ns(self) -> int:
        """Return when `AdvanceTime` will next have something to do, 0 when never."""
        return self._state.timers.next_ns()

    def dump(self) -> bytes:
        """Return the whole state as bytes; equal states give equal bytes."""
        self.settle()
        return image.dump(self._state)

    @classmethod
    def load(cls, data: bytes, history: History | None = None) -> "Exchange":
        """
        Return the exchange that `dump` wrote; the records of what is over are its history's.

        Raises: msgspec.DecodeError for other bytes.
        """
        return cls(image.load(data), history)

    def digest(self) -> bytes:
        """Return the SHA-256 of `dump`, in time that grows with the state."""
        return sha256(self.dump()).digest()

    def auditor(self, orders_max: int) -> Auditor:
        """Return who looks at so many open orders at a time, between entries."""
        return Auditor(self._state, orders_max)

    def check_invariants(self) -> None:
        """Check everything that must be true. Raises AssertionError naming what is not."""
        self.settle()
        invariants.check_invariants(self._state)


def _pictures(events: list[Event], subjects: tuple[OrderId, ...]) -> tuple[OrderReport, ...]:
    # The orders the command was about, as they are at its end: as their last events show them.
    if not subjects:
        return ()
    if len(events) == 1:
        event = events[0]
        return (event.order,) if type(event) is OrderCanceled else event.orders
    last = {now.order_id: now for event in events for now in event.orders}
    return tuple([last[order_id] for order_id in subjects])
