"""The exchange: the one door to the core. Same entries, same events, same digest, for ever."""

from hashlib import sha256
from typing import Any

from countermand.core import image, invariants
from countermand.core.decide import consequences, decide
from countermand.core.evolve import evolve
from countermand.core.state import State
from countermand.core.views import view
from countermand.vocabulary.commands import (
    Command,
    Entry,
    MassCancel,
    ReplaceOrder,
    SettleInstrument,
    WithdrawFunds,
)
from countermand.vocabulary.events import (
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderRejected,
    OrderReplaced,
)
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport

# Raised whenever the same entries would bring about other events. Journals name the version that
# wrote them, and a journal of other rules is not replayed.
RULES_VERSION = 3


# Commands of which a single event can bring about others.
_ALONE = frozenset({WithdrawFunds, ReplaceOrder})

# The first event of a command that took effect on one order tells which.
_OF_ONE_ORDER = frozenset({OrderAccepted, OrderCanceled, OrderReplaced, OrderRejected})


class Exchange:
    """
    A state and the two things one can do with it: apply an entry, ask a query.

    An AssertionError out of `apply` is a bug: the exchange must not be used again.
    """

    def __init__(self, state: State | None = None) -> None:
        self._state = state or State()

    @property
    def seq(self) -> int:
        """The number of the last applied entry, 0 before the first."""
        return self._state.seq

    @property
    def ts_ns(self) -> int:
        """The time of the last applied entry."""
        return self._state.ts_ns

    @property
    def open_count(self) -> int:
        """How many orders are open."""
        return sum(len(account.open_orders) for account in self._state.accounts.values())

    def apply(self, entry: Entry) -> Receipt:
        """
        Advance by the entry and return what to answer whoever asked for it.

        Raises: as `advance`.
        """
        events = self.advance(entry)
        subjects = self._subjects(entry.command, events)
        return Receipt(entry.seq, entry.ts_ns, tuple(events), subjects)

    def advance(self, entry: Entry) -> list[Event]:
        """
        Decide what follows from the entry, make it true, and return it.

        Raises: AssertionError when the entry is not the next one, or time does not advance.
        """
        state, seq, ts_ns = self._state, entry.seq, entry.ts_ns
        assert seq == state.seq + 1, f"entry {seq} after {state.seq}"
        assert ts_ns > state.ts_ns, f"entry {seq} goes back in time"
        events = decide(state, seq, ts_ns, entry.command)
        state.seq, state.ts_ns = seq, ts_ns
        for event in events:
            evolve(state, event)
        batch = events
        while len(events) > 1 or type(entry.command) in _ALONE or state.all_or_none:
            if not (batch := consequences(state, batch, events)):
                break
            for event in batch:
                evolve(state, event)
            events += batch
        return events

    def _subjects(self, command: Command, events: list[Event]) -> tuple[OrderReport, ...]:
        # The orders the command was about, not those it met on its way, as they are at its end.
        kind, first = type(command), events[0]
        if kind is MassCancel or kind is SettleInstrument:
            return tuple([event.order for event in events if type(event) is OrderCanceled])
        if type(first) not in _OF_ONE_ORDER or not first.orders:
            return ()
        order_id = first.orders[0].order_id
        each = [now for event in events for now in event.orders if now.order_id == order_id]
        return (each[-1],)

    def query(self, query: Any) -> Any:
        """
        Return the answer to a query, as its docstring says. Raises KeyError for what is no query.
        """
        return view(self._state, query)

    def next_due_ns(self) -> int:
        """Return when `AdvanceTime` will next have something to do, 0 when never."""
        return self._state.timers.next_ns()

    def dump(self) -> bytes:
        """Return the whole state as bytes; equal states give equal bytes."""
        return image.dump(self._state)

    @classmethod
    def load(cls, data: bytes) -> "Exchange":
        """Return the exchange that `dump` wrote. Raises msgspec.DecodeError for other bytes."""
        return cls(image.load(data))

    def digest(self) -> bytes:
        """Return the SHA-256 of `dump`, in time that grows with the state."""
        return sha256(self.dump()).digest()

    def check_invariants(self) -> None:
        """Check everything that must be true. Raises AssertionError naming what is not."""
        invariants.check_invariants(self._state)
