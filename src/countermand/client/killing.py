"""
Killing: canceling until a venue is proven empty, while others may still place.

    orders under way? ─► list ─► cancel what is there ─┐
      ▲                    └ nothing ─► quiet? ─ not yet ─┤
      └──────────────────────────────────────────────────┘
                                          └ for long enough, at least twice in a row ─► Killed

A read that shows nothing counts only if no client of the ledger had an order under way before it.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from countermand.client import reading
from countermand.client.acts import Consult, Now, Sleep, Talk
from countermand.client.blocking import TRADING
from countermand.client.deadline import MS, Backoff, S
from countermand.client.errors import Unanswered
from countermand.client.outcome import Outcome
from countermand.client.own import NO_NAMES, Names, is_own, names_of
from countermand.client.people import Order, id_text, order_of
from countermand.client.records import GONE, LISTED, Intent
from countermand.client.session import Session
from countermand.client.stops import protective
from countermand.client.sweeping import AT_ONCE, Scope, Sweeping
from countermand.client.trace import Trace
from countermand.vocabulary.reports import OrderReport

# While it is quiet, open orders are read at least so often.
LOOK_NS = 250 * MS

_TWICE = 2


class Plan(Struct, frozen=True):
    """
    Which orders to kill, and how long none may come.

    Shape:  `is_mine` for those that clients of the ledger placed, and no others; `keeps_protective`
            spares stops and what ends with one. `quiet_ns` is how long open orders are read as
            empty before it is proven.
    Units:  nanoseconds.
    """

    is_mine: bool = False
    keeps_protective: bool = False
    quiet_ns: int = 2 * S

    @property
    def is_whole(self) -> bool:
        """Whether every order of the account is meant."""
        return not (self.is_mine or self.keeps_protective)


class State(StrEnum):
    """How far a venue is proven empty."""

    EMPTY = "empty"
    OTHERS_PLACE = "others still place"
    UNDER_WAY = "an order is under way"
    UNPROVEN = "not proven"


class Killed(Struct, frozen=True):
    """
    The result of a kill at one venue.

    Shape:  `outcomes` are those of the orders that were canceled; `spared` the open orders that
            were to be left, as they were last listed; `came` how many others placed meanwhile, as
            far as this ledger tells; `doubtful` how many orders clients of the ledger sent of which
            it is not known whether they came; `text` says why it is not empty.
    Units:  `took_ns` nanoseconds from the first question to the last answer.
    """

    state: State
    outcomes: tuple[Outcome, ...]
    spared: tuple[Order, ...]
    came: int
    doubtful: int
    text: str
    took_ns: int

    @property
    def is_empty(self) -> bool:
        """Whether it is proven that nothing that was meant is open."""
        return self.state is State.EMPTY


class Found(Struct, frozen=True):
    """The open orders that a kill would cancel, and those that it would spare."""

    meant: tuple[Order, ...]
    spared: tuple[Order, ...]


class Killing:
    """One kill at one venue. `before` are earlier kills that were interrupted."""

    def __init__(self, session: Session, plan: Plan, trace: Trace, before: list[Intent]) -> None:
        self._session, self._plan, self._trace = session, plan, trace
        gone = frozenset(text for intent in before for text in intent.orders(GONE))
        self._sweeping = Sweeping(session, Scope(), trace, gone)
        # The orders that an earlier kill found, and whose outcomes it did not learn.
        self._left = {
            text: intent.ts_ns
            for intent in before
            for text in intent.orders(LISTED)
            if text not in gone
        }
        self._names, self._names_are_final = NO_NAMES, not plan.is_mine
        self._spared: tuple[OrderReport, ...] = ()
        self._seen: dict[str, OrderReport] | None = None
        self._came: dict[str, OrderReport] = {}
        self._empty = self._empty_since_ns = 0

    def run(self, deadline_ns: int) -> Talk[Killed]:
        """Cancel until it is proven empty, or until the deadline."""
        since_ns = now_ns = yield Now()
        most_ns = min(LOOK_NS, max(self._plan.quiet_ns // 4, MS))
        look = Backoff(self._session.patience.read_first_ns, most_ns)
        while True:
            under_way = yield from self._under_way()
            listed, _, why = yield from reading.open_orders(self._session, self._trace)
            found = None if listed is None else (yield from self._meant(listed, under_way))
            now_ns = yield Now()
            proven = self._is_proven(found, under_way, now_ns)
            if proven or now_ns >= deadline_ns:
                ended = State.EMPTY, ""
                if not proven:
                    ended = self._why_not(found, under_way, why, (yield from self._others()))
                return (yield from self._killed(*ended, now_ns - since_ns))
            if fresh := self._fresh(found or []):
                is_many = len(fresh) > AT_ONCE or not self._sweeping.outcomes
                at_once = self._plan.is_whole and is_many
                yield from self._sweeping.cancel(fresh, deadline_ns, at_once=at_once)
                look.tried = 0
            elif found is not None and self._left:
                yield from self._sweeping.settle(self._left, deadline_ns)
                self._left = {}
            else:
                yield Sleep(min(now_ns + look.next_ns(), deadline_ns))

    def look(self) -> Talk[Found]:
        """Return what there is to kill. Raises Unanswered."""
        listed, _, why = yield from reading.open_orders(self._session, self._trace)
        if listed is None:
            raise Unanswered(why)
        meant = yield from self._meant(listed, [])
        told = [
            tuple(order_of(self._session, one) for one in part) for part in (meant, self._spared)
        ]
        return Found(*told)

    def _under_way(self) -> Talk[list[Intent]]:
        found: list[Intent] = yield Consult(lambda keeper: keeper.under_way())
        return [intent for intent in found if is_own(self._session, intent)]

    def _meant(
        self, listed: tuple[OrderReport, ...], under_way: list[Intent]
    ) -> Talk[list[OrderReport]]:
        if not self._names_are_final:
            # Nothing is placed since the block: no name is added once nothing is under way.
            self._names = yield from self._read_names()
            self._names_are_final = not under_way
        kept = protective(listed) if self._plan.keeps_protective else ()
        self._spared = tuple(one for one in listed if one in kept or self._is_anothers(one))
        return [report for report in listed if report not in self._spared]

    def _is_anothers(self, report: OrderReport) -> bool:
        return self._plan.is_mine and not self._names.has(self._session, report)

    def _read_names(self) -> Talk[Names]:
        intents: list[Intent] = yield Consult(lambda keeper: keeper.intents())
        return names_of(self._session, intents)

    def _is_proven(
        self, found: list[OrderReport] | None, under_way: list[Intent], now_ns: int
    ) -> bool:
        if found is not None:
            self._note_new(found)
        if found is None or found or under_way:
            self._empty = 0
            return False
        self._empty += 1
        if self._empty == 1:
            self._empty_since_ns = now_ns
        return self._empty >= _TWICE and now_ns - self._empty_since_ns >= self._plan.quiet_ns

    def _note_new(self, found: list[OrderReport]) -> None:
        # The orders of the first list were placed before the kill.
        told = {id_text(self._session, report): report for report in found}
        if self._seen is not None:
            self._came |= {text: one for text, one in told.items() if text not in self._seen}
        self._seen = (self._seen or {}) | told

    def _fresh(self, found: list[OrderReport]) -> list[OrderReport]:
        # A settled order is not canceled again, though a list may still show it.
        settled = {outcome.order_id for outcome in self._sweeping.outcomes}
        return [one for one in found if id_text(self._session, one) not in settled]

    def _why_not(
        self, found: list[OrderReport] | None, under_way: list[Intent], why: str, others: int
    ) -> tuple[State, str]:
        if found is None:
            return State.UNPROVEN, why
        if under_way:
            return State.UNDER_WAY, _named(under_way)
        if others:
            return State.OTHERS_PLACE, f"{others} orders came meanwhile"
        if found:
            return State.UNPROVEN, "orders were still open at the end"
        return State.UNPROVEN, "not read as empty for long enough before the deadline"

    def _killed(self, state: State, text: str, took_ns: int) -> Talk[Killed]:
        others = yield from self._others()
        opened: list[Intent] = yield Consult(lambda keeper: keeper.open_intents())
        doubtful = sum(
            one.wanted.get("verb") in TRADING and is_own(self._session, one) for one in opened
        )
        spared = tuple(order_of(self._session, report) for report in self._spared)
        return Killed(state, self._sweeping.outcomes, spared, others, doubtful, text, took_ns)

    def _others(self) -> Talk[int]:
        # A cancel of all may meet some that were never listed.
        met = [one for one in self._sweeping.outcomes if one.order_id not in (self._seen or {})]
        if not self._came and not met:
            return 0
        names = yield from self._read_names()
        others = [one for one in self._came.values() if not names.has(self._session, one)]
        return len(others) + sum(not names.texts & {o.order_id, o.cl_ord_id} for o in met)


def _named(under_way: list[Intent]) -> str:
    told = [f"{one.intent_id} of process {one.wanted.get('pid')}" for one in under_way]
    return f"no outcome yet of intent {', '.join(told)}"
