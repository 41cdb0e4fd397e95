"""The trace: what was sent and answered about one intent, as evidence and in the ledger."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from countermand.client import reasons
from countermand.client.acts import Note, Reply, Send, Talk
from countermand.client.outcome import Evidence, Outcome, Witness
from countermand.vocabulary.order import Standing
from countermand.vocabulary.reports import OrderReport

# The length to which a long answer is quoted.
_TEXT_MAX = 300


class Trace:
    """
    The witnesses of one intent, in order.

    Reads that belong to no intent leave a trace too; it is written nowhere.
    """

    def __init__(self, intent_id: int = 0) -> None:
        self.intent_id = intent_id
        self.witnesses: list[Witness] = []

    def note(
        self, kind: str, body: dict[str, Any], *, must_last: bool = False, must_show: bool = False
    ) -> Talk[None]:
        """Write something down, where there is an intent that it belongs to."""
        if self.intent_id:
            yield Note(kind, body, self.intent_id, must_last, must_show)

    def add(self, send: Send, reply: Reply, answer: str, reason: str = "") -> Talk[Witness]:
        """Keep what came of a request, and write it down."""
        witness = Witness(said(send), reply.sent_ns, reply.now_ns, answer[:_TEXT_MAX], reason)
        self.witnesses.append(witness)
        yield from self.note(
            "answered",
            {"said": witness.said, "sent_ns": witness.sent_ns, "answer": witness.answer},
        )
        return witness

    def heard(self, witness: Witness) -> Talk[None]:
        """Keep what a stream told, and write it down."""
        self.witnesses.append(witness)
        yield from self.note("heard", {"said": witness.said, "answer": witness.answer})

    def explain(self, witness: Witness, told: Any) -> Witness:
        """Add to an answer what it says of an order, and return it."""
        if not isinstance(told, OrderReport):
            return witness
        where = self.witnesses.index(witness)
        state = told.ord_status.name.lower() if told.standing is not Standing.STAGED else "staged"
        reason = reasons.of_report(told)
        answer = f"{witness.answer} {state}"
        self.witnesses[where] = replace(witness, answer=answer, reason=reason)
        return self.witnesses[where]

    def evidence(self, proof: Witness | None) -> Evidence:
        """Return all of it, with what proves the outcome."""
        return Evidence(tuple(self.witnesses), proof, self.intent_id)

    def settle(self, outcome: Outcome, *, must_last: bool = True) -> Talk[Outcome]:
        """Write the outcome down, and return it; one that can be proven again need not last."""
        body = {
            "outcome": outcome.name,
            "order_id": outcome.order_id,
            "cl_ord_id": outcome.cl_ord_id,
            "symbol": outcome.symbol,
            "cum_qty": _text(outcome.cum_qty),
            "leaves_qty": _text(outcome.leaves_qty),
            "avg_px": _text(outcome.avg_px),
            "text": outcome.text,
            "proof": str(outcome.evidence),
        }
        kind = "outcome" if outcome.is_proven else "unknown"
        yield from self.note(kind, body, must_last=must_last, must_show=True)
        return outcome

    def swept(self, is_empty: bool, text: str, outcomes: list[str]) -> Talk[None]:
        """Write down what a cancel of many came to."""
        kind = "outcome" if is_empty else "unknown"
        body = {"outcome": "Empty" if is_empty else "Unknown", "text": text, "orders": outcomes}
        yield from self.note(kind, body, must_last=True)


def said(send: Send) -> str:
    """Return what a request says, without its query, its headers and its body: no secrets."""
    request = send.request
    return f"{send.operation.value}: {request.method} {request.path.decode('latin-1')}"


def _text(amount: object) -> str | None:
    return None if amount is None else str(amount)
