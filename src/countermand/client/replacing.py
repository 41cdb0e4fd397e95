"""
Replacing one order, until what became of it is proven. It is sent once and never again.

An order that shows the new price and quantity was replaced; one that is over will not be. One that
shows the old ones proves nothing while the request may still arrive. A refusal may be that of a
request which came twice, by whatever way: an order that shows what it had not before was replaced.
"""

from __future__ import annotations

from countermand.client import reading, verdict
from countermand.client.acts import Now, Sleep, Talk
from countermand.client.asking import Denied, Doubt, Told, Unsent, ask
from countermand.client.canceling import Target
from countermand.client.deadline import Backoff
from countermand.client.outcome import (
    NotFound,
    NotSent,
    Outcome,
    Refused,
    Replaced,
    Unknown,
    Witness,
)
from countermand.client.people import own_name, told
from countermand.client.reading import Absent, Shown, Sight
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import CancelRefused
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged


def shown(session: Session, target: Target, deadline_ns: int) -> Talk[Shown | Outcome]:
    """
    Read the order that is to be changed; one that may not be visible yet is waited for.

    Return an outcome where it is not there, or not shown before the deadline: nothing was sent.
    """
    patience, trace = session.patience, Trace()
    look = Backoff(patience.read_first_ns, patience.read_most_ns)
    visible_ns = target.since_ns + session.venue.proofs.visible_ns
    while True:
        sight = yield from reading.read_order(session, target.query, trace)
        if isinstance(sight, Shown):
            return sight
        is_absent = isinstance(sight, Absent) and not target.was_there
        evidence = trace.evidence(sight.witness)
        if is_absent and sight.witness.sent_ns >= visible_ns:
            text = "the venue knows no such order"
            return NotFound(order_id=target.text, text=text, evidence=evidence)
        now_ns = yield Now()
        if now_ns >= deadline_ns:
            text = "the order is not shown, and nothing was sent"
            return NotSent(order_id=target.text, text=text, evidence=evidence)
        yield Sleep(min(now_ns + look.next_ns(), deadline_ns))


class Replace:
    """One replacement of an order that was `seen`, or none where it was sent by another process."""

    def __init__(
        self, session: Session, command: ReplaceOrder, seen: OrderReport, trace: Trace
    ) -> None:
        self._session, self._command, self._trace = session, command, trace
        self._seen = seen
        self._was_so, self._was_called = self._is_changed(seen), own_name(seen)

    def run(self, deadline_ns: int) -> Talk[Outcome]:
        """Replace the order and return what is proven of it. Raises NotExpressible."""
        trace = self._trace
        result = yield from ask(self._session, Operation.REPLACE_ORDER, self._command, trace)
        if isinstance(result, Unsent):
            return self._outcome(NotSent, result.text, result.witness)
        if isinstance(result, Told) and self._is_concluded(result.report):
            return self._concluded(result.report, result.witness)
        if isinstance(result, Told):
            return (yield from self.settle(deadline_ns, "taken, and not shown", None))
        if isinstance(result, Doubt):
            return (yield from self.settle(deadline_ns, result.text, None))
        final = self._is_final(result)
        return (yield from self.settle(deadline_ns, str(result.error), result if final else None))

    def settle(self, deadline_ns: int, text: str, refused: Denied | None) -> Talk[Outcome]:
        """Read the order until it proves what became of it, or until the deadline."""
        patience, command = self._session.patience, self._command
        look = Backoff(patience.read_first_ns, patience.read_most_ns)
        query = GetOrder(command.account_id, command.order_id, command.cl_ord_id)
        while True:
            sight = yield from reading.read_order(self._session, query, self._trace)
            outcome = self._conclude(sight, refused)
            if outcome is not None:
                return outcome
            now_ns = yield Now()
            if now_ns >= deadline_ns:
                if refused is not None:
                    return self._outcome(Refused, text, refused.witness)
                return self._outcome(Unknown, f"{text}; not proven before the deadline")
            yield Sleep(min(now_ns + look.next_ns(), deadline_ns))

    def _is_final(self, result: Denied) -> bool:
        proofs = self._session.venue.proofs
        is_order = isinstance(result.error, CancelRefused) or reading.is_unknown(result.error)
        return result.is_undone or (is_order and proofs.refusal_is_final)

    def _conclude(self, sight: Sight, refused: Denied | None) -> Outcome | None:
        if isinstance(sight, Absent) and refused is not None and reading.is_unknown(refused.error):
            return self._outcome(NotFound, "the venue knows no such order", sight.witness)
        if not isinstance(sight, Shown):
            return None
        self._seen = sight.report
        counts = refused is None or not self._was_so
        if verdict.is_over(sight.report) or (counts and self._is_changed(sight.report)):
            return self._concluded(sight.report, sight.witness)
        if refused is not None:
            return self._outcome(Refused, str(refused.error), refused.witness)
        return None

    def _is_concluded(self, report: OrderReport | Acknowledged) -> bool:
        # An answer may only name the order, or show it as it is while it waits to be changed.
        if isinstance(report, Acknowledged):
            return False
        return verdict.is_over(report) or self._is_changed(report)

    def _concluded(self, report: OrderReport, proof: Witness) -> Outcome:
        self._seen = report
        if report.is_open:
            name = own_name(report)
            text = "" if name == self._was_called else f"called {name} from now on"
            return self._outcome(Replaced, text, proof)
        return verdict.of_report(self._session, report, self._trace, proof)

    def _is_changed(self, report: OrderReport) -> bool:
        wanted, terms = self._command, report.terms
        price = wanted.price_ticks or terms.price_ticks
        qty = wanted.order_qty_lots or terms.order_qty_lots
        return (price, qty) == (terms.price_ticks, terms.order_qty_lots)

    def _outcome(self, kind: type[Outcome], text: str, proof: Witness | None = None) -> Outcome:
        shown = told(self._session, self._seen)
        return kind(text=text, evidence=self._trace.evidence(proof), **shown)
