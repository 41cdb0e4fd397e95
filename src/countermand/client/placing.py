"""
Placing one order, until what became of it is proven. It is sent once and never again.

When the answer is lost the order is looked for: by the id or name it was sent under, else among the
orders of the account by its terms. That it is not found proves nothing, for it may still arrive.
"""

from __future__ import annotations

from typing import Any

from countermand.client import reading, verdict, waking
from countermand.client.acts import Now, Sleep, Talk
from countermand.client.asking import Denied, Doubt, Lead, Told, Unsent, ask
from countermand.client.deadline import Backoff
from countermand.client.linking import first_of
from countermand.client.outcome import NotSent, Outcome, Refused, Unknown, Witness
from countermand.client.people import id_text, order_text
from countermand.client.reading import Shown
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.commands import NewOrder, NewOrderList
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdType
from countermand.vocabulary.queries import GetOrder, ListFills
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import NotExpressible, OrderRefused
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged

# How far a venue's clock may be from what is known of it, when orders are told apart by their time.
SLACK_NS = 2_000_000_000


_THERE = (
    RejectReason.DUPLICATE_CL_ORD_ID,
    RejectReason.ALREADY_SUBMITTED,
    RejectReason.SLOT_NUMBER_USED,
)


class Place:
    """One order to place, or linked ones; what another process may have sent was at `sent_ns`."""

    def __init__(
        self,
        session: Session,
        command: NewOrder | NewOrderList,
        trace: Trace,
        sent_ns: int = 0,
    ) -> None:
        self._session, self._trace, self._asked = session, trace, command
        # Of orders that are linked it is the first that is looked for.
        self._command = first_of(command)
        # Two that are told as one are told with the trigger of either.
        self._is_linked = isinstance(command, NewOrderList)
        self._lead, self._sent_ns = Lead(), sent_ns
        # A refusal because an order of this name is there: this one, or one that came before.
        self._refused: Denied | None = None

    def run(self, deadline_ns: int) -> Talk[Outcome]:
        """Place the order and return what is proven of it. Raises NotExpressible, nothing sent."""
        session, trace = self._session, self._trace
        self._sent_ns = yield Now()
        result = yield from ask(session, Operation.PLACE_ORDER, self._asked, trace, self._lead)
        if isinstance(result, Told) and isinstance(result.report, Acknowledged):
            query = _taken(result.report, self._command)
            return (yield from self.search(query, deadline_ns, "taken, and not shown"))
        if isinstance(result, Told) and _is_placed(result.report):
            return self._settled(result.report, result.witness)
        if isinstance(result, Told):
            query = reading.query_of(result.report)
            return (yield from self.search(query, deadline_ns, "taken, and not placed yet"))
        if isinstance(result, Denied) and _is_there(result):
            self._refused = result
        elif isinstance(result, Denied) and result.is_undone:
            return self._outcome(Refused, str(result.error), result.witness)
        if isinstance(result, Unsent):
            return self._outcome(NotSent, result.text, result.witness)
        text = result.text if isinstance(result, Doubt) else str(result.error)
        return (yield from self.search(self._lead.about or self.named(), deadline_ns, text))

    def search(self, query: GetOrder | None, deadline_ns: int, text: str) -> Talk[Outcome]:
        """Look for the order until it is shown, or until the deadline."""
        patience = self._session.patience
        look = Backoff(patience.read_first_ns, patience.read_most_ns)
        while True:
            found = yield from self._look(query)
            if found is not None and self._refused is not None and not self._is_it(found.report):
                return self._outcome(Refused, str(self._refused.error), self._refused.witness)
            if found is not None:
                return self._settled(found.report, found.witness)
            now_ns = yield Now()
            if now_ns >= deadline_ns:
                return self._unknown(query, text)
            yield Sleep(min(now_ns + look.next_ns(), deadline_ns))

    def _look(self, query: GetOrder | None) -> Talk[Shown | None]:
        if query is None:
            return (yield from self._look_by_terms())
        sight = yield from reading.read_order(self._session, query, self._trace)
        return sight if isinstance(sight, Shown) and _is_placed(sight.report) else None

    def named(self) -> GetOrder | None:
        """Return the query for the order by its owner's name, None where it has none."""
        command = self._command
        if not command.cl_ord_id:
            return None
        return GetOrder(command.account_id, OrderId(0), command.cl_ord_id)

    def _look_by_terms(self) -> Talk[Shown | None]:
        session, trace = self._session, self._trace
        found, witness, _ = yield from reading.open_orders(session, trace)
        for report in found or ():
            if self._is_it(report):
                return Shown(report, witness)
        for order_id in (yield from self._traded()):
            query = GetOrder(self._command.account_id, order_id)
            sight = yield from reading.read_order(session, query, trace)
            if isinstance(sight, Shown) and self._is_it(sight.report):
                return sight
        return None

    def _traded(self) -> Talk[tuple[OrderId, ...]]:
        # What traded at once is not open; where fills name their orders they tell of it.
        command = self._command
        query = ListFills((command.account_id,), instrument_ids=(command.instrument_id,))
        try:
            result = yield from ask(self._session, Operation.LIST_FILLS, query, self._trace)
        except NotExpressible:
            return ()
        if not isinstance(result, Told):
            return ()
        recent = [f for f in result.report if f.order_id and f.ts_ns >= self._sent_ns - SLACK_NS]
        return tuple(dict.fromkeys(fill.order_id for fill in recent))

    def _is_it(self, report: OrderReport) -> bool:
        # Of two orders that are alike in all this, either may be taken for the one that was sent.
        asked, told = self._command.terms, report.terms
        # A limit that follows its stop price is the venue's to say.
        is_said = asked.ord_type is OrdType.LIMIT and asked.price_ticks
        price = asked.price_ticks if is_said else told.price_ticks
        since_ns = self._sent_ns + self._session.clock.ns - SLACK_NS
        return (
            report.instrument_id == self._command.instrument_id
            and (asked.side, asked.ord_type) == (told.side, told.ord_type)
            and (asked.order_qty_lots, price) == (told.order_qty_lots, told.price_ticks)
            and (self._is_linked or waking.is_same(asked.trigger, told.trigger))
            and report.submit_ns >= since_ns
            and id_text(self._session, report) not in self._session.placed
        )

    def _settled(self, report: OrderReport, proof: Witness) -> Outcome:
        outcome = verdict.of_report(self._session, report, self._trace, proof)
        self._session.remember(outcome.order_id, report.instrument_id, proof.answered_ns)
        return outcome

    def _unknown(self, query: GetOrder | None, text: str) -> Outcome:
        known = "" if query is None else order_text(self._session, query)
        return self._outcome(Unknown, f"{text}; not found before the deadline", None, known)

    def _outcome(
        self, kind: type[Outcome], text: str, proof: Witness | None, order_id: str = ""
    ) -> Outcome:
        command = self._command
        names: dict[str, Any] = {
            "cl_ord_id": command.cl_ord_id or command.terms.secondary_cl_ord_id,
            "symbol": self._session.directory.instruments[command.instrument_id].symbol,
        }
        evidence = self._trace.evidence(proof)
        return kind(order_id=order_id, text=text, evidence=evidence, **names)


def _is_placed(report: OrderReport) -> bool:
    # One that is only written down is not, and may be yet.
    return report.is_open or verdict.is_over(report)


def _is_there(refused: Denied) -> bool:
    # A request that came twice, by whatever way, is refused the second time.
    return isinstance(refused.error, OrderRefused) and refused.error.reason in _THERE


def _taken(taken: Acknowledged, command: NewOrder) -> GetOrder:
    order_id = taken.order_ids[0] if taken.order_ids else OrderId(0)
    name = taken.cl_ord_ids[0] if taken.cl_ord_ids else ""
    return GetOrder(command.account_id, order_id, "" if order_id else name)
