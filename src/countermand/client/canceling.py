"""
Canceling one order, until what became of it is proven.

    cancel ─► what does the answer prove?  ─ that the order is over ───────────────► outcome
       ▲                                   └ nothing yet ─► read the order ─ over ─► outcome
       └──────── repeat, where that is safe ◄──── open ◄───────┘
                                                               └ deadline ─────────► Unknown

A cancel by a name that only one order can have is safe to repeat: a second one can take nothing
that the first was not meant for. Time that passes proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from countermand.client import reading, verdict
from countermand.client.acts import Now, Sleep, Talk
from countermand.client.asking import Denied, Doubt, Result, Told, Unsent, ask
from countermand.client.deadline import Backoff
from countermand.client.outcome import (
    NotFound,
    NotSent,
    Outcome,
    Refused,
    Unknown,
    Witness,
)
from countermand.client.people import told
from countermand.client.reading import Absent, Shown, Sight, Unlisted
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import NO_INSTRUMENT, InstrumentId, OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import CancelRefused, Forbidden, NotExpressible, Unauthorized
from countermand.wire.operation import Operation
from countermand.wire.proof import Proof
from countermand.wire.receipts import Acknowledged

# A cancel that was refused for what it says is tried so often.
_FAULTS_MAX = 3
# An order that is not among the open ones was looked for so often.
_LOOKS = 2


class Target(Struct):
    """
    The order that is to be canceled, and what is known of it.

    Shape:  `text` is what people call it; `query` finds it; `is_exact` when no other order can have
            the name it is canceled by; `seen` is the last report; `was_there` when the venue had it
            for certain.
    Units:  `since_ns` a time at which it existed, if it ever did, since the Unix epoch.
    """

    text: str
    query: GetOrder
    since_ns: int
    instrument_id: InstrumentId = NO_INSTRUMENT
    is_exact: bool = True
    seen: OrderReport | None = None
    was_there: bool = False


class Facts(Struct):
    """The state of a cancel after the attempts and reads so far."""

    attempts: int = 0
    in_doubt: bool = False  # one may have been executed, or may be yet
    is_taken: bool = False  # the venue took one
    refusals: int = 0  # so many were refused for reasons of the order
    faults: int = 0  # and so many for what they say
    why: str = ""
    state: tuple[OrdStatus, Witness] | None = None  # a refusal named the state that it is in
    is_over: bool = False  # a refusal said that it is over, and not how
    unknown: Witness | None = None  # the venue knew no such order to cancel
    denied: Denied | None = None  # the last refusal that says it was not executed
    unsent: Unsent | None = None
    unlisted: int = 0


class Cancel:
    """
    One cancel. `is_resumed` when an attempt was made before, and what came of it is unknown;
    `looks_first` when the order is read before anything is sent.
    """

    def __init__(
        self,
        session: Session,
        target: Target,
        trace: Trace,
        *,
        is_resumed: bool = False,
        looks_first: bool = False,
    ) -> None:
        self._session, self._target, self._trace = session, target, trace
        self._facts = Facts(in_doubt=is_resumed or looks_first)
        self._is_resumed, self._looks_first = is_resumed or looks_first, looks_first

    def run(self, deadline_ns: int) -> Talk[Outcome]:
        """
        Cancel the order and return what is proven of it.

        Raises: NotExpressible when the venue cannot be told which order, before anything is sent.
        """
        patience = self._session.patience
        again = Backoff(patience.repeat_first_ns, patience.repeat_most_ns)
        look = Backoff(patience.read_first_ns, patience.read_most_ns)
        attempt_ns = now_ns = yield Now()
        if self._looks_first:
            attempt_ns += patience.repeat_first_ns
        is_first = not self._is_resumed
        while True:
            if is_first or (now_ns >= attempt_ns and self._may_repeat()):
                outcome = yield from self._attempt()
                if outcome is not None:
                    return outcome
                now_ns = yield Now()
                attempt_ns = now_ns + again.next_ns()
                if self._facts.is_taken:
                    attempt_ns = max(attempt_ns, now_ns + patience.taken_ns)
            is_first = False
            outcome = yield from self._look()
            if outcome is not None:
                return outcome
            now_ns = yield Now()
            if now_ns >= deadline_ns:
                return self._at_deadline()
            now_ns = yield Sleep(min(now_ns + look.next_ns(), deadline_ns))

    def _may_repeat(self) -> bool:
        facts = self._facts
        if facts.state is not None or facts.attempts >= self._session.patience.attempts_max:
            return False
        return self._target.is_exact or not (facts.in_doubt or facts.is_taken)

    def _attempt(self) -> Talk[Outcome | None]:
        # Send the cancel once; an outcome where its answer proves one.
        facts = self._facts
        result = yield from self._send()
        facts.attempts += 1
        facts.unsent = result if isinstance(result, Unsent) else None
        if isinstance(result, Doubt):
            facts.in_doubt = True
        elif isinstance(result, Denied):
            return self._refused(result)
        elif isinstance(result, Told):
            return self._taken(result)
        return None

    def _send(self) -> Talk[Result]:
        # A venue may want the market beside the id, or have no words for it.
        refused: NotExpressible | None = None
        session = self._session
        for command in _spellings(self._target, market_first=session.says_market):
            try:
                result = yield from ask(session, Operation.CANCEL_ORDER, command, self._trace)
            except NotExpressible as error:
                refused = error
                continue
            session.says_market = bool(command.instrument_id)
            return result
        target = self._target
        if target.instrument_id or refused is None:
            raise refused or NotExpressible(f"a cancel of {target.text}")
        sight = yield from reading.read_order(self._session, target.query, self._trace)
        if isinstance(sight, Shown):
            self._saw(sight.report)
            return (yield from self._send())
        if isinstance(sight, Absent):
            return Denied(CancelRefused(reading.UNKNOWN), sight.witness)
        if (denied := _final(sight)) is not None:
            return denied
        return Unsent("the order could not be read, and its market is not known", sight.witness)

    def _taken(self, result: Told) -> Outcome | None:
        session, report = self._session, result.report
        if session.venue.proofs.of(Operation.CANCEL_ORDER) is Proof.DONE and verdict.is_over(
            report
        ):
            return verdict.of_report(session, report, self._trace, result.witness)
        self._facts.in_doubt = self._facts.is_taken = True
        if isinstance(report, Acknowledged) and not self._target.is_exact:
            self._target.query = _named(report, self._target.query)
            self._target.is_exact = True
        return None

    def _refused(self, result: Denied) -> Outcome | None:
        facts, error, proofs = self._facts, result.error, self._session.venue.proofs
        facts.why = str(error)
        if reading.is_unknown(error):
            facts.unknown = result.witness
        elif isinstance(error, CancelRefused):
            facts.refusals += 1
            status = error.ord_status if proofs.names_state else None
            if status is not None and not status.standing.is_open:
                facts.state = status, result.witness
            elif error.cxl_rej_reason is CxlRejReason.TOO_LATE_TO_CANCEL:
                facts.is_over = True
            elif error.cxl_rej_reason is CxlRejReason.ALREADY_PENDING:
                facts.in_doubt = True  # A cancel is on its way, this one's or another's.
            if not proofs.refusal_is_final:
                facts.in_doubt = True
        elif not result.is_undone:
            facts.in_doubt = True
        elif isinstance(error, Unauthorized | Forbidden) and not facts.in_doubt:
            return self._outcome(Refused, facts.why, result.witness)
        else:
            facts.denied = result
            facts.faults += not result.is_passing
        return None

    def _look(self) -> Talk[Outcome | None]:
        # Read the order once; an outcome where that proves one.
        facts, target = self._facts, self._target
        if facts.unsent is not None and not facts.in_doubt:
            return None  # Nothing was done, and what cannot be reached cannot be read.
        sight = yield from reading.read_order(self._session, target.query, self._trace)
        if isinstance(sight, Shown):
            self._saw(sight.report)
            if verdict.is_over(sight.report):
                return verdict.of_report(self._session, sight.report, self._trace, sight.witness)
        is_told = isinstance(sight, Shown) or _final(sight) is not None
        if is_told and facts.faults >= _FAULTS_MAX and self._is_undone():
            return self._outcome(Refused, facts.why, sight.witness)
        return self._missing(sight)

    def _is_undone(self) -> bool:
        # No attempt can have done anything, and none was too late.
        facts = self._facts
        return not (facts.in_doubt or facts.is_taken or facts.is_over) and facts.state is None

    def _missing(self, sight: Sight) -> Outcome | None:
        facts, proofs = self._facts, self._session.venue.proofs
        if not isinstance(sight, Absent | Unlisted) or not proofs.unknown_is_absent:
            return None
        facts.unlisted += 1
        is_visible = sight.witness.sent_ns >= self._target.since_ns + proofs.visible_ns
        enough = isinstance(sight, Absent) or facts.unlisted >= _LOOKS
        if self._was_unknown() and is_visible and enough:
            return self._outcome(NotFound, "the venue knows no such order", sight.witness)
        return None

    def _was_unknown(self) -> bool:
        # A read can lag behind, so that it must be told besides that there was nothing to cancel. A
        # refusal that says so for every reason counts only of an order that was never seen.
        facts, target, proofs = self._facts, self._target, self._session.venue.proofs
        if facts.state is not None or facts.is_taken:
            return False
        vague = facts.refusals > 0 and not proofs.refusal_is_final
        return facts.unknown is not None or (vague and not target.was_there)

    def _saw(self, report: OrderReport) -> None:
        target = self._target
        target.seen, target.instrument_id = report, report.instrument_id
        target.was_there = True
        if not target.is_exact:
            target.query = reading.exact_query(report, target.query)
            target.is_exact = True

    def _at_deadline(self) -> Outcome:
        facts = self._facts
        if facts.state is not None:
            status, witness = facts.state
            return verdict.of_status(status, self._names(), self._trace, witness)
        if not self._is_undone():
            return self._outcome(Unknown, f"not proven before the deadline{self._last_seen()}")
        if facts.denied is not None:
            return self._outcome(Refused, facts.why, facts.denied.witness)
        if facts.unsent is not None:
            return self._outcome(NotSent, facts.unsent.text, facts.unsent.witness)
        if facts.refusals:
            return self._outcome(Refused, facts.why, self._trace.witnesses[-1])
        return self._outcome(Unknown, "whether there is such an order is not proven")

    def _last_seen(self) -> str:
        seen = self._target.seen
        return "" if seen is None else f"; last seen {seen.ord_status.name.lower()}"

    def _names(self) -> dict[str, Any]:
        target = self._target
        if target.seen is not None:
            shown = told(self._session, target.seen)
            return {name: shown[name] for name in ("order_id", "cl_ord_id", "symbol")}
        return {"order_id": target.text}

    def _outcome(self, kind: type[Outcome], text: str, proof: Witness | None = None) -> Outcome:
        seen, names = self._target.seen, self._names()
        shown = names if seen is None else told(self._session, seen)
        return kind(text=text, evidence=self._trace.evidence(proof), **shown)


def _final(sight: Sight) -> Denied | None:
    # The venue said why the question is refused, and will refuse it again.
    if not isinstance(sight, reading.Unseen) or sight.error is None:
        return None
    denied = Denied(sight.error, sight.witness)
    return None if denied.is_passing else denied


def _spellings(target: Target, *, market_first: bool) -> Iterator[CancelOrder]:
    query = target.query
    markets = (NO_INSTRUMENT, target.instrument_id)
    for instrument_id in dict.fromkeys(markets[::-1] if market_first else markets):
        yield CancelOrder(
            query.account_id,
            query.order_id,
            query.cl_ord_id,
            instrument_id,
            query.secondary_cl_ord_id,
        )


def _named(taken: Acknowledged, query: GetOrder) -> GetOrder:
    # The venue told which order it took the cancel for.
    order_id = taken.order_ids[0] if taken.order_ids else OrderId(0)
    name = taken.cl_ord_ids[0] if taken.cl_ord_ids else ""
    return GetOrder(query.account_id, order_id, name) if order_id or name else query
