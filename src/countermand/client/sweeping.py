"""
Canceling many orders: each to its own outcome, and all until none is open.

    list ─► mass cancel, where the venue has one ─► settle each ─► list, until it is empty twice
              └ else a cancel each                                  └ what came meanwhile is next
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, structs

from countermand.client import reading, reasons, verdict
from countermand.client.acts import Now, Progress, Sleep, Talk, Together
from countermand.client.asking import Denied, Told, ask
from countermand.client.canceling import Cancel, Target
from countermand.client.deadline import Backoff
from countermand.client.outcome import Canceled, Closed, Filled, NotFound, Outcome
from countermand.client.people import id_text, order_text
from countermand.client.records import GONE, LISTED
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.commands import MassCancel
from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged

# A sweep begins anew at most so often, for orders that were placed meanwhile.
ROUNDS_MAX = 5
# The number of orders that are settled at once.
AT_ONCE = 10
# The number of reads in a row that must find no open order: a list can lag behind.
EMPTY_READS = 2

# After these an order can trade no more.
_GONE = (Canceled, Filled, Closed, NotFound)


class Scope(Struct, frozen=True):
    """Which open orders; None means any."""

    instrument_id: InstrumentId | None = None
    side: Side | None = None

    def has(self, report: OrderReport) -> bool:
        """Whether an order is meant."""
        is_market = self.instrument_id in (None, report.instrument_id)
        return is_market and self.side in (None, report.terms.side)


class Sweep(Struct, frozen=True):
    """
    The outcomes of the orders that were open.

    `is_empty` when open orders were read twice in a row and none was there; `text` says why not.
    """

    outcomes: tuple[Outcome, ...]
    is_empty: bool
    text: str = ""


class Sweeping:
    """A cancel of all that is in scope; those that are `gone` are read before they are canceled."""

    def __init__(
        self, session: Session, scope: Scope, trace: Trace, gone: frozenset[str] = frozenset()
    ) -> None:
        self._session, self._scope, self._trace, self._gone = session, scope, trace, gone
        self._outcomes: dict[str, Outcome] = {}

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcome of each order so far."""
        return tuple(self._outcomes.values())

    def run(self, deadline_ns: int) -> Talk[Sweep]:
        """Cancel until nothing is open, or until the deadline."""
        look = Backoff(self._session.patience.read_first_ns, self._session.patience.read_most_ns)
        rounds = empty = 0
        text = ""
        while empty < EMPTY_READS:
            listed, witness, text = yield from reading.open_orders(self._session, self._trace)
            found = [report for report in listed or () if self._scope.has(report)]
            now_ns = yield Now()
            if listed is None and witness.reason in reasons.OF_THE_KEY:
                break
            if now_ns >= deadline_ns or (found and rounds >= ROUNDS_MAX):
                break
            if found:
                rounds, empty = rounds + 1, 0
                yield from self.cancel(found, deadline_ns, at_once=rounds == 1)
                continue
            empty = empty + 1 if listed is not None else 0
            if empty < EMPTY_READS:
                yield Sleep(min(now_ns + look.next_ns(), deadline_ns))
        is_empty = empty >= EMPTY_READS
        why = "" if is_empty else text or "orders were still open at the end"
        return Sweep(self.outcomes, is_empty, why)

    def cancel(self, found: list[OrderReport], deadline_ns: int, *, at_once: bool) -> Talk[None]:
        """Cancel the orders that were found, with one request if `at_once`, and settle each."""
        now_ns = yield Now()
        targets = {self._name(report): _target(report, now_ns) for report in found}
        for text, target in targets.items():
            target.text = text
        # After a crash these orders are known, so that no later one is touched.
        yield from self._trace.note(LISTED, {"orders": list(targets)}, must_last=True)
        was_told = False
        if at_once:
            was_told = yield from self._mass_cancel(found, targets, now_ns)
            yield from self._note_gone(self.outcomes)
        yield from self._settle(targets, deadline_ns, was_told=was_told)

    def settle(self, orders: dict[str, int], deadline_ns: int) -> Talk[None]:
        """
        Find out what became of orders that are listed no more, by the venue's text, each with a
        time at which it was there; one that is open after all is canceled.
        """
        session, targets = self._session, dict[str, Target]()
        for text, since_ns in orders.items():
            found = session.end.find(text, session.context(0))
            query = structs.replace(found, account_id=session.account_id)
            is_exact = bool(query.order_id or query.cl_ord_id)
            targets[text] = Target(text, query, since_ns, is_exact=is_exact)
        self._gone |= targets.keys()
        yield from self._settle(targets, deadline_ns, was_told=True)

    def _settle(
        self, targets: dict[str, Target], deadline_ns: int, *, was_told: bool
    ) -> Talk[None]:
        left = [target for text, target in targets.items() if text not in self._outcomes]
        for start in range(0, len(left), AT_ONCE):
            part = left[start : start + AT_ONCE]
            talks = [self._one(target, deadline_ns, was_told=was_told) for target in part]
            outcomes: list[Outcome] = yield Together(tuple(talks))
            self._outcomes |= {outcome.order_id: outcome for outcome in outcomes}
            yield from self._note_gone(outcomes)
            done = len(self._outcomes)
            yield Progress(done, done + len(left) - start - len(part))

    def _note_gone(self, outcomes: Iterable[Outcome]) -> Talk[None]:
        # After a crash the proven ones are known, so that they are not canceled again.
        gone = {one.order_id: one.name for one in outcomes if isinstance(one, _GONE)}
        if gone:
            yield from self._trace.note(GONE, {"orders": gone}, must_last=True)

    def _one(self, target: Target, deadline_ns: int, *, was_told: bool) -> Talk[Outcome]:
        trace = Trace(self._trace.intent_id)
        looks_first = target.text in self._gone
        cancel = Cancel(self._session, target, trace, is_resumed=was_told, looks_first=looks_first)
        return (yield from cancel.run(deadline_ns))

    def _mass_cancel(
        self, found: list[OrderReport], targets: dict[str, Target], now_ns: int
    ) -> Talk[bool]:
        # Return whether the venue may have carried out the mass cancel by now.
        was_told = False
        for command in self._commands(found):
            try:
                result = yield from ask(self._session, Operation.MASS_CANCEL, command, self._trace)
            except NotExpressible:
                return was_told
            was_told |= not (isinstance(result, Denied) and result.is_undone)
            if isinstance(result, Told):
                self._told(result, targets, now_ns)
        return was_told

    def _told(self, result: Told, targets: dict[str, Target], now_ns: int) -> None:
        # The answer shows the orders as they are, or names those it was taken for.
        session, account_id = self._session, self._session.account_id
        if isinstance(result.report, Acknowledged):
            named = [GetOrder(account_id, one) for one in result.report.order_ids]
            named += [GetOrder(account_id, OrderId(0), one) for one in result.report.cl_ord_ids]
            for query in named:
                text = order_text(session, query)
                targets.setdefault(text, Target(text, query, now_ns))
            return
        for report in result.report:
            if verdict.is_over(report):
                outcome = verdict.of_report(session, report, self._trace, result.witness)
                self._outcomes[outcome.order_id] = outcome

    def _commands(self, found: list[OrderReport]) -> Iterable[MassCancel]:
        scope, account_id = self._scope, self._session.account_id
        one = None if scope.instrument_id is None else (scope.instrument_id,)
        whole = MassCancel(account_id, one, scope.side)
        if self._session.can_say(Operation.MASS_CANCEL, whole):
            return (whole,)
        markets = dict.fromkeys(report.instrument_id for report in found)
        each = [MassCancel(account_id, (market,), scope.side) for market in markets]
        return each if all(self._session.can_say(Operation.MASS_CANCEL, c) for c in each) else ()

    def _name(self, report: OrderReport) -> str:
        return id_text(self._session, report)


def _target(report: OrderReport, now_ns: int) -> Target:
    query = reading.query_of(report)
    return Target("", query, now_ns, report.instrument_id, seen=report, was_there=True)
