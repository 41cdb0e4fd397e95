"""
Falling due: what happens when its time has come, as a table by kind of timer.

One timer after the other, soonest first, then by kind and by number: what one brings about is true
before the next is looked at, so that nothing happens to what is no more.
"""

from collections.abc import Callable, Iterator

from countermand.core import arriving, canceling, pending, scheduled
from countermand.core.decide import decide
from countermand.core.decision import Reaction
from countermand.core.pictures import expired
from countermand.core.state import State
from countermand.core.timers import ACCEPTANCE, DEAD_MAN, EXPIRY, REQUEST, SLICE
from countermand.vocabulary.events import Event, OrderExpired, TimeAdvanced
from countermand.vocabulary.ids import AccountId, OrderId


def on_time(state: State, event: TimeAdvanced) -> Iterator[list[Event]]:
    """Let happen what was due by now."""
    last = None
    while (timer := state.timers.first()) and timer[0] <= state.ts_ns:
        assert timer != last, f"{timer} was due and nothing came of it"
        last = timer
        _, kind, number = timer
        yield from _DUE[kind](state, number)


def _expire(state: State, number: int) -> Iterator[list[Event]]:
    order = state.orders[OrderId(number)]
    yield [OrderExpired(expired(order.now, state.ts_ns))]


def _accept(state: State, number: int) -> Iterator[list[Event]]:
    yield arriving.let_go(state, state.orders[OrderId(number)])


def _slice(state: State, number: int) -> Iterator[list[Event]]:
    yield scheduled.slice_due(state, OrderId(number))


def _fire(state: State, number: int) -> Iterator[list[Event]]:
    yield canceling.dead_man(state, AccountId(number))


def _apply(state: State, number: int) -> Iterator[list[Event]]:
    # The command as if it came now; it says of itself that it waits no more.
    command = state.requests[number].command
    yield pending.let_due(state, number)
    yield decide(state, state.number, state.ts_ns, command).events


_DUE: dict[int, Callable[[State, int], Iterator[list[Event]]]] = {
    EXPIRY: _expire,
    ACCEPTANCE: _accept,
    REQUEST: _apply,
    SLICE: _slice,
    DEAD_MAN: _fire,
}

REACTIONS: dict[type, Reaction] = {TimeAdvanced: on_time}
